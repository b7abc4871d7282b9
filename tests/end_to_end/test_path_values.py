"""The encoding of path parameters in requests, byte by byte (RFC 6570 §3.2.2 and §3.2.3)."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Loopback = Callable[[dict[str, Any]], Any]

# The encoded path segment for each parent id.
SEGMENTS: dict[str | float, str] = {
    "x/../../admin": "x%2F..%2F..%2Fadmin",
    "a b": "a%20b",
    "q?all=1": "q%3Fall%3D1",
    "a#b": "a%23b",
    "ü%2F": "%C3%BC%252F",
    "100%": "100%25",
    "a+b&c": "a%2Bb%26c",
    "...": "...",
    "{id}": "%7Bid%7D",
    7: "7",
    2.5: "2.5",
    True: "true",
    9223372036854775807: "9223372036854775807",
}
# The same for {+name}, which keeps slashes and percent-encoded characters.
RAW = {
    "a/b": "a/b",
    "a%2Fb": "a%2Fb",
    "a b/c?d": "a%20b/c%3Fd",
    "ü/100%": "%C3%BC/100%25",
    "x#y": "x%23y",
}


def children(kind: str, blueprint: str, **parameter: Any) -> dict[str, Any]:
    """Return a nested resource with the parents /parents. parameter: more keys of its parameter."""
    identifier = f'"{blueprint}-" + (.n | tostring)'
    return {
        "kind": kind,
        "selector": {
            "query": "true",
            "path_parameters": {"id": {"endpoint": "/parents", "field": ".id", **parameter}},
        },
        "port": {"entity": {"mappings": {"identifier": identifier, "blueprint": f'"{blueprint}"'}}},
    }


def synced(
    install: Callable[..., Any], port: Any, loopback: Loopback, resource: dict[str, Any], ids: list[Any]
) -> tuple[Any, Any]:
    """Sync parents with these ids, each with one item. Return the run and the API."""
    values: dict[Any, str] = {**SEGMENTS, **RAW}
    answers = {
        f"/parents/{values.get(value, value)}/children": [{"n": number}] for number, value in enumerate(ids)
    }
    api = loopback({"/parents": [{"id": value} for value in ids], **answers})
    mapping = {"resources": [resource]}
    port.prepare(mapping)
    return install({"baseUrl": api.url, "maxRetries": 0}).sync(mapping), api


def test_a_value_is_encoded_as_one_path_segment(
    install: Callable[..., Any], port: Any, loopback: Loopback
) -> None:
    resource = children("/parents/{id}/children", "child")
    ids = list(SEGMENTS)
    run, api = synced(install, port, loopback, resource, ids)
    assert run.failed == [], run.log
    paths = [f"/parents/{segment}/children" for segment in SEGMENTS.values()]
    assert sorted(api.targets) == sorted(["/parents", *paths])
    assert port.counts() == {"child": len(ids)}


def test_a_raw_value_keeps_slashes_and_encoded_characters(
    install: Callable[..., Any], port: Any, loopback: Loopback
) -> None:
    run, api = synced(install, port, loopback, children("/parents/{+id}/children", "raw"), list(RAW))
    assert run.failed == [], run.log
    paths = [f"/parents/{segments}/children" for segments in RAW.values()]
    assert sorted(api.targets) == sorted(["/parents", *paths])
    assert port.counts() == {"raw": len(RAW)}


@pytest.mark.parametrize(
    ("placeholder", "refused"),
    [
        ("{id}", ["..", "."]),
        ("{+id}", ["..", ".", "../admin", "a/../b", "%2e%2e", "a/%2E%2E/b"]),
    ],
    ids=["plain", "raw"],
)
def test_a_value_with_dot_segments_is_not_requested(
    install: Callable[..., Any], port: Any, loopback: Loopback, placeholder: str, refused: list[str]
) -> None:
    """The kind fails, so nothing is deleted. The other children are synced."""
    resource = children(f"/parents/{placeholder}/children", "child")
    run, api = synced(install, port, loopback, resource, ["first", *refused, "last"])
    assert run.states == [(resource["kind"], "failed")]
    assert sorted(api.targets) == ["/parents", "/parents/first/children", "/parents/last/children"]
    assert port.counts() == {"child": 2}
    assert f"id is {refused[0]!r}, and this would change the request's path" in run.log


def test_values_with_the_same_text_are_requested_once(
    install: Callable[..., Any], port: Any, loopback: Loopback
) -> None:
    """7 and "7" give the same path. null and an empty text are skipped."""
    resource = children("/parents/{id}/children", "child")
    resource["selector"]["accept"] = ["skipped_parents"]
    run, api = synced(install, port, loopback, resource, [7, "7", None, "", 7])
    assert run.failed == [], run.log
    assert api.targets == ["/parents", "/parents/7/children"]
    assert "2 of 5 parents have no id" in run.log


def test_a_value_in_the_query_is_encoded_as_one_parameter(
    install: Callable[..., Any], port: Any, loopback: Loopback
) -> None:
    """In query_params, a slash is not encoded (RFC 3986 §3.4). In the kind's query string, it is."""
    api = loopback(
        {
            "/parents": [{"id": "a&b=c#d e/f+g%20"}],
            "/written?of=a%26b%3Dc%23d%20e%2Ff%2Bg%2520": [{"n": 1}],
            "/given?of=a%26b%3Dc%23d%20e/f%2Bg%2520": [{"n": 1}],
        }
    )
    separate = children("/given", "given")
    separate["selector"]["query_params"] = {"of": "{id}"}
    mapping = {"resources": [children("/written?of={id}", "written"), separate]}
    port.prepare(mapping)
    run = install({"baseUrl": api.url, "maxRetries": 0}).sync(mapping)
    assert run.failed == [], f"{api.targets}\n{run.log}"
    assert port.counts() == {"written": 1, "given": 1}
