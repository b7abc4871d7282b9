"""A resync does not map, compare or write what has not changed, and the catalog is right all the same."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pytest

pytestmark = pytest.mark.process

_CLOCK_MARGIN_S = 2.1
_NAMES = [f"t{number}" for number in range(30)]
TASKS: dict[str, Any] = {
    "kind": "/tasks",
    "selector": {"query": "true"},
    "port": {
        "entity": {
            "mappings": {
                "identifier": ".id",
                "blueprint": '"task"',
                "title": ".name",
                "relations": {"owner": ".owner"},
            }
        }
    },
}
# Port is asked once which entities others have changed.
MINIMAL = (1, 0, 0)
MAPPING = {"entityDeletionThreshold": 1, "createMissingRelatedEntities": True, "resources": [TASKS]}


def _tasks(*names: str, **changed: str) -> list[dict[str, Any]]:
    return [{"id": each, "name": changed.get(each, each.upper()), "owner": "u1"} for each in names]


class Catalog:
    """An installation, its API with 30 tasks, and what it remembers."""

    def __init__(self, installation: Any, port: Any, api: Any) -> None:
        self.installation = installation
        self.port = port
        self.api = api
        self.state = installation.state

    def sync(self, tasks: list[dict[str, Any]] | None = None) -> "Requests":
        """Run a resync in a new process, and return its requests to Port. tasks: what the API has now."""
        if tasks is not None:
            self.api.answers["/tasks"] = tasks
        before = len(self.port.http.get("/_sandbox/requests").json())
        run = self.installation.sync()
        assert run.failed == [], run.log
        return Requests(self.port.http.get("/_sandbox/requests").json()[before:], run.log)

    def settle(self) -> None:
        """Run a resync that finds no change of the last seconds. Such entities are compared once more."""
        time.sleep(_CLOCK_MARGIN_S)
        assert self.sync().writes == 0

    @property
    def titles(self) -> dict[str, str]:
        """The title of each task in Port."""
        return {name: entity["title"] for name, entity in self.port.entities("task").items()}

    @property
    def expected(self) -> dict[str, str]:
        """The title that each task should have, by the API."""
        return {task["id"]: task["name"] for task in self.api.answers["/tasks"]}

    def change(self, method: str, name: str, **body: Any) -> None:
        """Change a task in Port, as a user does."""
        request = {"json": body} if body else {}
        path = f"/v1/blueprints/task/entities/{name}"
        headers = self.port._authorization()
        self.port.http.request(method, path, headers=headers, **request).raise_for_status()


class Requests:
    """The requests of one resync to Port. has_discarded: whether the memory was discarded."""

    def __init__(self, requests: list[dict[str, Any]], log: str) -> None:
        self.has_discarded = "The memory of entities is discarded" in log
        paths = [each["path"] for each in requests]
        self.searches = paths.count("/v1/entities/search")
        self.writes = paths.count("/v1/blueprints/task/entities/bulk")
        self.deletions = sum(path.endswith("/bulk/entities/delete") for path in paths)
        self.lists = paths.count("/v1/blueprints/entities/datasource-entities")

    @property
    def counts(self) -> tuple[int, int, int]:
        """The numbers of searches, writes and deletions."""
        return self.searches, self.writes, self.deletions


@pytest.fixture
def catalog(
    install: Callable[..., Any], port: Any, loopback: Callable[[dict[str, Any]], Any]
) -> Iterator[Catalog]:
    api = loopback({"/tasks": _tasks(*_NAMES)})
    user = {
        "kind": "/users",
        "selector": {"query": "true"},
        "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"user"'}}},
    }
    port.prepare({"resources": [user, TASKS]}, {"task": {"owner": "user"}})
    installation = install({"baseUrl": api.url, "maxRetries": 0}, mapping=MAPPING)
    catalog = Catalog(installation, port, api)
    try:
        assert catalog.sync().writes > 0
        yield catalog
    finally:
        shutil.rmtree(catalog.state, ignore_errors=True)


def test_unchanged_items_are_not_written_and_changes_of_others_are_undone(catalog: Catalog) -> None:
    catalog.settle()
    assert catalog.sync().counts == MINIMAL
    assert catalog.titles == catalog.expected

    catalog.change("PATCH", "t3", title="theirs")
    catalog.change("DELETE", "t4")
    requests = catalog.sync()
    assert (requests.writes, requests.deletions) == (1, 0)
    assert catalog.titles == catalog.expected

    catalog.sync(_tasks(*_NAMES[:-1], "new", t5="Changed"))
    assert catalog.titles == catalog.expected
    assert catalog.titles["t5"] == "Changed"
    # Port created it, because tasks relate to it. No item has become it.
    assert catalog.port.entities("user").keys() == {"u1"}


def _delete(file: Path) -> None:
    file.unlink()


def _overwrite(file: Path) -> None:
    file.write_bytes(os.urandom(file.stat().st_size))


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _write_older_format(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        [(value,)] = connection.execute("SELECT value FROM meta").fetchall()
        number, *others = msgspec.msgpack.decode(value)
        older = msgspec.msgpack.encode([number - 1, *others])
        connection.execute("UPDATE meta SET value = ?, sum = ?", (older, crc32(older)))


@pytest.mark.slow
def test_a_state_that_cannot_be_used_is_discarded(catalog: Catalog) -> None:
    file = catalog.state / "entities.sqlite"
    assert file.stat().st_mode & 0o777 == 0o600
    assert catalog.state.stat().st_mode & 0o777 == 0o700
    damages: tuple[Callable[[Path], None], ...] = (_delete, _overwrite, _truncate, _write_older_format)
    for number, damage in enumerate(damages):
        damage(file)
        catalog.change("PATCH", "t3", title="theirs")
        catalog.change("DELETE", "t4")
        requests = catalog.sync(_tasks(*_NAMES[:-1], t5=f"Changed {number}"))
        assert requests.has_discarded is (damage is not _delete)
        assert catalog.titles == catalog.expected, damage.__name__
    catalog.settle()
    assert catalog.sync().counts == MINIMAL


def test_the_state_of_another_installation_is_not_used(catalog: Catalog) -> None:
    """Its file is under another name. Moved there, it is discarded."""
    catalog.installation.identifier += "-2"
    other = Catalog(catalog.installation, catalog.port, catalog.api)
    shutil.copytree(catalog.state, other.state)
    try:
        for name in _NAMES:
            catalog.change("DELETE", name)
        assert other.sync().has_discarded
        assert other.titles == other.expected
    finally:
        shutil.rmtree(other.state, ignore_errors=True)


def test_with_the_setting_off_nothing_is_remembered(catalog: Catalog) -> None:
    shutil.rmtree(catalog.state)
    catalog.installation.settings["rememberEntities"] = "off"
    assert catalog.sync().searches > 0
    assert not (catalog.state / "entities.sqlite").exists()
    assert catalog.titles == catalog.expected
