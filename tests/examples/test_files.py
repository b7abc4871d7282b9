"""What can be seen of an example without running it: its files agree, and nothing in them is unknown."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.mapping_file import entries_of
from configuration.secrets import SECRETS
from configuration.setting_names import field_name
from configuration.settings import Settings, setting_names
from tests.examples.example import EXAMPLES, SETTING, Example, names

_FILES = {"README.md", "blueprints.json", "port-app-config.yml", "settings.env"}
_PLACEHOLDER = re.compile(r"<[A-Z_]+>")
_OCEAN_S = {
    "OCEAN__PORT__CLIENT_ID",
    "OCEAN__PORT__CLIENT_SECRET",
    "OCEAN__PORT__BASE_URL",
    "OCEAN__INTEGRATION__IDENTIFIER",
    "OCEAN__EVENT_LISTENER",
}
_NO_SECRETS = {"custom_headers", "token_params"}  # they may hold some, and may not
_OF_A_MAPPING = {"createMissingRelatedEntities", "deleteDependentEntities", "resources"}
# Those that Port's documentation lists and that its own integrations use, as far as they are needed here.
_ICONS = {
    *("Azure", "Datadog", "Git", "GitLab", "Github", "Infinity", "Jira", "Lock", "Notion", "Okta", "Package"),
    *("Service", "Servicenow", "Slack", "TwoUsers", "pagerduty"),
}

each_example = pytest.mark.parametrize("example", [Example(name) for name in names()], ids=names())


def _filled(text: str) -> str:
    return _PLACEHOLDER.sub("filled-in", text)


def _config(example: Example) -> dict[str, str]:
    return {name.removeprefix(SETTING).lower(): value for name, value in example.settings.items()}


def _settings(example: Example) -> Settings:
    return Settings.from_config({name: _filled(value) for name, value in _config(example).items()}, {})


@each_example
def test_an_example_has_its_four_files_and_no_others(example: Example) -> None:
    assert {path.name for path in (EXAMPLES / example.name).iterdir()} == _FILES


def test_each_example_is_run_by_a_test() -> None:
    expected = Path(__file__).with_name("expected")
    assert sorted(path.stem for path in expected.iterdir()) == names()


@each_example
def test_variables_of_an_example_are_known_and_right(example: Example) -> None:
    known = {field_name(name) for name in setting_names()}
    assert set(_config(example)) <= known
    assert set(example.variables) - set(example.settings) == _OCEAN_S
    assert json.loads(example.variables["OCEAN__EVENT_LISTENER"]) == {"type": "POLLING"}
    _settings(example)


@each_example
def test_an_example_holds_no_secret(example: Example) -> None:
    secrets = {name: text for name, text in _config(example).items() if name in SECRETS - _NO_SECRETS}
    assert secrets
    assert [name for name, text in secrets.items() if not _PLACEHOLDER.search(text)] == []


@each_example
def test_selectors_of_an_example_have_no_unknown_key(example: Example) -> None:
    assert set(example.mapping) == _OF_A_MAPPING
    assert all(set(resource) <= {"kind", "selector", "port"} for resource in example.mapping["resources"])
    entries = list(entries_of(example.mapping, _settings(example).pagination))
    assert 2 <= len(entries) <= 4


@each_example
def test_blueprints_and_mapping_of_an_example_agree(example: Example) -> None:
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
def test_each_blueprint_comes_after_those_that_it_relates_to(example: Example) -> None:
    seen: set[str] = set()
    for blueprint in example.blueprints:
        seen.add(blueprint["identifier"])
        assert {relation["target"] for relation in blueprint["relations"].values()} <= seen
        assert blueprint["icon"] in _ICONS


@each_example
def test_an_example_shows_how_things_hang_together(example: Example) -> None:
    assert any(blueprint["relations"] for blueprint in example.blueprints)


@each_example
def test_a_readme_explains_each_placeholder_and_no_other(example: Example) -> None:
    used = set(_PLACEHOLDER.findall(example.text("settings.env") + example.text("port-app-config.yml")))
    assert set(_PLACEHOLDER.findall(example.text("README.md"))) == used


@each_example
def test_a_readme_names_no_file_that_is_missing(example: Example) -> None:
    missing = [name for name in _named_files(example) if not (EXAMPLES / example.name / name).exists()]
    assert missing == []


def _named_files(example: Example) -> Iterator[str]:
    """What is linked to, and the files of commands."""
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
def test_readmes_print_the_same_commands(example: Example) -> None:
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
    assert len(example.text("README.md").splitlines()) <= 50
