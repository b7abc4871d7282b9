"""The settings that are printed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.install import split_settings
from builder.install.chosen import chosen
from builder.install.placeholders import _OBJECTS
from configuration.setting_names import field_name, setting_name
from configuration.settings import setting_names
from rest.bodies import Json
from rest.errors import SettingsError

_SPEC = yaml.safe_load((Path(__file__).parents[3] / ".port" / "spec.yaml").read_text())["configurations"]
_BASE = {"baseUrl": "https://api.example.com"}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"pageSize": 100}, id="number"),
        pytest.param({"pageSize": "100"}, id="number as text"),
        pytest.param({"timeout": 30}, id="seconds"),
        pytest.param({"verifySsl": "true"}, id="boolean as text"),
        pytest.param({"authType": "none"}, id="choice"),
        pytest.param({"customHeaders": {}}, id="empty object"),
        pytest.param({"customHeaders": "{}"}, id="empty object as text"),
        pytest.param({"cursorPath": ""}, id="empty text"),
        pytest.param({"apiToken": "  "}, id="blanks"),
        pytest.param({"maxPages": None}, id="null"),
        pytest.param({"unheardOf": "x"}, id="unknown name"),
    ],
)
def test_defaults_are_left_out(settings: Mapping[str, Json]) -> None:
    assert chosen({**_BASE, **settings}) == _BASE


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"paginationType": "none"}, id="pagination, even none"),
        pytest.param({"pageSize": 50}, id="number"),
        pytest.param({"verifySsl": False}, id="boolean"),
        pytest.param({"maxConcurrentRequests": "a lot"}, id="wrong value"),
        pytest.param({"authType": "oauth2"}, id="what needs others"),
        pytest.param({"customHeaders": {"A": "${NO_SUCH_VARIABLE}"}}, id="variable"),
        pytest.param({"trustedOrigins": ["https://files.example.com"]}, id="list"),
    ],
)
def test_other_values_are_kept_unchanged(settings: Mapping[str, Json]) -> None:
    assert chosen({**_BASE, **settings}) == {**_BASE, **settings}


def test_settings_have_the_order_of_the_reference() -> None:
    settings: dict[str, Json] = {"pageSize": 5, "paginationType": "page", "authType": "basic", **_BASE}
    assert list(chosen(settings)) == ["baseUrl", "authType", "paginationType", "pageSize"]


def test_secrets_are_the_sensitive_settings_of_the_reference() -> None:
    every: dict[str, Json] = {
        name: {"a": "b"} if name in _OBJECTS else f"my-{name}" for name in setting_names()
    }
    plain, secret = split_settings(every)
    assert secret.keys() == {entry["name"] for entry in _SPEC if entry.get("sensitive")}
    assert {**plain, **secret} == every


def test_secret_objects_are_the_sensitive_objects_of_the_reference() -> None:
    objects = {entry["name"] for entry in _SPEC if entry["type"] == "object" and entry.get("sensitive")}
    assert objects == _OBJECTS


def test_paths_of_files_are_printed_as_they_are() -> None:
    """The file is on the machine of the installation, so it is not read here."""
    draft = {**_BASE, "authType": "bearer_token", "apiTokenFile": "/no/such/file"}
    assert chosen(draft) == draft


@pytest.mark.parametrize("text", ["a\0b", "\ud800"], ids=["NUL", "half a character"])
def test_unsupported_characters_are_an_error_that_hides_the_value(text: str) -> None:
    with pytest.raises(SettingsError, match="apiToken") as caught:
        chosen({**_BASE, "apiToken": f"hunter2{text}"})
    assert "hunter2" not in str(caught.value)


def test_names_convert_in_both_directions() -> None:
    assert [setting_name(field_name(name)) for name in setting_names()] == setting_names()


def test_split_settings_have_real_values() -> None:
    settings: dict[str, Any] = {**_BASE, "authType": "basic", "username": "ann", "password": "hunter2"}
    assert split_settings(settings) == (
        {**_BASE, "authType": "basic", "username": "ann"},
        {"password": "hunter2"},
    )
