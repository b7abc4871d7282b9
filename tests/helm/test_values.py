"""The values files are valid, complete and safe."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from configuration.secrets import SECRETS
from configuration.setting_names import field_name
from configuration.settings import Settings, setting_names
from tests.helm.chart import SETTING, Release, merged
from tests.helm.values import HELM, INSTALLATIONS, filled_in, mounted, values_of

_ROOT = HELM.parent
_SEEDS = _ROOT / "tests" / "end_to_end" / "seeds"
_OTHER_FILES = {"network-policy"}  # not a values file
_names = pytest.mark.parametrize("name", INSTALLATIONS)
_live = pytest.mark.parametrize("name", [name for name in INSTALLATIONS if name.startswith("live-events/")])


def _version() -> str:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _policy() -> dict[str, Any]:
    found = yaml.safe_load((HELM / "network-policy.yaml").read_text(encoding="utf-8"))
    spec: dict[str, Any] = found["spec"]
    return spec


def test_every_file_is_used_by_an_installation() -> None:
    files = {file.relative_to(HELM).with_suffix("").as_posix() for file in HELM.rglob("*.yaml")}
    assert files - _OTHER_FILES == {layer for layers in INSTALLATIONS.values() for layer in layers}


def test_the_readme_names_every_file() -> None:
    text = (HELM / "README.md").read_text(encoding="utf-8")
    missing = [file.name for file in HELM.rglob("*.yaml") if f"{file.relative_to(HELM)}" not in text]
    assert not missing


@_names
def test_the_image_is_for_the_integration_type(name: str) -> None:
    values = values_of(name)
    type_ = values["integration"]["type"]
    assert Release(values).image == f"<YOUR_REGISTRY>/port-ocean-{type_}:{_version()}"


@_names
def test_the_settings_are_known_and_valid(name: str, tmp_path: Path) -> None:
    values = mounted(filled_in(values_of(name), "http://port", "http://api"), tmp_path)
    environ = Release(values).environment()
    variables = {key.removeprefix(SETTING): text for key, text in environ.items() if key.startswith(SETTING)}
    config = {key.lower(): text for key, text in variables.items()}
    assert config.keys() <= {field_name(each) for each in setting_names()}
    settings = Settings.from_config(config, {})
    assert settings.bearer_token == "sample-token"
    assert (settings.webhook is not None) == name.startswith("live-events/")


@_names
def test_secrets_are_placeholders_in_the_secret(name: str) -> None:
    values = values_of(name)
    integration = values["integration"]
    assert not {field_name(key) for key in integration["config"]} & SECRETS
    secrets = [*integration["secrets"].values(), values["port"]["clientId"], values["port"]["clientSecret"]]
    assert all(re.fullmatch(r"<[A-Z_]+>", secret) for secret in secrets)


@_names
def test_mappings_cannot_read_the_environment(name: str) -> None:
    environ = Release(values_of(name)).environment()
    assert environ["OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"] == "false"


@_names
def test_the_processing_mode_is_ocean_core(name: str) -> None:
    assert Release(values_of(name)).environment()["OCEAN__PROCESSING_MODE"] == "ocean-core"


@_names
def test_the_security_contexts_are_restrictive(name: str) -> None:
    """tests/image runs the image with the same restrictions."""
    values = values_of(name)
    assert values["podSecurityContext"] == {"runAsNonRoot": True}
    assert values["containerSecurityContext"]["readOnlyRootFilesystem"]
    assert values["containerSecurityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.process
@pytest.mark.parametrize("type_", ["custom", "generic-http"])
def test_a_file_matches_the_command_in_the_manual(
    type_: str,
    run_printed: Callable[[str, str], list[list[str]]],
    helm_values: Callable[[list[str]], Mapping[str, Any]],
) -> None:
    _, words = run_printed((_SEEDS / f"helm-{type_}.sh").read_text(encoding="utf-8"), "helm")
    printed, values = helm_values(words), values_of(type_)
    assert merged(values, printed) == values


def test_a_cron_job_has_a_cron_expression_and_syncs_once() -> None:
    release = Release(values_of("cronjob"))
    environ = release.environment()
    assert release.is_cron
    assert environ["OCEAN__EVENT_LISTENER"] == '{"type":"ONCE"}'
    assert "OCEAN__SCHEDULED_RESYNC_INTERVAL" not in environ
    assert len(release.values["scheduledResyncInterval"].split()) == 5


def test_the_incremental_job_has_its_interval() -> None:
    release = Release(values_of("incremental"))
    interval = release.incremental_environment()["OCEAN__INTEGRATION__INCREMENTAL_SYNC_INTERVAL"]
    assert release.values["incrementalSync"]["interval"] == f"*/{interval} * * * *"
    assert release.values["incrementalSync"]["timeoutMinutes"] < int(interval)


@_live
def test_only_the_webhook_is_public(name: str) -> None:
    """The ingress has the path of the webhook only, at the host of the public URL, with TLS."""
    values = values_of(name)
    release = Release(values)
    [(service, ingress)] = release.ingresses.items()
    assert (service == "live-events") == values["liveEvents"].get("worker", {}).get("enabled", False)
    assert (ingress["path"], ingress["pathType"]) == ("/integration/webhook", "Exact")
    assert values["liveEvents"]["baseUrl"] == f"https://{ingress['host']}"
    assert [ingress["host"]] == [host for each in ingress["tls"] for host in each["hosts"]]


@_live
def test_one_workload_receives_the_webhooks(name: str) -> None:
    """Ocean takes webhooks if it has a public URL and its listener is not ONCE."""
    release = Release(values_of(name))
    environments = [release.environment()]
    if "worker" in release.values["liveEvents"]:
        environments.append(release.live_events_environment())
    takers = [
        each
        for each in environments
        if "OCEAN__BASE_URL" in each and "ONCE" not in each["OCEAN__EVENT_LISTENER"]
    ]
    assert len(takers) == 1


@_live
def test_the_secret_of_the_webhook_is_a_value_or_a_mounted_file(name: str) -> None:
    release = Release(values_of(name))
    integration = release.values["integration"]
    file = integration["config"].get("webhookSecretFile")
    assert (file is None) == ("webhookSecret" in integration["secrets"])
    if file:
        assert release.mounts == {str(PurePosixPath(file).parent): "webhook"}


def test_the_live_events_deployment_gets_objects_only_as_text() -> None:
    verify = {"preset": "github", "header": "X-Hub-Signature"}
    values = values_of("live-events/worker")
    parsed = Release(merged(values, {"integration": {"config": {"webhookVerify": verify}}}))
    text = Release(merged(values, {"integration": {"config": {"webhookVerify": json.dumps(verify)}}}))
    name = f"{SETTING}WEBHOOK_VERIFY"
    assert parsed.live_events_environment()[name] == "map[header:X-Hub-Signature preset:github]"
    assert text.live_events_environment()[name] == json.dumps(verify)
    assert parsed.environment()[name] == text.environment()[name]


def test_installations_that_share_an_api_have_different_identifiers() -> None:
    names = [values_of(f"split/{half}")["integration"]["identifier"] for half in ("people", "work")]
    assert len(set(names)) == len(names)


def test_the_network_policy_selects_the_pods_of_the_release() -> None:
    policy = _policy()
    assert policy["podSelector"]["matchLabels"] == Release(values_of("custom")).labels
    assert [each["port"] for rule in policy["ingress"] for each in rule["ports"]] == [8000]
    assert {each["port"] for rule in policy["egress"] for each in rule["ports"]} == {53, 443, 6443}


@pytest.mark.parametrize(
    "wrong",
    [
        {"imageRegistryy": "x"},
        {"eventListener": {"type": "POLLING"}},
        {"integration": {"eventListener.type": "POLLING"}},
        {"incrementalSync": {"intervall": 15}},
    ],
    ids=["misspelled", "where the chart's readme says", "a path as a name", "misspelled in a section"],
)
def test_a_value_that_the_chart_does_not_know_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the chart has no"):
        Release(merged(values_of("custom"), wrong))


def test_numbers_and_lists_are_in_the_format_of_the_chart() -> None:
    config = {"maxPages": 1_234_567, "pageSize": 100, "verifySsl": False, "trustedOrigins": ["https://a"]}
    more = {"integration": {"config": config, "secrets": {"customHeaders": ["a", "b"]}}}
    environ = Release(merged(values_of("custom"), more)).environment()
    found = {name: environ[SETTING + name] for name in ("MAX_PAGES", "PAGE_SIZE", "VERIFY_SSL")}
    assert found == {"MAX_PAGES": "1.234567e+06", "PAGE_SIZE": "100", "VERIFY_SSL": "false"}
    assert environ[f"{SETTING}TRUSTED_ORIGINS"] == '["https://a"]'
    assert environ[f"{SETTING}CUSTOM_HEADERS"] == "[a b]"


def test_settings_that_the_chart_ignores_are_set_as_variables() -> None:
    """docs/operating.md describes this."""
    own = [{"name": "OCEAN__SEND_RAW_DATA_EXAMPLES", "value": "false"}]
    values = values_of("custom")
    by_value = Release(merged(values, {"sendRawDataExamples": False})).environment()
    by_variable = Release(merged(values, {"extraEnv": own})).environment()
    assert by_value["OCEAN__SEND_RAW_DATA_EXAMPLES"] == "true"
    assert by_variable["OCEAN__SEND_RAW_DATA_EXAMPLES"] == "false"
