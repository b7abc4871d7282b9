"""The environment is checked before Ocean reads it."""

import pytest

from ocean_adapter.environment import prepare_environment


@pytest.mark.parametrize("url", ["api.getport.io", "api.getport.io:443", "https://", "ftp://api.getport.io"])
def test_a_port_url_without_scheme_or_host_is_rejected(url: str) -> None:
    with pytest.raises(SystemExit, match="OCEAN__PORT__BASE_URL") as stopped:
        prepare_environment(
            {"OCEAN__PORT__BASE_URL": url, "OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://a"}
        )
    assert str(stopped.value) == (
        f"Ocean Custom cannot start: OCEAN__PORT__BASE_URL: got {url!r}, "
        "accepts the URL of Port's API, like https://api.getport.io"
    )


@pytest.mark.parametrize(
    "url", ["https://api.getport.io", "http://127.0.0.1:3010/", " https://api.us.getport.io ", ""]
)
def test_a_valid_or_unset_port_url_is_accepted(url: str) -> None:
    environ = {"ocean__port__base_url": url, "OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://a"}
    prepare_environment(environ)
    assert environ["ocean__port__base_url"] == url
