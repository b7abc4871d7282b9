"""The inputs of a command: environment, env file and mapping."""

from pathlib import Path

import pytest

from builder.cli.inputs import Inputs, read_blueprints, read_inputs
from rest.errors import ResourceError, SettingsError, SyncError

_BASE_URL = {"OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://api.example.com"}
_ENVIRONMENT = "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"


def test_an_env_file_overrides_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCEAN__INTEGRATION__CONFIG__BASE_URL", "https://old.example.com")
    file = tmp_path / "my.env"
    text = "# a comment\n\nOCEAN__INTEGRATION__CONFIG__BASE_URL=https://new.example.com\nPLAIN\nA=b=c\n"
    file.write_text(text, encoding="utf-8")
    inputs = read_inputs(file)
    assert inputs.config["base_url"] == "https://new.example.com"
    assert inputs.variables["A"] == "b=c"
    assert "PLAIN" not in inputs.variables


def test_an_env_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read this file"):
        read_inputs(tmp_path / "missing.env")


def test_a_placeholder_in_a_setting_is_an_error() -> None:
    inputs = Inputs({**_BASE_URL, "OCEAN__INTEGRATION__CONFIG__API_TOKEN": "<YOUR_API_TOKEN>"})
    with pytest.raises(SettingsError, match="API_TOKEN: replace the placeholder"):
        _ = inputs.settings


@pytest.mark.parametrize("secret", ["", "<PORT_CLIENT_SECRET>"], ids=["missing", "a placeholder"])
def test_credentials_are_required(secret: str) -> None:
    inputs = Inputs({"OCEAN__PORT__CLIENT_ID": "id", "OCEAN__PORT__CLIENT_SECRET": secret})
    with pytest.raises(SettingsError, match="OCEAN__PORT__CLIENT_SECRET: required"):
        _ = inputs.credentials


def test_credentials_have_the_url_of_the_environment() -> None:
    names = {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "BASE_URL": "http://127.0.0.1:3010"}
    credentials = Inputs({f"OCEAN__PORT__{name}": text for name, text in names.items()}).credentials
    assert (credentials.client_id, credentials.base_url) == ("id", "http://127.0.0.1:3010")


@pytest.mark.parametrize(
    ("text", "is_allowed"), [("", False), ("false", False), ("True", True), ("1", True), ("on", True)]
)
def test_access_to_the_environment_is_off_by_default(text: str, is_allowed: bool) -> None:  # noqa: FBT001 - a table's column
    permissions = Inputs({**_BASE_URL, _ENVIRONMENT: text}).permissions
    default = Inputs(_BASE_URL).permissions
    assert (permissions != default) is is_allowed


def test_a_mapping_file_is_required_if_the_command_needs_one() -> None:
    with pytest.raises(ResourceError, match="this command needs a mapping file"):
        Inputs({}).mapping_in_file()


def test_the_default_identifier_is_that_of_the_builder() -> None:
    assert Inputs({}).identifier == "ocean-custom"
    assert Inputs({"OCEAN__INTEGRATION__IDENTIFIER": "mine"}).identifier == "mine"


@pytest.mark.parametrize("text", ['{"identifier": "a"}', '[{"identifier": "a"}]'], ids=["one", "a list"])
def test_blueprints_are_an_object_or_a_list(text: str, tmp_path: Path) -> None:
    file = tmp_path / "blueprints.json"
    file.write_text(text, encoding="utf-8")
    assert read_blueprints(file) == [{"identifier": "a"}]


def test_invalid_blueprints_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "blueprints.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(SyncError, match="is not valid JSON"):
        read_blueprints(file)
    assert read_blueprints(None) == []


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("PAGE_SIZE", "many", "Correct OCEAN__INTEGRATION__CONFIG__PAGE_SIZE in my.env"),
        ("NEXT_LINK_PATH", ".links.next", "Remove OCEAN__INTEGRATION__CONFIG__NEXT_LINK_PATH from my.env"),
        ("AUTH_TYPE", "api_key", "Set OCEAN__INTEGRATION__CONFIG__API_KEY in my.env"),
    ],
)
def test_a_wrong_setting_says_what_to_do_with_its_variable(name: str, text: str, hint: str) -> None:
    config = {"BASE_URL": "https://api.example.com", "PAGINATION_TYPE": "cursor", "CURSOR_PATH": ".next"}
    variables = {f"OCEAN__INTEGRATION__CONFIG__{key}": each for key, each in {**config, name: text}.items()}
    with pytest.raises(SettingsError) as caught:
        _ = Inputs(variables, None, "my.env").settings
    assert hint in caught.value.mistakes[0].hint
