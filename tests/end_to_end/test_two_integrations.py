"""Two installations write entities of the same blueprint to Port at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_MAPPING: Json = {
    "entityDeletionThreshold": 1,
    "resources": [
        {
            "kind": "/users",
            "selector": {"query": "true"},
            "port": {
                "entity": {
                    "mappings": {"identifier": ".id", "title": ".name", "blueprint": '"user"'},
                }
            },
        }
    ],
}


def _users(*names: str) -> list[Json]:
    return [{"id": name, "name": f"User {name}"} for name in names]


@pytest.fixture
def both(install: Callable[..., Any], port: Any, loopback: Callable[[Json], Any]) -> list[tuple[Any, Any]]:
    """Return two installations with their APIs, after each has synced its three users."""
    port.prepare(_MAPPING)
    apis = [loopback({"/users": _users(*names)}) for names in (("a1", "a2", "a3"), ("b1", "b2", "b3"))]
    found = [(install({"baseUrl": api.url}), api) for api in apis]
    _sync(found)
    return found


def _sync(installations: list[tuple[Any, Any]]) -> None:
    """Run one resync of each installation, in parallel."""
    with ThreadPoolExecutor() as processes:
        runs = list(processes.map(lambda pair: pair[0].sync(_MAPPING), installations))
    for run in runs:
        assert run.states == [("/users", "completed")], run.log


def test_neither_installation_deletes_the_other_s_entities(both: list[tuple[Any, Any]], port: Any) -> None:
    assert set(port.entities("user")) == {"a1", "a2", "a3", "b1", "b2", "b3"}
    for (_, api), names in zip(both, (("a1", "a4"), ("b2", "b3")), strict=True):
        api.answers["/users"] = _users(*names)
    _sync(both)
    assert set(port.entities("user")) == {"a1", "a4", "b2", "b3"}


def test_an_installation_without_items_deletes_only_its_own_entities(
    both: list[tuple[Any, Any]], port: Any
) -> None:
    both[0][1].answers["/users"] = []
    _sync(both)
    assert set(port.entities("user")) == {"b1", "b2", "b3"}


def test_entities_that_the_other_installation_overwrote_are_not_deleted(
    both: list[tuple[Any, Any]], port: Any
) -> None:
    """An entity belongs to the installation that wrote it last."""
    first, second = both
    second[1].answers["/users"] = _users("a1", "b1", "b2", "b3")
    _sync([second])
    first[1].answers["/users"] = _users("a2")
    _sync([first])
    assert set(port.entities("user")) == {"a1", "a2", "b1", "b2", "b3"}
