"""Checks that involve several settings."""

from typing import Any

import pytest

from configuration.setting_names import setting_name
from configuration.settings import Settings
from expressions.paths import setting_path
from rest.errors import SettingsError

BASE = "https://api.example.com"

_TYPE_SPECIFIC = [
    ("page", "start_page", "0", "start_page", 0),
    ("cursor", "pagination_param", "page[after]", "param", "page[after]"),
    ("auto", "size_param", "-", "size_param", "-"),
    ("cursor", "cursor_header", "X-Next", "cursor_header", "X-Next"),
    ("next_link", "next_link_header", "X-Link", "next_link_header", "X-Link"),
    ("header_link", "header_link_rel", "following", "header_link_rel", "following"),
]


def settings(environ: dict[str, str] | None = None, /, **config: Any) -> Settings:
    return Settings.from_config({"base_url": BASE, **config}, environ or {})


def refusal(environ: dict[str, str] | None = None, /, **config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(environ, **config)
    return str(caught.value)


@pytest.mark.parametrize(("kind", "name", "text", "field", "value"), _TYPE_SPECIFIC)
def test_a_type_specific_setting_is_rejected_with_other_types(
    kind: str, name: str, text: str, field: str, value: object
) -> None:
    assert getattr(settings(pagination_type=kind, **{name: text}).pagination, field) == value
    with pytest.raises(SettingsError, match=f"{setting_name(name)}: has no effect with paginationType none"):
        settings(pagination_type="none", **{name: text})


@pytest.mark.parametrize(
    "config", [{}, {"password": "hunter22"}, {"auth_value": "hunter22", "password": "p"}]
)
def test_basic_needs_a_user_name(config: dict[str, str]) -> None:
    assert refusal(auth_type="basic", **config) == (
        "username: is missing (authType basic needs username and password, or authValue as user:password)"
    )


@pytest.mark.parametrize("config", [{}, {"username": "amy"}], ids=["alone", "beside_a_user"])
def test_an_auth_value_for_basic_needs_a_colon(config: dict[str, str]) -> None:
    message = refusal(auth_type="basic", auth_value="hunter22", **config)
    assert message == "authValue: accepts user:password for authType basic"


def test_a_token_url_with_another_scheme_is_rejected() -> None:
    message = refusal(auth_type="oauth2", token_url="ftp://x.io/t", client_id="me", client_secret="hunter22")
    assert message == "tokenUrl: accepts a path under baseUrl, or a URL of http or https"


def test_a_pagination_setting_without_effect_is_rejected() -> None:
    assert refusal(pagination_type="page", cursor_path="meta.next") == (
        "cursorPath: has no effect with paginationType page (used by cursor)"
    )
    assert refusal(pagination_type="none", pagination_param="p").startswith(
        "paginationParam: has no effect with paginationType none (used by offset, page, cursor"
    )


def test_without_a_pagination_type_all_pagination_settings_are_allowed() -> None:
    assert settings(cursor_path="meta.next").pagination.cursor_path == setting_path("meta.next")
