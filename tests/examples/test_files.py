"""The files of each example are consistent and have no unknown keys."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.mapping_file import entries_of
from configuration.certificates import CERTIFICATE_SETTINGS
from configuration.secrets import SECRETS
from configuration.setting_names import field_name
from configuration.settings import Settings, setting_names
from tests.examples.example import EXAMPLES, SETTING, Example, names
from tests.keys import private_key_pem

_FILES = {"README.md", "blueprints.json", "port-app-config.yml", "settings.env"}
_PLACEHOLDER = re.compile(r"<[A-Z_]+>")
_OCEAN_VARIABLES = {
    "OCEAN__PORT__CLIENT_ID",
    "OCEAN__PORT__CLIENT_SECRET",
    "OCEAN__PORT__BASE_URL",
    "OCEAN__INTEGRATION__IDENTIFIER",
    "OCEAN__EVENT_LISTENER",
}
_OPTIONAL_SECRETS = {
    "custom_headers",
    "token_params",
    "custom_auth_request_template",
}  # these settings do not always contain a secret
_MAPPING_KEYS = {"createMissingRelatedEntities", "deleteDependentEntities", "resources"}
# The icons of the examples. Port's documentation lists them, and its integrations use them.
_ICONS = {
    *("Azure", "Datadog", "Git", "GitLab", "Github", "Infinity", "Jira", "Lock", "Notion", "Okta", "Package"),
    *("Service", "Servicenow", "Slack", "TwoUsers", "pagerduty"),
    *("Prometheus", "Sentry"),
}

each_example = pytest.mark.parametrize("example", [Example(name) for name in names()], ids=names())


def _filled(text: str) -> str:
    return _PLACEHOLDER.sub("filled-in", text)


def _config(example: Example) -> dict[str, str]:
    return {name.removeprefix(SETTING).lower(): value for name, value in example.settings.items()}


def _settings(example: Example) -> Settings:
    # Certificates are read at once, so that no text can take the place of one.
    config = {name: text for name, text in _config(example).items() if name not in CERTIFICATE_SETTINGS}
    filled = {name: _filled(text) for name, text in config.items()}
    if "private_key" in filled:  # it is read at once, too
        filled["private_key"] = json.dumps({"private_key": private_key_pem(), "token_uri": "/token"})
    return Settings.from_config(filled, {})


@each_example
def test_an_example_has_its_four_files_and_no_others(example: Example) -> None:
    assert {path.name for path in (EXAMPLES / example.name).iterdir()} == _FILES


def test_each_example_is_run_by_a_test() -> None:
    expected = Path(__file__).with_name("expected")
    assert sorted(path.stem for path in expected.iterdir()) == names()


@each_example
def test_the_variables_of_an_example_are_known_and_valid(example: Example) -> None:
    known = {field_name(name) for name in setting_names()}
    assert set(_config(example)) <= known
    assert set(example.variables) - set(example.settings) == _OCEAN_VARIABLES
    assert json.loads(example.variables["OCEAN__EVENT_LISTENER"]) == {"type": "POLLING"}
    _settings(example)


@each_example
def test_an_example_has_placeholders_instead_of_secrets(example: Example) -> None:
    secrets = {name: text for name, text in _config(example).items() if name in SECRETS - _OPTIONAL_SECRETS}
    assert secrets
    assert [name for name, text in secrets.items() if not _PLACEHOLDER.search(text)] == []


@each_example
def test_the_mapping_of_an_example_has_no_unknown_keys(example: Example) -> None:
    assert set(example.mapping) == _MAPPING_KEYS
    assert all(set(resource) <= {"kind", "selector", "port"} for resource in example.mapping["resources"])
    entries = list(entries_of(example.mapping, _settings(example).pagination))
    assert 2 <= len(entries) <= 4


@each_example
def test_the_blueprints_match_the_mapping(example: Example) -> None:
    mapped = {
        each["blueprint"].strip('"'): (set(each["properties"]), set(each.get("relations", {})))
        for each in example.mappings()
    }
    declared = {
        blueprint["identifier"]: (set(blueprint["schema"]["properties"]), set(blueprint["relations"]))
        for blueprint in example.blueprints
    }
    assert mapped == declared


@each_example
def test_a_blueprint_comes_after_its_relation_targets(example: Example) -> None:
    seen: set[str] = set()
    for blueprint in example.blueprints:
        seen.add(blueprint["identifier"])
        assert {relation["target"] for relation in blueprint["relations"].values()} <= seen
        assert blueprint["icon"] in _ICONS


@each_example
def test_an_example_has_a_relation(example: Example) -> None:
    assert any(blueprint["relations"] for blueprint in example.blueprints)


@each_example
def test_a_readme_explains_exactly_the_placeholders(example: Example) -> None:
    used = set(_PLACEHOLDER.findall(example.text("settings.env") + example.text("port-app-config.yml")))
    assert set(_PLACEHOLDER.findall(example.text("README.md"))) == used


@each_example
def test_all_files_that_a_readme_names_exist(example: Example) -> None:
    missing = [name for name in _named_files(example) if not (EXAMPLES / example.name / name).exists()]
    assert missing == []


def _named_files(example: Example) -> Iterator[str]:
    """Yield the targets of links, and the files in commands."""
    yield from re.findall(r"\]\(([^)#]+)[^)]*\)", example.text("README.md"))
    for command in example.commands:
        yield from re.findall(r"--(?:env-file|mapping|blueprints) (\S+)", command)


@each_example
def test_a_readme_names_every_endpoint_and_blueprint(example: Example) -> None:
    text = example.text("README.md")
    kinds = [resource["kind"] for resource in example.mapping["resources"]]
    blueprints = [blueprint["identifier"] for blueprint in example.blueprints]
    assert [each for each in (*kinds, *blueprints) if f"`{each}`" not in text] == []


@each_example
def test_all_readmes_have_the_same_commands(example: Example) -> None:
    mapping = "--env-file settings.env --mapping port-app-config.yml"
    assert example.commands == [
        f"cp -r examples/{example.name} ~/{example.name} && cd ~/{example.name}",
        f"ocean-custom check {mapping}",
        f"ocean-custom apply {mapping} --blueprints blueprints.json",
        "ocean-custom sync --env-file settings.env",
        "docker run --rm --env-file settings.env port-ocean-custom",
    ]


@each_example
def test_a_readme_fits_on_one_screen(example: Example) -> None:
    assert len(example.text("README.md").splitlines()) <= 55
