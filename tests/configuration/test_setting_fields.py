"""The settings that provide credentials, and the trusted origins."""

from typing import Any

import pytest

from configuration.settings import Settings
from rest.origin import Origin

BASE = "https://api.example.com"


def settings(environ: dict[str, str] | None = None, /, **config: Any) -> Settings:
    return Settings.from_config({"base_url": BASE, **config}, environ or {})


def test_specific_settings_take_precedence_over_auth_value() -> None:
    read = settings(auth_type="bearer_token", auth_value="old", api_token="new", api_key="key")
    assert (read.bearer_token, read.key) == ("new", "key")


def test_auth_value_is_the_token_or_the_key() -> None:
    read = settings(auth_value="one")
    assert (read.bearer_token, read.key) == ("one", "one")


def test_a_final_line_break_is_not_part_of_a_secret() -> None:
    read = settings(api_token="t0ken\n", api_key="k3y\r\n")
    assert (read.bearer_token, read.key) == ("t0ken", "k3y")


@pytest.mark.parametrize(
    ("config", "pair"),
    [
        ({"username": "amy", "password": "p"}, ("amy", "p")),
        ({"auth_value": "amy:p:q"}, ("amy", "p:q")),
        ({"auth_value": "key:"}, ("key", "")),
        ({"auth_value": ":p"}, ("", "p")),
        ({"username": "key"}, ("key", "")),
        ({"username": "key", "password": ""}, ("key", "")),
        ({"username": "u", "password": "p\n"}, ("u", "p")),
        ({"username": "amy", "auth_value": "old:p"}, ("amy", "p")),
        ({"password": "new", "auth_value": "amy:old"}, ("amy", "new")),
    ],
    ids=[
        "both",
        "one_text",
        "no_password",
        "no_user",
        "user_alone",
        "empty_password",
        "line_break",
        "user_wins",
        "password_wins",
    ],
)
def test_basic_reads_user_and_password_from_several_settings(
    config: dict[str, str], pair: tuple[str, str]
) -> None:
    assert settings(auth_type="basic", **config).user_and_password == pair


def test_the_origins_of_base_url_and_trusted_origins_are_trusted() -> None:
    read = settings(trusted_origins=["https://files.example.com:8443/any/path"])
    assert read.trusted == {Origin.of(BASE), Origin("https", "files.example.com", 8443)}
