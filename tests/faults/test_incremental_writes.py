"""An incremental run is complete only if Port has everything it read. Nothing reads lost items again."""

from datetime import UTC, datetime
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

ITEMS = 30


class Company:
    """An API with one listing of changed items, and an installation that writes through the proxy."""

    def __init__(self, install: Any, port: Any, proxy: Any, loopback: Any) -> None:
        self.proxy = proxy
        self._port = port
        self._api = loopback({})
        self._installation = install(
            {"baseUrl": self._api.url, "paginationType": "none"},
            environ={"OCEAN__PORT__BASE_URL": proxy.url},
        )

    def prepare(self, *entries: Json, relations: Json | None = None, **more: Any) -> None:
        """Install the mapping and its blueprints."""
        self._installation.mapping = {"resources": list(entries), **more}
        self._port.prepare(self._installation.mapping, relations or {})

    def run(self, **listings: list[Json]) -> str:
        """Run an incremental sync of these items by kind. Return its log."""
        now = datetime.now(UTC).isoformat()
        self._api.answers = {
            f"/{name}": [{"at": now, **item} for item in found] for name, found in listings.items()
        }
        log: str = self._installation.sync_incrementally().log
        return log

    @property
    def written(self) -> dict[str, int]:
        """Number of entities by blueprint, without empty blueprints."""
        return {name: count for name, count in self._port.counts().items() if count}

    def entities(self, blueprint: str) -> dict[str, Json]:
        found: dict[str, Json] = self._port.entities(blueprint)
        return found

    @property
    def marks(self) -> int:
        """Number of marks that Ocean has moved since the last call."""
        moved = [each for each in self.proxy.received if each.method == "PUT" and "/cursor" in each.target]
        self.proxy.received.clear()
        return len(moved)


@pytest.fixture
def company(install: Any, port: Any, proxy: Any, loopback: Any) -> Company:
    return Company(install, port, proxy, loopback)


def entry(name: str = "task", mappings: Json | None = None) -> Json:
    entity = {"identifier": ".id", "blueprint": f'"{name}"', "properties": {"name": ".name"}}
    return {
        "kind": f"/{name}",
        "selector": {"query": "true", "incremental": {"field": ".at"}},
        "port": {"entity": {"mappings": entity | (mappings or {})}},
    }


def items(count: int = ITEMS) -> list[Json]:
    return [{"id": f"t{number}", "name": "new"} for number in range(count)]


@pytest.mark.parametrize(
    ("status", "written"),
    [(500, 0), (422, 0), (413, ITEMS)],
    ids=["500 on all", "422 on all", "too large, then singly"],
)
def test_a_rejected_bulk_keeps_the_mark(
    company: Company, proxy: Any, rule: Any, status: int, written: int
) -> None:
    """After a 413, Ocean itself sends the entities one by one."""
    company.prepare(entry())
    proxy.rules = [rule("/entities/bulk", rule.refuses(status), times=None)]
    log = company.run(task=items())
    assert company.written == ({"task": written} if written else {})
    assert company.marks == (1 if written else 0), log
    if not written:
        assert f"/task: 30 of 30 entities were not written. The first is task t0: status {status}" in log
        proxy.rules = []
        company.run(task=items())
        assert company.written == {"task": ITEMS}
        assert company.marks == 1


def test_a_half_rejected_bulk_is_retried_before_the_mark_moves(
    company: Company, proxy: Any, rule: Any
) -> None:
    """The proxy rejects half of the retried half too."""
    company.prepare(entry())
    proxy.rules = [rule("/entities/bulk", rule.half(), times=2)]
    company.run(task=items())
    assert company.written == {"task": ITEMS}
    assert company.marks == 1


def test_an_entity_that_port_always_rejects_keeps_the_mark(company: Company) -> None:
    """Port rejects an identifier with a space. One of thirty has one."""
    company.prepare(entry())
    changed = items()
    changed[7]["id"] = "t 7"
    log = company.run(task=changed)
    assert company.written == {"task": ITEMS - 1}
    assert "1 of 30 entities were not written. The first is task t 7: " in log
    assert company.marks == 0


def test_a_rejected_single_upsert_keeps_the_mark(company: Company, proxy: Any, rule: Any) -> None:
    """After a 413, Ocean counts entities as written although Port rejected them one by one."""
    company.prepare(entry())
    proxy.rules = [
        rule("/entities/bulk", rule.refuses(413), times=None),
        rule("/task/entities", rule.refuses(422), times=None, after=29),
    ]
    log = company.run(task=items())
    assert "1 of 30 entities were not written" in log
    assert company.marks == 0


def test_relations_to_later_items_are_written_in_a_second_pass(company: Company) -> None:
    """A chain in reverse order: each item relates to the next one."""
    related = entry(mappings={"relations": {"after": ".after"}})
    company.prepare(related, relations={"task": {"after": "task"}}, createMissingRelatedEntities=False)
    chain = [{**item, "after": f"t{number + 1}"} for number, item in enumerate(items(5))]
    chain[-1]["after"] = None
    log = company.run(task=chain)
    found = company.entities("task")
    assert set(found) == {"t0", "t1", "t2", "t3", "t4"}, log
    assert [found[f"t{number}"]["properties"]["name"] for number in range(5)] == ["new"] * 5
    assert found["t0"]["relations"]["after"] == "t1"
    assert company.marks == 1


def test_relations_to_missing_entities_keep_the_mark(company: Company) -> None:
    """Two relate to each other, one to a missing entity, and the fourth to none."""
    related = entry(mappings={"relations": {"after": ".after"}})
    company.prepare(related, relations={"task": {"after": "task"}}, createMissingRelatedEntities=False)
    targets = ["t1", "t0", "gone", None]
    log = company.run(task=[{**item, "after": after} for item, after in zip(items(4), targets, strict=True)])
    assert set(company.entities("task")) == {"t3"}
    assert "3 of 4 entities were not written. The first is task t2: " in log
    assert company.marks == 0


@pytest.mark.parametrize(
    ("mappings", "words"),
    [
        ({"identifier": ".key"}, "the mapping produces no identifier for any item"),
        ({"identifier": 'if .id == "t3" then null else .id end'}, "1 of 30 items became no entity"),
        ({"blueprint": "null"}, "the mapping produces no blueprint for any item"),
    ],
    ids=["no identifier", "one without", "no blueprint"],
)
def test_an_item_without_an_entity_keeps_the_mark(company: Company, mappings: Json, words: str) -> None:
    company.prepare(entry())
    prepared = entry(mappings=mappings)
    company.prepare(prepared)
    log = company.run(task=items())
    assert words in log
    assert company.marks == 0


def test_the_mark_moves_if_the_doubt_is_accepted(company: Company) -> None:
    mappings = {"identifier": 'if .id == "t3" then null else .id end'}
    accepting = entry(mappings=mappings)
    accepting["selector"]["accept"] = ["skipped_items"]
    company.prepare(accepting)
    log = company.run(task=items())
    assert company.marks == 1, log
    assert company.written == {"task": ITEMS - 1}


def test_a_failed_entry_does_not_move_its_mark(company: Company, proxy: Any, rule: Any) -> None:
    """The entry before it succeeded, so its mark moves."""
    company.prepare(entry(), entry("user"))
    proxy.rules = [rule("/user/entities/bulk", rule.refuses(500), times=None)]
    log = company.run(task=items(), user=items(3))
    assert company.written == {"task": ITEMS}
    assert "3 of 3 entities were not written. The first is user t0" in log
    assert company.marks == 1


def test_a_search_without_a_match_moves_the_mark(company: Company) -> None:
    """Such a mapping updates existing entities. An item without a match is skipped, as in a full resync."""
    rule = {"property": '"$title"', "operator": '"="', "value": ".name"}
    searching = entry(mappings={"identifier": {"combinator": '"and"', "rules": [rule]}})
    company.prepare(entry(mappings={"title": ".id"}))
    company.run(task=items(1))
    assert company.marks == 1
    company.prepare(searching)
    log = company.run(task=[{"id": "x", "name": "t0"}, {"id": "y", "name": "nobody"}])
    assert company.entities("task")["t0"]["properties"]["name"] == "t0", log
    assert company.written == {"task": 1}
    assert "1 entities were not written because the search that identifies them matches no entity" in log
    assert company.marks == 1


@pytest.mark.parametrize(
    ("parts", "words"),
    [(None, "itemsToParse is not a list in 1 items"), ([{"n": "a"}, {}], "1 of 3 items became no entity")],
    ids=["no list", "a part without an identifier"],
)
def test_parts_of_an_item_without_an_entity_keep_the_mark(
    company: Company, parts: list[Json] | None, words: str
) -> None:
    parted = entry(mappings={"identifier": ".item.n"})
    parted["port"]["itemsToParse"] = ".parts"
    company.prepare(parted)
    log = company.run(task=[{"id": "p", "parts": [{"n": "b"}]}, {"id": "q", "parts": parts}])
    assert words in log
    assert "b" in company.entities("task")
    assert company.marks == 0
