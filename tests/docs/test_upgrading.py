"""docs/upgrading.md: what it says to be refused is refused, and the names that it uses exist."""

import re
from pathlib import Path
from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.settings import Settings
from ocean_adapter.environment import prepare_environment
from rest.doubts import DOUBTS
from rest.errors import ResourceError, SettingsError

type Json = dict[str, Any]

_TEXT = (Path(__file__).parents[2] / "docs" / "upgrading.md").read_text(encoding="utf-8")
_LOGIN: Json = {
    "auth_type": "custom",
    "custom_auth_request": {"endpoint": "/login", "body": {"name": "{{.user}}"}},
}


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"pagination_type": "page", "cursor_path": "next"}, id="unused pagination"),
        pytest.param({"trusted_origins": ["https://*.example.com"]}, id="wildcard"),
        pytest.param({"trusted_origins": ["https://files.example.com:0"]}, id="port 0"),
        pytest.param({"trusted_origins": ["https://files.exa!mple.com"]}, id="invalid name"),
        pytest.param(_LOGIN, id="unknown placeholder of a login"),
    ],
)
def test_a_setting_that_the_page_names_is_refused(config: Json) -> None:
    with pytest.raises(SettingsError):
        Settings.from_config({"base_url": "https://api.example.com", **config}, {})


def test_a_url_of_port_without_a_scheme_is_refused() -> None:
    with pytest.raises(SystemExit, match="OCEAN__PORT__BASE_URL"):
        prepare_environment(
            {
                "OCEAN__PORT__BASE_URL": "api.getport.io",
                "OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://api.example.com",
            }
        )


@pytest.mark.parametrize(
    ("kind", "selector"),
    [
        pytest.param("/items", {"method": "PUT"}, id="writing method"),
        pytest.param("/items", {"query_params": {"team": "{team}"}}, id="placeholder in a parameter"),
        pytest.param("/items", {"headers": {"X-Team": "{team}"}}, id="placeholder in a header"),
        pytest.param("/items", {"method": "POST", "body": {"team": "{team}"}}, id="placeholder in a body"),
        pytest.param("/items", {"pagination": {"type": "page", "cursor_path": "next"}}, id="unused key"),
        pytest.param("/items/../admin", {}, id="dots in the kind"),
        pytest.param(
            "/items/{id}", {"path_parameters": {"id": {"values": ["../admin"]}}}, id="dots in the values"
        ),
        pytest.param("/items", {"exportEnvVariables": ["HOME"]}, id="environment"),
        pytest.param(
            "/items", {"incremental": {"param": "since", "format": "%H:%M"}}, id="format without day"
        ),
    ],
)
def test_a_mapping_entry_that_the_page_names_is_refused(kind: str, selector: Json) -> None:
    with pytest.raises(ResourceError):
        read_resource(kind, selector, PaginationSettings())


def test_the_page_names_only_doubts_that_exist() -> None:
    table = _TEXT.partition("### Kinds that fail now")[2].partition("\n### ")[0]
    named = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert named
    assert set(named) <= set(DOUBTS)
