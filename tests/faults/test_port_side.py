"""Port fails during a resync: no entity is wrongly deleted, and the next resync repairs the catalog."""

from collections.abc import Callable, Collection
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Install = Callable[..., Any]

BULKS = 3
ITEMS = 20 * BULKS
GONE = 5


def entry(name: str) -> Json:
    mappings = {"identifier": ".id", "blueprint": f'"{name}"', "properties": {"name": ".name"}}
    return {
        "kind": f"/{name}",
        "selector": {"query": "true"},
        "port": {"entity": {"mappings": mappings}},
    }


def mapping_of(names: list[str]) -> Json:
    """Return a mapping without Ocean's own limit on deletions per sync."""
    return {"entityDeletionThreshold": 1, "resources": [entry(name) for name in names]}


def items(first: int, name: str) -> list[Json]:
    return [{"id": number, "name": name} for number in range(first, first + ITEMS)]


def names_in(port: Any, blueprint: str) -> dict[str, str]:
    """Return the catalog's names by identifier."""
    return {key: entity["properties"]["name"] for key, entity in port.entities(blueprint).items()}


def catalog(first: int, name: str) -> dict[str, str]:
    """Return the expected catalog."""
    return {str(item["id"]): item["name"] for item in items(first, name)}


class Company:
    """An API with one listing per case, and an installation that reads them through the proxy."""

    def __init__(self, install: Install, port: Any, proxy: Any, loopback: Any, names: list[str]) -> None:
        self._api = loopback({})
        self._names = names
        self._port = port
        mapping = mapping_of(names)
        port.prepare(mapping)
        self._installation = install({"baseUrl": self._api.url}, environ={"OCEAN__PORT__BASE_URL": proxy.url})
        self._installation.mapping = mapping
        first = self.sync(0, "old")
        assert first.failed == [], first.log
        assert self.found() == dict.fromkeys(names, catalog(0, "old"))

    def sync(self, first: int, name: str) -> Any:
        """Run a resync. Each listing has the items from `first` on."""
        self._api.answers = {f"/{case}": items(first, name) for case in self._names}
        return self._installation.sync()

    def found(self) -> dict[str, dict[str, str]]:
        """Return the catalog of each case."""
        return {name: names_in(self._port, name) for name in self._names}

    def missing(self, identifiers: Collection[str]) -> dict[str, set[str]]:
        """Return the identifiers that are missing in the catalog, by case."""
        missing = {name: set(identifiers) - found.keys() for name, found in self.found().items()}
        return {name: gone for name, gone in missing.items() if gone}


@pytest.fixture
def company(install: Install, port: Any, proxy: Any, loopback: Any) -> Callable[[list[str]], Company]:
    """Return a function that makes a company whose first resync is complete."""
    return lambda names: Company(install, port, proxy, loopback, names)


def test_the_next_resync_repairs_rejected_upserts(
    company: Callable[[list[str]], Company], proxy: Any, rule: Any
) -> None:
    """All entities change, some are new and some are gone. Bulks after the first of each kind fail."""
    refuses, drops, half = rule.refuses, rule.drops, rule.half
    cases = {
        "401_once": (refuses(401), 1),
        "413": (refuses(413), None),
        "429_once": (refuses(429, {"Retry-After": "1"}), 1),
        "500": (refuses(500), None),
        "503_twice": (refuses(503), 2),
        "207": (half(), None),
        "timeout_before": (drops(is_done=False), 1),
        "timeout_after": (drops(is_done=True), 1),
    }
    setup = company(list(cases))
    proxy.rules = [
        rule(f"/{name}/entities/bulk", misbehaviour, after=1, times=times)
        for name, (misbehaviour, times) in cases.items()
    ]
    run = setup.sync(GONE, "new")
    assert [each.path for each in proxy.rules if not each.played] == []
    assert run.failed == [], run.log
    assert "/500: Port refused 40 of 60 entities: status 500" in run.log
    assert "/207: Port refused 20 of 60 entities: " in run.log
    assert setup.missing(catalog(0, "").keys() & catalog(GONE, "").keys()) == {}
    passed = {name for name, found in setup.found().items() if found == catalog(GONE, "new")}
    assert passed == set(cases) - {"500", "207"}
    proxy.rules = []
    run = setup.sync(GONE, "new")
    assert run.failed == [], run.log
    assert setup.found() == dict.fromkeys(cases, catalog(GONE, "new"))


def test_the_next_resync_repairs_rejected_deletions(
    company: Callable[[list[str]], Company], proxy: Any, rule: Any
) -> None:
    refuses, drops = rule.refuses, rule.drops
    cases = {
        "401_once": (refuses(401), 1),
        "429_once": (refuses(429, {"Retry-After": "1"}), 1),
        "500": (refuses(500), None),
        "503_twice": (refuses(503), 2),
        "timeout_before": (drops(is_done=False), 1),
        "timeout_after": (drops(is_done=True), 1),
    }
    setup = company(list(cases))
    proxy.rules = [
        rule(f"/{name}/bulk/entities/delete", misbehaviour, times=times)
        for name, (misbehaviour, times) in cases.items()
    ]
    setup.sync(GONE, "new")
    assert [each.path for each in proxy.rules if not each.played] == []
    there = catalog(GONE, "new")
    assert setup.missing(there.keys()) == {}
    proxy.rules = []
    run = setup.sync(GONE, "new")
    assert run.failed == [], run.log
    assert setup.found() == dict.fromkeys(cases, there)


def test_nothing_is_deleted_if_port_cannot_list_its_entities(
    company: Callable[[list[str]], Company], proxy: Any, rule: Any
) -> None:
    setup = company(["some", "more"])
    proxy.rules = [rule("datasource-entities", rule.refuses(500), times=None)]
    setup.sync(GONE, "new")
    kept = catalog(0, "old") | catalog(GONE, "new")
    assert setup.found() == {"some": kept, "more": kept}
    proxy.rules = []
    setup.sync(GONE, "new")
    assert setup.found() == {"some": catalog(GONE, "new"), "more": catalog(GONE, "new")}
