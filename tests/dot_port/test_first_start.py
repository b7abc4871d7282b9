"""The first start of an installation: Port has no data, and only the base URL is set."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.helm.chart import Release, merged
from tests.helm.waiting import is_synced, wait_for

pytestmark = pytest.mark.process

type LocalValues = Callable[[str], dict[str, Any]]

_MAPPING = {
    "resources": [
        {
            "kind": "/api/v1/users",
            "selector": {"data_path": ".users"},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"user"'}}},
        }
    ]
}
_EVERY_SECOND = {"eventListener": {"type": "POLLING", "interval": 1}}


@pytest.fixture
def first(local_values: LocalValues) -> dict[str, str]:
    """Return the environment of an installation with only the API's base URL."""
    values = local_values("custom")
    api = {"baseUrl": values["integration"]["config"]["baseUrl"].replace("/bearer/page", "/none/none")}
    integration = {"identifier": "first", "type": "custom", **_EVERY_SECOND, "config": api}
    bare = {name: values[name] for name in ("port", "extraEnv", "imageRegistry", "initializePortResources")}
    return Release(merged(bare, {"integration": integration})).environment()


def test_the_first_start_succeeds_and_waits_for_a_mapping(
    first: dict[str, str], pod: Callable[..., Any], port: Any
) -> None:
    started = pod(first)
    with started.running():
        wait_for(lambda: is_synced(port.http, "first"), started.log.read_text)
        assert "no resources configured" in started.log.read_text()
        assert port.counts() == {}
        port.prepare(_MAPPING)
        port.install("first", _MAPPING)
        wait_for(lambda: port.counts() == {"user": 120}, started.log.read_text)
    # On a slow machine Ocean sends its first log lines before it has created the integration.
    expected = ("was not found", "Failed to send logs to Port")
    errors = [line for line in started.log.read_text().splitlines() if "ERROR" in line]
    assert [line for line in errors if not any(words in line for words in expected)] == []
