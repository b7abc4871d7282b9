"""Settings in the environment, before Ocean reads them."""

import pytest

from ocean_adapter.environment import prepare_environment


@pytest.mark.parametrize("url", ["api.getport.io", "api.getport.io:443", "https://", "ftp://api.getport.io"])
def test_a_port_url_that_ocean_cannot_start_with_is_refused(url: str) -> None:
    with pytest.raises(SystemExit, match="OCEAN__PORT__BASE_URL") as refused:
        prepare_environment(
            {"OCEAN__PORT__BASE_URL": url, "OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://a"}
        )
    assert str(refused.value) == (
        f"Ocean Custom cannot start: OCEAN__PORT__BASE_URL: got {url!r}, "
        "accepts the URL of Port's API, like https://api.getport.io"
    )


@pytest.mark.parametrize(
    "url", ["https://api.getport.io", "http://127.0.0.1:3010/", " https://api.us.getport.io ", ""]
)
def test_a_port_url_that_is_good_or_unset_passes(url: str) -> None:
    environ = {"ocean__port__base_url": url, "OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://a"}
    prepare_environment(environ)
    assert environ["ocean__port__base_url"] == url
