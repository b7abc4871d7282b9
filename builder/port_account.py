"""A client of Port's REST API for one account."""

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
    401: "Check the client ID and client secret. Port shows them under Settings > Credentials",
    403: "The credentials lack permission for this. Use those of an admin",
    429: "Port's rate limit is reached. Wait a few minutes",
}
_PAGE_SIZE = 1000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PortError(SyncError):
    """Port rejected a request or did not respond. status: None without a response."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message, hint=_HINTS.get(status or 0, ""))
        self.status = status


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a Port organization. base_url: without /v1."""

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str = PORT_URL


class PortAccount:
    """Port's API for one organization. Opened by `open_account`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def log_in(self, credentials: Credentials) -> None:
        """Fetch an access token. Raises PortError: the credentials are wrong, or Port does not respond."""
        body = {"clientId": credentials.client_id, "clientSecret": credentials.client_secret}
        response = await self._request("POST", "/auth/access_token", body)
        self._http.headers["Authorization"] = f"Bearer {response['accessToken']}"

    async def blueprint(self, identifier: str) -> Document | None:
        """Return a blueprint, None if it does not exist."""
        return await self._find(f"/blueprints/{_quoted(identifier)}", "blueprint")

    async def blueprints(self) -> list[Document]:
        """Return all blueprints."""
        blueprints: list[Document] = (await self._request("GET", "/blueprints"))["blueprints"]
        return blueprints

    async def create_blueprint(self, blueprint: Mapping[str, Any]) -> None:
        """Create a blueprint. Raises PortError: it exists or is invalid."""
        await self._request("POST", "/blueprints", blueprint)

    async def change_blueprint(self, identifier: str, changes: Mapping[str, Any]) -> None:
        """Change the given keys of a blueprint (PATCH)."""
        await self._request("PATCH", f"/blueprints/{_quoted(identifier)}", changes)

    async def replace_blueprint(self, identifier: str, blueprint: Mapping[str, Any]) -> None:
        """Replace a blueprint (PUT). The values of properties that it lacks are deleted."""
        await self._request("PUT", f"/blueprints/{_quoted(identifier)}", blueprint)

    async def integrations(self) -> list[Document]:
        """Return all integrations. Their mappings may be missing."""
        integrations: list[Document] = (await self._request("GET", "/integration")).get("integrations", [])
        return integrations

    async def integration(self, identifier: str) -> Document | None:
        """Return an integration with its mapping (`config`), None if it does not exist."""
        return await self._find(f"/integration/{_quoted(identifier)}", "integration")

    async def store_integration(self, request: Mapping[str, Any]) -> None:
        """Create an integration with its mapping, or replace the mapping of an existing one."""
        identifier = request["installationId"]
        if await self.integration(identifier) is None:
            await self._request("POST", "/integration?upsert=true", request)
        else:
            changes = {"config": request["config"]}
            await self._request("PATCH", f"/integration/{_quoted(identifier)}/config", changes)

    async def entities(self, blueprint: str, datasource: str) -> AsyncIterator[Document]:
        """Yield the entities of a blueprint whose $datasource contains a text."""
        rules = [{"property": "$datasource", "operator": "contains", "value": datasource}]
        query: Document = {"query": {"combinator": "and", "rules": rules}, "limit": _PAGE_SIZE}
        while True:
            page = await self._request("POST", f"/blueprints/{_quoted(blueprint)}/entities/search", query)
            for entity in page.get("entities", []):
                yield entity
            if not page.get("next"):
                return
            query["from"] = page["next"]

    async def last_sync(self, identifier: str) -> list[Document]:
        """Return the metrics of each kind of an integration's latest sync, [] without a sync."""
        integration = await self.integration(identifier) or {}
        internal_id = _quoted(str(integration.get("_id", "")))
        syncs = (await self._request("GET", f"/integration/{internal_id}/syncsMetadata")).get("data", [])
        if not syncs:
            return []
        latest = max(syncs, key=lambda sync: str(sync["createdAt"]))["eventId"]
        response = await self._request(
            "GET", f"/integration/{internal_id}/syncMetrics?resyncId={_quoted(latest)}"
        )
        kinds: list[Document] = [
            kind for kind in response.get("data", []) if not kind["kind"].startswith("__")
        ]
        return sorted(kinds, key=lambda kind: int(kind.get("kindIndex", 0)))

    async def _find(self, path: str, name: str) -> Document | None:
        try:
            response = await self._request("GET", path)
        except PortError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise
        document: Document = response[name]
        return document

    async def _request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Document:
        try:
            response = await self._http.request(method, f"v1{path}", json=body)
        except httpx.HTTPError as error:
            raise PortError(f"cannot reach {self._http.base_url.host}: {type(error).__name__}") from error
        try:
            content: Any = response.json()
        except ValueError:
            content = None
        document: Document = content if isinstance(content, dict) else {}
        if response.is_success and document:
            return document
        message = str(document.get("message") or "this is not a response of Port's API")[:300]
        raise PortError(f"Port returned {response.status_code}: {message}", status=response.status_code)


@asynccontextmanager
async def open_account(
    credentials: Credentials, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[PortAccount]:
    """Open an account and log in. Raises PortError as `log_in` does."""
    base_url = _checked_url(credentials.base_url)
    async with httpx.AsyncClient(base_url=base_url, timeout=_TIMEOUT_S, transport=transport) as http:
        account = PortAccount(http)
        await account.log_in(credentials)
        yield account


def _checked_url(url: str) -> str:
    """Return the URL. Raises PortError: it is invalid, or would send credentials unencrypted to others."""
    try:
        origin = Origin.of(url)
    except ValueError:
        origin = Origin("", "", None)
    is_safe = origin.scheme == "https" or (origin.scheme == "http" and origin.host in _LOOPBACK)
    if not is_safe or not origin.host or set(url) & set(" \t\r\n@?#"):
        raise PortError(f"{url!r:.200} is not a valid URL of Port's API, such as https://api.getport.io")
    return url.rstrip("/")


def _quoted(identifier: str) -> str:
    return quote(identifier, safe="")
