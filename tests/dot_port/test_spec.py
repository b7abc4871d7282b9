"""`.port/spec.yaml` says of the settings what the code does with them.

tests/configuration/test_settings.py has their names, defaults and secrets.
"""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from configuration.pagination import PaginationSettings, PaginationType
from configuration.setting_fields import AuthType, TokenAuth
from configuration.setting_names import field_name
from configuration.settings import Settings
from pagination import paginator_for
from rest.errors import SettingsError
from scripts.write_reference import GROUPS

type Entry = dict[str, Any]

_ROOT = Path(__file__).parents[2]
_SPEC = yaml.safe_load((_ROOT / ".port" / "spec.yaml").read_text(encoding="utf-8"))
_SETTINGS: dict[str, Entry] = {entry["name"]: entry for entry in _SPEC["configurations"]}
_AUTH_TYPES = get_args(AuthType.__value__)
_PAGINATION_TYPES = get_args(PaginationType.__value__)
_CHOICES = {
    "authType": _AUTH_TYPES,
    "paginationType": _PAGINATION_TYPES,
    "tokenAuth": get_args(TokenAuth.__value__),
}
_OF_THE_WALK = "maxPages"  # it bounds a listing of any type, and no paginator knows it
# Something other than the default, made up, for every setting that depends on another one.
_MADE_UP: dict[str, Any] = {
    "authValue": "ann:secret",
    "apiToken": "token",
    "apiKey": "key",
    "username": "ann",
    "password": "secret",
    "apiKeyHeader": "X-Key",
    "apiKeyParam": "key",
    "bearerPrefix": "Token",
    "tokenUrl": "/token",
    "clientId": "client",
    "clientSecret": "secret",
    "tokenAuth": "basic",
    "tokenParams": {"scope": "read"},
    "customAuthRequest": {"endpoint": "/login"},
    "customAuthRequestTemplate": {"headers": {"Authorization": "{{.token}}"}},
    "pageSize": 7,
    "paginationParam": "skip",
    "sizeParam": "per_page",
    "startPage": 0,
    "cursorPath": "meta.next",
    "cursorHeader": "X-Next",
    "hasMorePath": "meta.more",
    "lastPagePath": "meta.last",
    "totalPath": "meta.total",
    "totalPagesPath": "meta.pages",
    "nextLinkPath": "links.next",
    "nextLinkHeader": "X-Next-Link",
    "headerLinkRel": "following",
}


def _dependent(on: str) -> dict[str, list[str]]:
    """Settings that are only for some values of another one, and which."""
    return {
        name: entry["dependsOn"][on] for name, entry in _SETTINGS.items() if on in entry.get("dependsOn", {})
    }


def test_choices_are_those_that_the_code_accepts() -> None:
    shown = {name: tuple(entry["enum"]) for name, entry in _SETTINGS.items() if "enum" in entry}
    assert shown == _CHOICES


def test_sections_are_those_of_the_reference() -> None:
    shown: dict[str, set[str]] = {}
    for name, entry in _SETTINGS.items():
        shown.setdefault(entry["section"], set()).add(name)
    assert shown == {group.title: set(group.names) for group in GROUPS}


@pytest.mark.parametrize("name", list(_dependent("paginationType")))
def test_setting_of_pages_is_for_the_types_that_read_it(name: str) -> None:
    def paginator(type_: str, config: dict[str, Any]) -> Any:
        given = {"base_url": "https://a", "pagination_type": type_, **config}
        try:
            return paginator_for(Settings.from_config(given, {}).pagination)
        except SettingsError:  # refused, as this type makes nothing of it
            return paginator(type_, {})

    config = {field_name(name): _MADE_UP[name]}
    reading = [type_ for type_ in _PAGINATION_TYPES if paginator(type_, config) != paginator(type_, {})]
    assert _SETTINGS[name]["dependsOn"] == {"paginationType": reading}


def test_no_other_setting_of_pages_is_for_some_types_alone() -> None:
    names = {group.title: group.names for group in GROUPS}
    of_pages = {*names["Pages"], *names["What a response says of its pages"]}
    assert of_pages - _dependent("paginationType").keys() == {"paginationType", _OF_THE_WALK}
    assert len(PaginationSettings.model_fields) == len(of_pages) + 1, "param_location is the mapping's alone"


@pytest.mark.parametrize("type_", _AUTH_TYPES)
def test_settings_of_an_auth_type_are_all_that_it_needs(type_: str) -> None:
    of_type = [name for name, types in _dependent("authType").items() if type_ in types]
    config = {field_name(name): _MADE_UP[name] for name in of_type}
    given = {"base_url": "https://a", "auth_type": type_}
    assert Settings.from_config({**given, **config}, {}).auth_type == type_
    if type_ != "none":
        with pytest.raises(SettingsError):
            Settings.from_config(given, {})


@pytest.mark.parametrize("name", list(_dependent("authType")))
def test_setting_of_authentication_is_for_types_that_there_are(name: str) -> None:
    types = _SETTINGS[name]["dependsOn"]["authType"]
    assert types
    assert set(types) < set(_AUTH_TYPES)


@pytest.mark.parametrize("name", _CHOICES)
def test_every_choice_is_named_in_the_description(name: str) -> None:
    missing = [value for value in _CHOICES[name] if value not in _SETTINGS[name]["description"]]
    assert not missing


def test_integration_takes_any_kind_and_has_an_icon() -> None:
    assert _SPEC["icon"]
    kinds = [kind for feature in _SPEC["features"] for kind in feature["resources"]]
    assert kinds == [{"kind": "__custom__"}]
