"""The names of settings for the user and in the code."""

from configuration.setting_names import field_name, setting_name
from configuration.settings import setting_names


def test_setting_names_are_camel_case() -> None:
    assert [setting_name(name) for name in ("base_url", "timeout", "verify_ssl")] == [
        "baseUrl",
        "timeout",
        "verifySsl",
    ]


def test_field_name_reverses_setting_name() -> None:
    assert field_name("maxConcurrentRequests") == "max_concurrent_requests"
    assert all(setting_name(field_name(name)) == name for name in setting_names())
