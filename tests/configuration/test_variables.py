"""Environment variables in customHeaders and customQueryParams."""

from typing import Any

import pytest

from configuration.settings import Settings
from rest.errors import SettingsError

BASE = "https://api.example.com"


def settings(environ: dict[str, str] | None = None, /, **config: Any) -> Settings:
    return Settings.from_config({"base_url": BASE, **config}, environ or {})


def refusal(environ: dict[str, str] | None = None, /, **config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(environ, **config)
    return str(caught.value)


@pytest.mark.parametrize("name", ["custom_headers", "custom_query_params"])
def test_variables_are_substituted(name: str) -> None:
    read = settings({"TOKEN": "t0ken", "ORG": "acme"}, **{name: '{"Auth": "Token ${TOKEN}/${ORG}"}'})
    assert getattr(read, name) == {"Auth": "Token t0ken/acme"}


def test_other_texts_are_not_changed() -> None:
    read = settings({"A": "1"}, custom_query_params={"k": "$A ${A-b} {A} ${}"})
    assert read.custom_query_params == {"k": "$A ${A-b} {A} ${}"}


def test_values_are_not_substituted_again() -> None:
    read = settings({"A": "${B}", "B": "2"}, custom_query_params={"k": "${A}"})
    assert read.custom_query_params == {"k": "${B}"}


def test_each_missing_variable_is_reported_once() -> None:
    message = refusal(
        {"A": "1"}, custom_headers={"X": "${B}${A}${B}", "Y": "${C}"}, custom_query_params={"q": "${D}"}
    )
    assert message == (
        "customHeaders: uses ${B}, but this environment variable is not set; "
        "customHeaders: uses ${C}, but this environment variable is not set; "
        "customQueryParams: uses ${D}, but this environment variable is not set"
    )


def test_a_value_that_would_break_a_header_is_rejected_and_not_shown() -> None:
    message = refusal({"T": "hunter22\nEvil: 1"}, custom_headers={"X": "${T}"})
    assert (
        message
        == "customHeaders: 'X' is not a valid header name, or its value has line breaks or is not ASCII"
    )
