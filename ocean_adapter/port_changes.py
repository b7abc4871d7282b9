"""What Port tells about changes that were not ours: of entities and of blueprints."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from port_ocean.clients.port.client import PortClient
from port_ocean.clients.port.types import UserAgentType
from port_ocean.core.models import Entity

from mapping import key_of

_LATER = timedelta(days=1)


async def entities_changed_since(client: PortClient, agent: UserAgentType, since: datetime) -> set[bytes]:
    """Return the keys of this integration's entities that were updated since, by whomever.

    Raises httpx.HTTPError: Port does not answer the search.
    """
    value = {"from": since.isoformat(), "to": (since + _LATER).isoformat()}
    rule = {"property": "$updatedAt", "operator": "between", "value": value}
    found = await client.search_entities(
        agent,
        parameters_to_include=["blueprint", "identifier"],
        query={"combinator": "and", "rules": [rule]},
    )
    return {key_of(entity.blueprint, entity.identifier) for entity in found}


async def blueprint_version(client: PortClient, blueprint: str) -> str | None:
    """Return when a blueprint was last changed, as Port writes it. None: Port does not say."""
    return await _updated_at(client, f"/blueprints/{quote(blueprint, safe='')}", "blueprint")


async def last_update(client: PortClient, entities: Iterable[Entity]) -> datetime | None:
    """Return when the last of these entities was updated, by Port's clock. None: Port does not say."""
    times = await asyncio.gather(*(_update_of(client, entity) for entity in entities))
    return max(filter(None, times), default=None)


async def _update_of(client: PortClient, entity: Entity) -> datetime | None:
    blueprint, identifier = (quote(str(part), safe="") for part in (entity.blueprint, entity.identifier))
    text = await _updated_at(client, f"/blueprints/{blueprint}/entities/{identifier}", "entity")
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None


async def _updated_at(client: PortClient, path: str, name: str) -> str | None:
    try:
        response = await client.client.get(
            f"{client.auth.api_url}{path}", headers=await client.auth.headers()
        )
        response.raise_for_status()
        found: Any = response.json()[name]["updatedAt"]
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return None
    return found if isinstance(found, str) and found else None
