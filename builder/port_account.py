"""A Port account: what is read from it and written to it, by Port's REST API."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from rest.errors import SyncError
from rest.origin import Origin

type Document = dict[str, Any]

PORT_URL = "https://api.getport.io"
_TIMEOUT_S = 30.0
_HINTS = {
    401: "Check the client id and secret: Port shows them under Settings, Credentials",
    403: "The credentials may not do this: take those of an admin",
    429: "Port's limit is reached; wait some minutes",
}
_PAGE = 1000
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class PortError(SyncError):
    """Port refused, or could not be reached. status: None where no answer came."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message, hint=_HINTS.get(status or 0, ""))
        self.status = status


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of one Port organization. base_url: without /v1; the secret is never shown."""

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str = PORT_URL


class PortAccount:
    """Port's API for one organization; opened by `open_account`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def log_in(self, credentials: Credentials) -> None:
        """Raises PortError: wrong credentials, or nobody answers there."""
        body = {"clientId": credentials.client_id, "clientSecret": credentials.client_secret}
        answer = await self._asked("POST", "/auth/access_token", body)
        self._http.headers["Authorization"] = f"Bearer {answer['accessToken']}"

    async def blueprint(self, identifier: str) -> Document | None:
        """A blueprint, None where there is none of that name."""
        return await self._found(f"/blueprints/{_quoted(identifier)}", "blueprint")

    async def blueprints(self) -> list[Document]:
        """All of them."""
        found: list[Document] = (await self._asked("GET", "/blueprints"))["blueprints"]
        return found

    async def create_blueprint(self, blueprint: Mapping[str, Any]) -> None:
        """Raises PortError: it exists, or breaks a rule."""
        await self._asked("POST", "/blueprints", blueprint)

    async def change_blueprint(self, identifier: str, changes: Mapping[str, Any]) -> None:
        """Changes only what is given (PATCH)."""
        await self._asked("PATCH", f"/blueprints/{_quoted(identifier)}", changes)

    async def integration(self, identifier: str) -> Document | None:
        """An integration with its mapping (`config`), None where there is none of that name."""
        return await self._found(f"/integration/{_quoted(identifier)}", "integration")

    async def store_integration(self, request: Mapping[str, Any]) -> None:
        """Creates an integration with its mapping, or changes the mapping of the one that is there."""
        identifier = request["installationId"]
        if await self.integration(identifier) is None:
            await self._asked("POST", "/integration?upsert=true", request)
        else:
            changes = {"config": request["config"]}
            await self._asked("PATCH", f"/integration/{_quoted(identifier)}/config", changes)

    async def entities(self, blueprint: str, datasource: str) -> AsyncIterator[Document]:
        """The entities of a blueprint that an integration wrote. datasource: a part of its name there."""
        rules = [{"property": "$datasource", "operator": "contains", "value": datasource}]
        query: Document = {"query": {"combinator": "and", "rules": rules}, "limit": _PAGE}
        while True:
            answer = await self._asked("POST", f"/blueprints/{_quoted(blueprint)}/entities/search", query)
            for entity in answer.get("entities", []):
                yield entity
            if not answer.get("next"):
                return
            query["from"] = answer["next"]

    async def last_sync(self, identifier: str) -> list[Document]:
        """Each kind of an integration's newest sync, as Port shows it; empty where there was none."""
        integration = await self.integration(identifier) or {}
        internal = _quoted(str(integration.get("_id", "")))
        syncs = (await self._asked("GET", f"/integration/{internal}/syncsMetadata")).get("data", [])
        if not syncs:
            return []
        newest = max(syncs, key=lambda sync: str(sync["createdAt"]))["eventId"]
        answer = await self._asked("GET", f"/integration/{internal}/syncMetrics?resyncId={_quoted(newest)}")
        kinds: list[Document] = [kind for kind in answer.get("data", []) if not kind["kind"].startswith("__")]
        return sorted(kinds, key=lambda kind: int(kind.get("kindIndex", 0)))

    async def _found(self, path: str, name: str) -> Document | None:
        try:
            answer = await self._asked("GET", path)
        except PortError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise
        found: Document = answer[name]
        return found

    async def _asked(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Document:
        try:
            answer = await self._http.request(method, f"v1{path}", json=body)
        except httpx.HTTPError as error:
            raise PortError(
                f"{self._http.base_url.host} cannot be reached: {type(error).__name__}"
            ) from error
        try:
            said: Any = answer.json()
        except ValueError:
            said = None
        document: Document = said if isinstance(said, dict) else {}
        if answer.is_success and document:
            return document
        words = str(document.get("message") or "no answer of Port's API")[:300]
        raise PortError(f"Port says {answer.status_code}: {words}", status=answer.status_code)


@asynccontextmanager
async def open_account(
    credentials: Credentials, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[PortAccount]:
    """An account, logged in. Raises PortError as `log_in` does."""
    base_url = _checked(credentials.base_url)
    async with httpx.AsyncClient(base_url=base_url, timeout=_TIMEOUT_S, transport=transport) as http:
        account = PortAccount(http)
        await account.log_in(credentials)
        yield account


def _checked(address: str) -> str:
    """Credentials go out encrypted, or not out of this machine at all."""
    try:
        origin = Origin.of(address)
    except ValueError:
        origin = Origin("", "", None)
    is_safe = origin.scheme == "https" or (origin.scheme == "http" and origin.host in _THIS_MACHINE)
    if not is_safe or not origin.host or set(address) & set(" \t\r\n@?#"):
        raise PortError(f"{address!r:.200} is no address of Port's API, like https://api.getport.io")
    return address.rstrip("/")


def _quoted(identifier: str) -> str:
    return quote(identifier, safe="")
