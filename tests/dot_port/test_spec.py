"""`.port/spec.yaml` describes the settings as the code reads them.

tests/configuration/test_settings.py checks their names, defaults and secrets.
"""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from configuration.pagination import PaginationSettings, PaginationType
from configuration.setting_fields import (
    AuthType,
    ClientAuth,
    ConditionalUse,
    Grant,
    MemoryUse,
    TokenAuth,
    TokenFormat,
)
from configuration.setting_names import field_name
from configuration.settings import Settings
from pagination import paginator_for
from rest.errors import SettingsError
from scripts.reference_text import GROUPS
from tests.keys import private_key_pem

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
    "grant": get_args(Grant.__value__),
    "clientAuth": get_args(ClientAuth.__value__),
    "tokenFormat": get_args(TokenFormat.__value__),
    "conditionalRequests": get_args(ConditionalUse.__value__),
    "rememberEntities": get_args(MemoryUse.__value__),
}
_ANY_TYPE = "maxPages"  # limits listings of any type; no paginator reads it
# A value other than the default for every setting that depends on another one.
_SAMPLE_VALUES: dict[str, Any] = {
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
    "signature": {"signed": "{{.path}}", "header": "X-Signature"},
    "aws": {"region": "eu-central-1", "service": "execute-api"},
    "awsAccessKeyId": "AKIDEXAMPLE",
    "awsSecretAccessKey": "secret",
    "awsSessionToken": "token",
    "grant": "refresh_token",
    "clientAuth": "private_key_jwt",
    "refreshToken": "refresh",
    "privateKey": private_key_pem(),
    "privateKeyPassword": "secret",
    "jwt": {"claims": {"sub": "ann"}},
    "tokenFormat": "json",
    "tokenPath": "data.token",
    "expiresPath": "data.expires",
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
    """Return the settings that depend on another one, with the values that they apply to."""
    return {
        name: entry["dependsOn"][on] for name, entry in _SETTINGS.items() if on in entry.get("dependsOn", {})
    }


def test_the_choices_are_those_that_the_code_accepts() -> None:
    choices = {name: tuple(entry["enum"]) for name, entry in _SETTINGS.items() if "enum" in entry}
    assert choices == _CHOICES


def test_the_sections_are_those_of_the_reference() -> None:
    sections: dict[str, set[str]] = {}
    for name, entry in _SETTINGS.items():
        sections.setdefault(entry["section"], set()).add(name)
    assert sections == {group.title: set(group.names) for group in GROUPS}


@pytest.mark.parametrize("name", list(_dependent("paginationType")))
def test_a_pagination_setting_depends_on_the_types_that_read_it(name: str) -> None:
    def paginator(type_: str, config: dict[str, Any]) -> Any:
        settings = {"base_url": "https://a", "pagination_type": type_, **config}
        try:
            return paginator_for(Settings.from_config(settings, {}).pagination)
        except SettingsError:  # this type does not accept the setting
            return paginator(type_, {})

    config = {field_name(name): _SAMPLE_VALUES[name]}
    readers = [type_ for type_ in _PAGINATION_TYPES if paginator(type_, config) != paginator(type_, {})]
    assert _SETTINGS[name]["dependsOn"] == {"paginationType": readers}


def test_all_other_pagination_settings_apply_to_any_type() -> None:
    names = {group.title: group.names for group in GROUPS}
    pagination_names = {*names["Pages"], *names["Pagination signals in the response"]}
    assert pagination_names - _dependent("paginationType").keys() == {"paginationType", _ANY_TYPE}
    only_in_mappings = {"param_location", "param_format", "page_size_min", "then"}
    assert len(PaginationSettings.model_fields) == len(pagination_names | only_in_mappings)


@pytest.mark.parametrize("type_", _AUTH_TYPES)
def test_the_settings_of_an_auth_type_are_sufficient(type_: str) -> None:
    names = [name for name, types in _dependent("authType").items() if type_ in types]
    config = {field_name(name): _SAMPLE_VALUES[name] for name in names}
    required = {"base_url": "https://a", "auth_type": type_}
    assert Settings.from_config({**required, **config}, {}).auth_type == type_
    if type_ != "none":
        with pytest.raises(SettingsError):
            Settings.from_config(required, {})


@pytest.mark.parametrize("name", list(_dependent("authType")))
def test_an_authentication_setting_depends_on_known_types(name: str) -> None:
    types = _SETTINGS[name]["dependsOn"]["authType"]
    assert types
    assert set(types) < set(_AUTH_TYPES)


@pytest.mark.parametrize("name", _CHOICES)
def test_every_choice_is_named_in_the_description(name: str) -> None:
    missing = [value for value in _CHOICES[name] if value not in _SETTINGS[name]["description"]]
    assert not missing


def test_the_integration_accepts_any_kind_and_has_an_icon() -> None:
    assert _SPEC["icon"]
    kinds = [kind for feature in _SPEC["features"] for kind in feature["resources"]]
    assert kinds == [{"kind": "__custom__"}]
    assert _SPEC["saas"] == {"enabled": False, "liveEvents": {"enabled": True}}
