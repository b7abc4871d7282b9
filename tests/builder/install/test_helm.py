"""Helm's command and values file set the same variables as Docker."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.draft import Draft, Installation
from builder.install import (
    environment,
    helm_command,
    helm_values_command,
    kubernetes_secret,
    release_name,
    values_file,
    values_file_without_secrets,
)
from builder.install.environment import is_secret_variable
from rest.bodies import Json
from tests.helm.chart import Release

type Run = Callable[[str, str], list[list[str]]]
type Values = Callable[[list[str]], dict[str, Any]]
type Variables = Callable[[Mapping[str, Any]], dict[str, str]]

_SEEDS = Path(__file__).parents[2] / "end_to_end" / "seeds"
_PREFIX = "OCEAN__INTEGRATION__CONFIG__"
_TEXT = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    st.text("\"'$`\\!\n\r #,={}[].-<>ä\u2028", min_size=1),
    st.sampled_from(
        ["true", "No", "y", "null", "~", "007", "1e3", "0x1f", "12:30", "+5", "2026-01-01", "0o7"]
    ),
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_SETTINGS = st.fixed_dictionaries(
    {"baseUrl": _TEXT},
    optional={
        "username": _TEXT,
        "apiKeyParam": _TEXT,
        "cursorPath": _TEXT,
        "sizeParam": _TEXT,
        "paginationType": _TEXT,
        "apiToken": _TEXT,
        "pageSize": st.integers(0, 10**9),
        "timeout": st.floats(0.001, 10**9),
        "verifySsl": st.booleans(),
        "trustedOrigins": st.lists(_JSON, min_size=1),
        "customHeaders": st.dictionaries(_TEXT, _TEXT, min_size=1),
        "customAuthRequest": st.dictionaries(_TEXT, _JSON, min_size=1),
    },
)
_property = settings(
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=settings().max_examples // 2,
    deadline=None,
)


@pytest.mark.parametrize("type_", ["custom", "generic-http"])
def test_the_command_is_that_of_the_manual_with_three_more_lines(type_: Any, draft: Draft) -> None:
    """The image, no environment variables in jq, and the processing mode. All else is literally the same."""
    identifier = "ocean-custom" if type_ == "custom" else type_
    whole = helm_command(replace(draft, installation=Installation(identifier, type_)))
    own = (
        '  --set imageRegistry="<YOUR_REGISTRY>" \\\n  --set allowEnvironmentVariablesJqAccess=false \\\n'
        '  --set processingMode="ocean-core" \\\n'
    )
    assert own in whole
    printed = whole.replace(own, "")
    manual = (_SEEDS / f"helm-{type_}.sh").read_text(encoding="utf-8")
    # The manual's page size is the default, which is not printed: the draft has another.
    assert printed == manual.replace("pageSize=100", "pageSize=50")


@pytest.mark.process
def test_the_command_with_a_values_file_installs_and_upgrades(draft: Draft, run_printed: Run) -> None:
    added, installed = run_printed(helm_values_command(draft), "helm")
    assert added[:2] == ["repo", "add"]
    assert installed == [
        *("upgrade", "--install", "ocean-custom", "port-labs/port-ocean"),
        *("--values", "values.yaml"),
    ]


@pytest.mark.process
@_property
@given(chosen=_SETTINGS)
def test_the_command_sets_the_same_variables_as_docker(
    draft: Draft, run_printed: Run, helm_values: Values, chart_variables: Variables, chosen: dict[str, Any]
) -> None:
    several = replace(draft, settings=chosen)
    _, words = run_printed(helm_command(several), "helm")
    values = helm_values(words)
    _check_variables(chart_variables(values), several)
    assert values["port"] == {
        "clientId": "<PORT_CLIENT_ID>",
        "clientSecret": "<PORT_CLIENT_SECRET>",
        "baseUrl": "https://api.getport.io",
    }


@_property
@given(chosen=_SETTINGS)
def test_the_values_file_sets_the_same_variables_as_docker(
    draft: Draft, chart_variables: Variables, chosen: dict[str, Any]
) -> None:
    several = replace(draft, settings=chosen)
    values = yaml.safe_load(values_file(several))
    _check_variables(chart_variables(values), several)
    beside = yaml.safe_load(values_file_without_secrets(several))
    secret = yaml.safe_load(kubernetes_secret(several))
    assert beside["secret"] == {"create": False, "name": secret["metadata"]["name"]}
    mounted = {name: text for name, text in secret["stringData"].items() if name.startswith(_PREFIX)}
    _check_variables(chart_variables(beside) | mounted, several)


def _check_variables(found: Mapping[str, str], draft: Draft) -> None:
    wanted = {name: text for name, text in environment(draft).items() if name.startswith(_PREFIX)}
    assert {name: _read(text) for name, text in found.items()} == {
        name: _read(text) for name, text in wanted.items()
    }


def _read(text: str) -> Any:
    """Return the parsed JSON of objects and lists, other texts unchanged."""
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def test_secrets_are_quoted_values_under_secrets(draft: Draft) -> None:
    settings_: dict[str, Json] = {**draft.settings, "customHeaders": {"X-Team": "red"}, "username": "ann"}
    text = values_file(replace(draft, settings=settings_))
    integration = yaml.safe_load(text)["integration"]
    assert integration["secrets"] == {
        "authValue": "<YOUR_API_TOKEN>",
        "customHeaders": '{"X-Team": "<X_TEAM>"}',
    }
    assert integration["config"]["username"] == "ann"
    assert 'authValue: "<YOUR_API_TOKEN>"\n' in text


@pytest.mark.process
def test_numbers_that_the_chart_prints_with_an_exponent_are_quoted(
    draft: Draft, run_printed: Run, helm_values: Values
) -> None:
    large = replace(draft, settings={"baseUrl": "https://a", "pageSize": 1_000_000, "maxPages": 999_999})
    _, words = run_printed(helm_command(large), "helm")
    for values in (helm_values(words), yaml.safe_load(values_file(large))):
        config = values["integration"]["config"]
        assert (config["pageSize"], config["maxPages"]) == ("1000000", 999_999)


def test_an_installation_that_runs_once_is_a_cron_job(draft: Draft) -> None:
    once = replace(draft, installation=Installation(event_listener="ONCE", resync_minutes=120))
    values = yaml.safe_load(values_file(once))
    assert values["workload"] == {"kind": "CronJob"}
    assert values["scheduledResyncInterval"] == "0 */2 * * *"
    assert values["integration"]["eventListener"] == {"type": "ONCE"}


def test_there_is_no_interval_for_resyncs_on_request(draft: Draft) -> None:
    asked = replace(draft, installation=Installation(resync_minutes=None, initialize_port_resources=False))
    values = yaml.safe_load(values_file(asked))
    assert "scheduledResyncInterval" not in values
    assert values["initializePortResources"] is False


@pytest.mark.parametrize("print_", [values_file, values_file_without_secrets])
def test_files_set_the_image_and_deny_mappings_access_to_the_environment(
    print_: Callable[[Draft], str], draft: Draft
) -> None:
    """In the chart's default registry, the image of the same name is another integration."""
    release = Release(yaml.safe_load(print_(draft)))
    assert release.image == "<YOUR_REGISTRY>/port-ocean-custom:latest"
    assert release.environment()["OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"] == "false"
    assert release.environment()["OCEAN__PROCESSING_MODE"] == "ocean-core"


def test_a_separate_secret_includes_the_credentials_of_port(draft: Draft) -> None:
    secret = yaml.safe_load(kubernetes_secret(draft))
    assert (secret["apiVersion"], secret["kind"], secret["type"]) == ("v1", "Secret", "Opaque")
    assert secret["stringData"] == {
        "OCEAN__PORT__CLIENT_ID": "<PORT_CLIENT_ID>",
        "OCEAN__PORT__CLIENT_SECRET": "<PORT_CLIENT_SECRET>",
        "OCEAN__INTEGRATION__CONFIG__AUTH_VALUE": "<YOUR_API_TOKEN>",
    }
    beside = yaml.safe_load(values_file_without_secrets(draft))
    assert beside["port"] == {"baseUrl": "https://api.getport.io"}
    assert "secrets" not in beside["integration"]
    assert all(is_secret_variable(name) for name in secret["stringData"])


@given(identifier=st.text())
def test_the_release_name_is_valid_for_helm(draft: Draft, identifier: str) -> None:
    name = release_name(replace(draft, installation=Installation(identifier)))
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?", name)
