"""A malicious mapping in a real `ocean sail`: its kinds fail in time, and the catalog is unchanged."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.security.programs import ENDLESS, GREEDY

pytestmark = pytest.mark.process

type Json = dict[str, Any]

# The limits of Ocean and of this integration are set below. Without them, the run would never end.
_TIMEOUT_S = 80
IDS = {"1", "2", "3"}
SAFE = {
    "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS": "false",
    "OCEAN__PROCESS_IN_QUEUE_TIMEOUT": "2",
    "TESTED_JQ_TIMEOUT_S": "2",  # 30 by default, too long for a test
    "MADE_UP_SECRET": "hunter22-of-the-process",
}


def entry(place: str, selector: Json | None = None, **properties: str) -> Json:
    """Return an entry with its own kind and blueprint."""
    mappings = {"identifier": ".id | tostring", "blueprint": f'"{place}"', "properties": properties}
    return {
        "kind": f"/{place}",
        "selector": {"query": "true", "data_path": ".items", **(selector or {})},
        "port": {"entity": {"mappings": mappings}},
    }


@pytest.fixture
def synced_twice(api: Any, web_reply: Any, port: Any, install: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that syncs good kinds, then malicious entries instead. It returns the second run."""

    def run(*entries: Json) -> Any:
        places = [each["kind"].strip("/") for each in entries]
        for place in ["untouched", *places]:
            api.answers[f"/{place}"] = web_reply({"items": [{"id": number} for number in (1, 2, 3)]})
        good = {
            "resources": [
                entry(place, name=".id | tostring", value=".id") for place in ["untouched", *places]
            ]
        }
        port.prepare(good)
        installation = install({"baseUrl": api.url, "maxRetries": 0}, environ=SAFE)
        first = installation.sync(good)
        assert first.failed == [], first.log
        return installation.sync({"resources": [entry("untouched", name=".id | tostring"), *entries]})

    return run


def test_a_program_that_exceeds_a_limit_fails_its_kind_and_deletes_nothing(
    synced_twice: Callable[..., Any], port: Any
) -> None:
    entries = [
        entry("endless_path", {"data_path": ENDLESS["recursion"]}),
        entry("greedy_while_compiling", {"data_path": '[("a" * 1e9), ("b" * 1e9), ("c" * 1e9)]'}),
        entry("endless_mapping", value=ENDLESS["recursion"]),
        entry("greedy_mapping", value=GREEDY["a long list"]),
        entry("endless_query", {"query": ENDLESS["recursion"]}),
        entry("halted", {"data_path": "halt"}),
        entry("imported", {"data_path": 'import "x" as $x; .items'}),
        entry("credential_header", {"headers": {"Authorization": "Bearer other"}}),
        entry("line_break", {"headers": {"X-Own": "a\r\nX-Injected: 1"}}),
    ]
    start = time.monotonic()
    run = synced_twice(*entries)
    assert run.failed == [each["kind"] for each in entries]
    assert time.monotonic() - start < _TIMEOUT_S
    for place in ["untouched", *(each["kind"].strip("/") for each in entries)]:
        assert set(port.entities(place)) == IDS, place


def test_no_expression_copies_the_environment_into_the_catalog(
    synced_twice: Callable[..., Any], port: Any, api: Any
) -> None:
    names = " // ".join(["env.MADE_UP_SECRET", "$ENV.MADE_UP_SECRET", "env.OCEAN__PORT__CLIENT_SECRET"])
    seen = f"{names} // (env | length) | tostring"
    parents = {
        "parent": {"endpoint": "/untouched", "data_path": ".items", "field": f"({seen}) + (.id | tostring)"}
    }
    run = synced_twice(
        entry("by_mapping", value=seen),
        entry("by_data_path", {"data_path": f"[.items[] | . + {{value: ({seen})}}]"}, value=".value"),
        entry(
            "by_path_value", {"path_parameters": parents, "query_params": {"of": "{parent}"}}, value=".parent"
        ),
    )
    assert run.failed == [], run.log
    entities = [
        entity
        for place in ("by_mapping", "by_data_path", "by_path_value")
        for entity in port.entities(place).values()
    ]
    assert {str(entity["properties"].get("value")) for entity in entities} <= {"0", "01", "02", "03"}
    everything = f"{entities}{api.requests}{run.log}"
    assert "hunter22-of-the-process" not in everything
