"""A fake Port: a catalog behind Ocean's own client, which answers over an HTTP transport without sockets."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from port_ocean.clients.port import client as port_client
from port_ocean.clients.port.client import PortClient
from port_ocean.core.models import Entity

type Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class FakePort:
    """Port's catalog, and every request but those for tokens.

    targets: the target blueprint by relation, by blueprint. requires_targets: an entity is refused while the
    target of a relation does not exist. unwanted: a part of the identifiers that Port refuses to write.
    undeletable: a part of those that it does not delete. dependents: who relates to an entity: it is not
    deleted before them. foreign: the identifiers that another integration owns.
    answers: other answers to requests, by a part of the path. failures: the same, each for one request only.
    """

    targets: dict[str, dict[str, str]] = field(default_factory=dict)
    requires_targets: bool = False
    unwanted: str = "\0"
    undeletable: str = "\0"
    dependents: dict[str, str] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)
    failures: dict[str, Answer] = field(default_factory=dict)
    page_size: int = 5000
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self.entities: dict[tuple[str, str], dict[str, Any]] = {}
        self.updated: dict[tuple[str, str], datetime] = {}
        self.blueprint_updated: dict[str, str] = {}
        self.requests: list[httpx.Request] = []
        self.has_request = asyncio.Event()
        self.may_write = asyncio.Event()
        self.may_write.set()
        self.is_reachable = True

    def client(self, monkeypatch: pytest.MonkeyPatch) -> PortClient:
        """Return Ocean's client for this Port."""
        transport = httpx.AsyncClient(transport=httpx.MockTransport(self._respond))
        monkeypatch.setattr(port_client, "get_internal_http_client", lambda _: transport)
        return PortClient("https://port.example", "id", "secret", "mine", "custom", "1.0")

    def put(self, *entities: Entity, at: datetime | None = None) -> None:
        """Put entities into the catalog, as somebody else does."""
        for entity in entities:
            self._store(entity.blueprint, entity.dict(exclude_unset=True, by_alias=True), at or self.now())

    @property
    def titles(self) -> dict[str, str | None]:
        """The title of each entity."""
        return {identifier: fields.get("title") for (_, identifier), fields in self.entities.items()}

    @property
    def identifiers(self) -> set[str]:
        """The identifiers of the entities."""
        return {identifier for _, identifier in self.entities}

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """Return the bodies of requests whose path ends so."""
        return [json.loads(each.content) for each in self.requests if each.url.path.endswith(path)]

    @property
    def written(self) -> list[str]:
        """The identifiers of all entities that were sent, in order."""
        return [entity["identifier"] for body in self.bodies("/entities/bulk") for entity in body["entities"]]

    @property
    def deletions(self) -> list[tuple[str, list[str], bool]]:
        """The blueprint, the identifiers, and whether dependents go too, of each request to delete."""
        return [
            (
                each.url.path.split("/")[3],
                json.loads(each.content)["entities"],
                each.url.params["delete_dependents"] == "true",
            )
            for each in self.requests
            if each.url.path.endswith("/bulk/entities/delete")
        ]

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.raw_path.decode().partition("?")[0])
        if path.endswith("/auth/access_token"):
            return httpx.Response(200, json={"accessToken": "t", "expiresIn": 3600, "tokenType": "Bearer"})
        self.requests.append(request)
        self.has_request.set()
        if not self.is_reachable:
            raise httpx.ConnectError("no route")
        if special := self._special(path):
            return special(request)
        body = json.loads(request.content) if request.content else {}
        parts = path.removeprefix("/v1/").split("/")
        if parts[-2:] == ["entities", "bulk"]:
            await self.may_write.wait()
        return self._changed(parts, body) or self._found(parts, body)

    def _special(self, path: str) -> Answer | None:
        for part in self.failures:
            if part in path:
                return self.failures.pop(part)
        return next((answer for part, answer in self.answers.items() if part in path), None)

    def _changed(self, parts: list[str], body: dict[str, Any]) -> httpx.Response | None:
        match parts:
            case ["blueprints", blueprint, "entities", "bulk"]:
                return self._write(blueprint, body["entities"])
            case ["blueprints", blueprint, "bulk", "entities", "delete"]:
                return self._delete(blueprint, body["entities"])
            case _:
                return None

    def _found(self, parts: list[str], body: dict[str, Any]) -> httpx.Response:
        match parts:
            case ["blueprints", "entities", "datasource-entities"]:
                return self.listed(body)
            case ["entities", "search"]:
                found = [self._shown(key) for key in self.entities if self._matches(key, body)]
                return httpx.Response(200, json={"entities": found})
            case ["blueprints", blueprint, "entities", identifier]:
                return httpx.Response(200, json={"entity": self._shown((blueprint, identifier))})
            case ["blueprints", blueprint]:
                return httpx.Response(200, json={"blueprint": self._blueprint(blueprint)})
            case _:
                return httpx.Response(404, json={"ok": False, "error": "not_found"})

    def listed(self, body: dict[str, Any]) -> httpx.Response:
        """Return a page of the list of this installation's entities."""
        before = datetime.fromisoformat(body["before"]) if "before" in body else None
        keys = [
            key
            for key in self.entities
            if key[1] not in self.foreign and (before is None or self.updated[key] < before)
        ]
        start = int(body.get("from", 0))
        page = keys[start : start + self.page_size]
        end = start + len(page)
        entities = [{"identifier": identifier, "blueprint": blueprint} for blueprint, identifier in page]
        return httpx.Response(200, json={"entities": entities, "next": str(end) if end < len(keys) else None})

    def _write(self, blueprint: str, entities: list[dict[str, Any]]) -> httpx.Response:
        accepted, refused = [], []
        for index, fields in enumerate(entities):
            if reason := self._refusal(fields):
                refused.append({"index": index, "statusCode": 422, "message": reason})
            else:
                accepted.append({"index": index, "identifier": fields["identifier"], "created": True})
                self._store(blueprint, fields, self.now())
        return httpx.Response(207 if refused else 200, json={"entities": accepted, "errors": refused})

    def _refusal(self, fields: dict[str, Any]) -> str:
        if self.unwanted in str(fields["identifier"]):
            return "not an enum"
        lacks = self.requires_targets and {*fields.get("relations", {}).values()} - self.identifiers
        return "no such target" if lacks else ""

    def _store(self, blueprint: str, fields: dict[str, Any], at: datetime) -> None:
        key = (blueprint, str(fields["identifier"]))
        self.entities[key] = {"blueprint": blueprint, **fields}
        self.updated[key] = at

    def _delete(self, blueprint: str, identifiers: list[str]) -> httpx.Response:
        if any((dependent := self.dependents.get(each)) in self.identifiers for each in identifiers):
            return httpx.Response(409, json={"ok": False, "message": f"{dependent} relates to it"})
        deleted = [each for each in identifiers if self.undeletable not in each]
        for each in deleted:
            self.entities.pop((blueprint, each), None)
        return httpx.Response(200, json={"deletedEntities": deleted})

    def _shown(self, key: tuple[str, str]) -> dict[str, Any]:
        return {**self.entities[key], "updatedAt": self.updated[key].isoformat()}

    def _blueprint(self, identifier: str) -> dict[str, Any]:
        relations = {
            name: {"many": False, "required": False, "target": target}
            for name, target in self.targets.get(identifier, {}).items()
        }
        return {
            "identifier": identifier,
            "title": None,
            "team": None,
            "schema": {"properties": {}, "required": []},
            "relations": relations,
            "updatedAt": self.blueprint_updated.get(identifier, "2026-01-01T00:00:00.000Z"),
        }

    def _matches(self, key: tuple[str, str], rule: dict[str, Any]) -> bool:
        if "combinator" in rule:
            results = [self._matches(key, each) for each in rule["rules"]]
            return all(results) if rule["combinator"] == "and" else any(results)
        wanted = rule["value"]
        match rule["property"], rule["operator"]:
            case "$datasource", _:
                return key[1] not in self.foreign
            case "$updatedAt", "between":
                start, end = (datetime.fromisoformat(wanted[each]) for each in ("from", "to"))
                return start <= self.updated[key] <= end
            case name, operator:
                value = key[0] if name == "$blueprint" else key[1]
                return value in wanted if operator == "in" else bool(value == wanted)


def entities(blueprint: str, *identifiers: str, title: str | None = None) -> list[Entity]:
    """Return entities with the same title."""
    more = {"title": title} if title is not None else {}
    return [Entity(identifier=each, blueprint=blueprint, **more) for each in identifiers]


def many(number: int) -> Iterable[str]:
    """Yield as many identifiers."""
    return (f"t{index:05}" for index in range(number))


def later(moment: datetime, seconds: float = 1) -> datetime:
    """Return a later time."""
    return moment + timedelta(seconds=seconds)


def status(code: int, **body: Any) -> Answer:
    """Return an answer with this status."""
    return lambda _: httpx.Response(code, json={"ok": code < 400, **body})
