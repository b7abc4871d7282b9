"""Two installations write into one Port, at the same time and of the same blueprint."""

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
    """(installation, its API) twice; a resync of each has put its three users into the catalog."""
    port.prepare(_MAPPING)
    apis = [loopback({"/users": _users(*names)}) for names in (("a1", "a2", "a3"), ("b1", "b2", "b3"))]
    found = [(install({"baseUrl": api.url}), api) for api in apis]
    _sync(found)
    return found


def _sync(installations: list[tuple[Any, Any]]) -> None:
    """One `ocean sail` for each, all at once."""
    with ThreadPoolExecutor() as processes:
        runs = list(processes.map(lambda one: one[0].sync(_MAPPING), installations))
    for run in runs:
        assert run.states == [("/users", "completed")], run.log


def test_neither_deletes_what_the_other_wrote(both: list[tuple[Any, Any]], port: Any) -> None:
    assert set(port.entities("user")) == {"a1", "a2", "a3", "b1", "b2", "b3"}
    for (_, api), names in zip(both, (("a1", "a4"), ("b2", "b3")), strict=True):
        api.answers["/users"] = _users(*names)
    _sync(both)
    assert set(port.entities("user")) == {"a1", "a4", "b2", "b3"}


def test_one_that_has_nothing_left_empties_only_its_own(both: list[tuple[Any, Any]], port: Any) -> None:
    both[0][1].answers["/users"] = []
    _sync(both)
    assert set(port.entities("user")) == {"b1", "b2", "b3"}


def test_what_the_other_took_over_is_not_deleted(both: list[tuple[Any, Any]], port: Any) -> None:
    """An entity belongs to who wrote it last."""
    first, second = both
    second[1].answers["/users"] = _users("a1", "b1", "b2", "b3")
    _sync([second])
    first[1].answers["/users"] = _users("a2")
    _sync([first])
    assert set(port.entities("user")) == {"a1", "a2", "b1", "b2", "b3"}
