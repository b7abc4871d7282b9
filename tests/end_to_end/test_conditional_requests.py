"""Conditional requests with real resyncs: the second one transfers next to nothing, and misses nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.conditional_api import ConditionalApi

pytestmark = pytest.mark.process

type Prepare = Callable[..., tuple[ConditionalApi, Any]]


def entry(kind: str, blueprint: str, **selector: Any) -> dict[str, Any]:
    mappings = {"identifier": ".id", "blueprint": f'"{blueprint}"', "properties": {"name": ".name"}}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


def users(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": f"u{number}", "name": f"user {number} " + "x" * 500} for number in numbers]


def pages_of(items: list[Any]) -> dict[str, Any]:
    """Return the answers of a listing in pages of ten."""
    parts = [items[start : start + 10] for start in range(0, len(items), 10)]
    return {f"/users?page={number}&size=10": part for number, part in enumerate([*parts, []], 1)}


PAGES = {"pagination": {"type": "page", "size_param": "size", "page_size": 10}}
MAPPING = {"entityDeletionThreshold": 1, "resources": [entry("/users", "user", **PAGES)]}


@pytest.fixture
def prepared(install: Any, port: Any) -> Iterator[Prepare]:
    """Return a function that starts an API, and an installation that has synced it once."""
    with ExitStack() as servers:

        def prepare(answers: dict[str, Any], mapping: dict[str, Any] = MAPPING) -> tuple[ConditionalApi, Any]:
            api = servers.enter_context(ConditionalApi(answers).running())
            port.prepare(mapping)
            settings = {"baseUrl": api.url, "maxRetries": 0, "conditionalRequests": "auto"}
            installation = install(settings)
            assert installation.sync(mapping).failed == []
            return api, installation

        yield prepare


def test_a_resync_in_which_nothing_changed_transfers_nothing(prepared: Prepare, port: Any) -> None:
    api, installation = prepared(pages_of(users(*range(100))))
    first = api.sent
    api.forget()
    run = installation.sync()
    assert run.failed == []
    assert api.sent <= first / 20
    assert len(port.entities("user")) == 100
    assert "/users: 11 of 11 pages confirmed with status 304, which saved" in run.log


def test_one_changed_page_changes_its_entities(prepared: Prepare, port: Any) -> None:
    api, installation = prepared(pages_of(users(*range(100))))
    api.answers["/users?page=3&size=10"] = [{"id": "u20", "name": "renamed"}, *users(*range(21, 30))]
    api.forget()
    assert installation.sync().failed == []
    assert port.entities("user")["u20"]["properties"] == {"name": "renamed"}
    assert len(port.entities("user")) == 100
    assert len(api.confirmed) == 10


def test_an_item_that_disappears_is_deleted(prepared: Prepare, port: Any) -> None:
    api, installation = prepared(pages_of(users(*range(35))))
    api.answers["/users?page=4&size=10"] = users(30, 31, 32, 33)
    assert installation.sync().failed == []
    assert port.entities("user").keys() == {f"u{number}" for number in range(34)}


def test_a_changed_child_listing_changes_its_entities(prepared: Prepare, port: Any) -> None:
    children = {"path_parameters": {"team": {"endpoint": "/teams", "field": ".id"}}}
    mapping = {**MAPPING, "resources": [entry("/teams/{team}/users", "user", **children)]}
    answers = {"/teams": [{"id": 1}, {"id": 2}], "/teams/1/users": users(1), "/teams/2/users": users(2, 3)}
    api, installation = prepared(answers, mapping)
    api.answers["/teams/2/users"] = users(3, 4)
    api.forget()
    assert installation.sync().failed == []
    assert port.entities("user").keys() == {"u1", "u3", "u4"}
    assert sorted(api.confirmed) == ["/teams", "/teams/1/users"]


@pytest.mark.parametrize("change", ["removed", "cut", "older"])
def test_damaged_state_is_read_anew(prepared: Prepare, port: Any, change: str) -> None:
    api, installation = prepared(pages_of(users(*range(30))))
    for file in (installation.state / "responses").iterdir():
        if change == "removed":
            file.unlink()
        elif change == "cut":
            file.write_bytes(file.read_bytes()[:-20])
        else:
            file.write_bytes(file.read_bytes().replace(b"response-1", b"response-0"))
    api.answers["/users?page=1&size=10"] = users(*range(1, 10))
    assert installation.sync().failed == []
    assert port.entities("user").keys() == {f"u{number}" for number in range(1, 30)}


def test_another_token_reads_everything(prepared: Prepare, port: Any) -> None:
    api, installation = prepared(pages_of(users(*range(30))))
    api.validators = lambda *_: {"ETag": '"the same for everyone"'}
    installation.settings |= {"authType": "bearer_token", "apiToken": "one-token"}
    assert installation.sync().failed == []
    api.answers = pages_of(users(*range(5)))
    installation.settings |= {"apiToken": "another-token"}
    api.forget()
    assert installation.sync().failed == []
    assert port.entities("user").keys() == {f"u{number}" for number in range(5)}
    assert set(api.conditions) == {None}


def test_an_untrue_validator_fails_its_kind_and_deletes_nothing(prepared: Prepare, port: Any) -> None:
    """The fiftieth response is checked: here it is on page 20 of the third resync."""
    api, installation = prepared(pages_of(users(*range(290))))
    api.validators = lambda *_: {"ETag": '"1"'}
    assert installation.sync().failed == []
    api.answers = pages_of(users(*range(1000, 1290)))
    run = installation.sync()
    assert run.failed == ["/users"]
    assert "the API sent the same ETag as before, but other items" in run.log
    assert "u0" in port.entities("user")
    run = installation.sync()
    assert run.failed == []
    assert "conditionalRequests is off for it until" in run.log
    assert port.entities("user").keys() == {f"u{number}" for number in range(1000, 1290)}
