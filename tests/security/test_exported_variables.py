"""exportEnvVariables of a mapping in a real `ocean sail`: no environment variable reaches Port."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.process

SECRET = "hunter22-of-the-process"
NAMES = ["OCEAN__PORT__CLIENT_SECRET", "MADE_UP_SECRET"]
FLAG = "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"


def entry(place: str, **selector: Any) -> dict[str, Any]:
    mappings = {"identifier": ".id | tostring", "blueprint": f'"{place}"'}
    return {
        "kind": f"/{place}",
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


@pytest.fixture
def synced(api: Any, web_reply: Any, port: Any, install: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that syncs entries while Port keeps raw items. Returns the run and the raw items."""

    def run(processing: str, flag: str, *entries: dict[str, Any]) -> tuple[Any, str]:
        for each in entries:
            api.answers[each["kind"]] = web_reply([{"id": 1}])
        port.http.patch("/_sandbox/settings", json={"processing": processing}).raise_for_status()
        mapping = {"resources": list(entries)}
        port.prepare(mapping)
        environ = {FLAG: flag, "MADE_UP_SECRET": SECRET}
        run = install({"baseUrl": api.url, "maxRetries": 0}, environ=environ).sync(mapping)
        return run, port.http.get("/_sandbox/raw").raise_for_status().text

    return run


@pytest.mark.parametrize("processing", ["lakehouse", "dsp"])
def test_exported_variables_are_not_sent(processing: str, synced: Callable[..., Any], api: Any) -> None:
    run, raw = synced(
        processing,
        "false",
        entry("right"),
        entry("alias", exportEnvVariables=NAMES),
        entry("name", export_env_variables=NAMES),
        entry("text", exportEnvVariables="MADE_UP_SECRET"),
        entry("both", exportEnvVariables=[], export_env_variables=NAMES),
    )
    assert [line.split()[1] for line in (each.splitlines()[0] for each in api.requests)] == ["/right"]
    assert "/right" in raw
    assert "environment" not in raw.lower()
    assert SECRET not in raw + run.log
    assert "selector.exportEnvVariables would send the integration's environment variables" in run.log
    if processing == "lakehouse":
        assert run.failed == ["/alias", "/name", "/text", "/both"]


def test_exported_variables_are_sent_if_the_flag_allows_the_environment(
    synced: Callable[..., Any],
) -> None:
    run, raw = synced("lakehouse", "true", entry("alias", exportEnvVariables=["MADE_UP_SECRET"]))
    assert run.failed == [], run.log
    assert SECRET in raw
