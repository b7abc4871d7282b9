"""A client of Port's REST API for one account."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
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
_REGIONS = "https://api.getport.io in the EU, https://api.us.getport.io in the US"
_HINT_ON_URL = f"Check OCEAN__PORT__BASE_URL, without /v1: {_REGIONS}"
_HINTS = {
    401: "Check the client ID and client secret. Port shows them under Settings > Credentials. "
    f"Each region has its own, and its own OCEAN__PORT__BASE_URL: {_REGIONS}",
    403: "The credentials lack permission for this. Use those of an admin",
    429: "Port's rate limit is reached. Wait a few minutes",
}
_HINT_ON_REFUSAL = "Correct what Port names. If it is not wrong, try again later"
_PAGE_SIZE = 1000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PortError(SyncError):
    """Port rejected a request or did not respond. status: None without a response."""

    def __init__(self, message: str, *, status: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint or _HINTS.get(status or 0, _HINT_ON_REFUSAL))
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
        token = response.get("accessToken")
        if not isinstance(token, str):
            raise PortError(f"{credentials.base_url} is not Port's API: no access token", hint=_HINT_ON_URL)
        self._http.headers["Authorization"] = f"Bearer {token}"

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

    async def entities(self, blueprint: str, rules: Sequence[Document]) -> AsyncIterator[Document]:
        """Yield the entities of a blueprint that match all rules of a search."""
        query: Document = {"limit": _PAGE_SIZE}
        if rules:
            query["query"] = {"combinator": "and", "rules": list(rules)}
        while True:
            page = await self._request("POST", f"/blueprints/{_quoted(blueprint)}/entities/search", query)
            for entity in page.get("entities", []):
                yield entity
            if not page.get("next"):
                return
            query["from"] = page["next"]

    async def last_sync(self, identifier: str) -> list[Document]:
        """Return the metrics of each kind of an integration's latest sync, [] without a sync."""
        async for kinds in self.syncs(identifier):
            return sorted(kinds, key=lambda kind: int(kind.get("kindIndex", 0)))
        return []

    async def syncs(self, identifier: str) -> AsyncGenerator[list[Document]]:
        """Yield the metrics of the kinds of each sync of an integration, the latest sync first."""
        integration = await self.integration(identifier)
        if integration is None:
            return
        path = f"/integration/{_quoted(str(integration.get('_id', '')))}"
        syncs = (await self._request("GET", f"{path}/syncsMetadata")).get("data", [])
        for sync in sorted(syncs, key=lambda sync: str(sync["createdAt"]), reverse=True):
            response = await self._request("GET", f"{path}/syncMetrics?resyncId={_quoted(sync['eventId'])}")
            yield [kind for kind in response.get("data", []) if not kind["kind"].startswith("__")]

    @property
    def _base_url(self) -> str:
        return str(self._http.base_url).rstrip("/")

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
            reason = f"{type(error).__name__}{f': {error}' if str(error) else ''}"
            raise PortError(f"cannot reach Port at {self._base_url} ({reason})", hint=_HINT_ON_URL) from error
        try:
            content: Any = response.json()
        except ValueError:
            content = None
        document: Document = content if isinstance(content, dict) else {}
        if response.is_success and document:
            return document
        message = document.get("message")
        if not message:
            raise PortError(
                f"{self._base_url} is not Port's API: it returned {response.status_code}",
                status=response.status_code,
                hint=_HINT_ON_URL,
            )
        raise PortError(
            f"Port returned {response.status_code}: {str(message)[:300]}", status=response.status_code
        )


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


def integration_datasource(identifier: str, integration_type: str) -> list[Document]:
    """Return the rules of a search for the entities that an integration's resyncs have written."""
    texts = (f"port-ocean/{integration_type}/", f"/{identifier}/exporter")
    return [{"property": "$datasource", "operator": "contains", "value": text} for text in texts]


def _checked_url(url: str) -> str:
    """Return the URL. Raises PortError: it is invalid, or would send credentials unencrypted to others."""
    try:
        origin = Origin.of(url)
    except ValueError:
        origin = Origin("", "", None)
    is_safe = origin.scheme == "https" or (origin.scheme == "http" and origin.host in _LOOPBACK)
    if not is_safe or not origin.host or set(url) & set(" \t\r\n@?#"):
        raise PortError(
            f"{url!r:.200} is not a valid URL of Port's API, such as https://api.getport.io",
            hint=_HINT_ON_URL,
        )
    return url.rstrip("/")


def _quoted(identifier: str) -> str:
    return quote(identifier, safe="")
