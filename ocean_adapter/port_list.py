"""Port's list of the entities of this integration, a page at a time.

POST /v1/blueprints/entities/datasource-entities, as in Ocean (port_ocean/clients/port/mixins/entities.py).
Ocean itself keeps a model of each entity of the whole list.
"""

from collections.abc import AsyncGenerator, Iterable
from typing import Any

import msgspec
from port_ocean.clients.port.client import PortClient
from port_ocean.clients.port.types import UserAgentType
from port_ocean.clients.port.utils import handle_port_status_code

_PAGE_SIZE = 5000


class ListedEntity(msgspec.Struct, frozen=True):
    """An entity of Port's list."""

    identifier: str
    blueprint: str


class _Page(msgspec.Struct):
    entities: list[ListedEntity] = []
    next: Any = None


async def listed_entities(
    client: PortClient, agent: UserAgentType, before: str | None = None
) -> AsyncGenerator[list[ListedEntity]]:
    """Yield the pages of Port's list. before: only entities that were last updated before this time.

    Raises httpx.HTTPError or msgspec.DecodeError: the list cannot be read to its end.
    """
    auth = client.auth
    body = {
        "datasource_prefix": f"port-ocean/{auth.integration_type}/",
        "datasource_suffix": f"/{auth.integration_identifier}/{agent.value}",
        "limit": _PAGE_SIZE,
        **({"before": before} if before else {}),
    }
    while True:
        response = await client.client.post(
            f"{auth.api_url}/blueprints/entities/datasource-entities",
            json=body,
            headers=await auth.headers(agent),
            extensions={"retryable": True},
        )
        handle_port_status_code(response)
        page = msgspec.json.decode(response.content, type=_Page)
        yield page.entities
        if not page.next:
            return
        body["from"] = page.next


def by_blueprint(entities: Iterable[ListedEntity]) -> dict[str, list[str]]:
    """Return the identifiers of entities, by blueprint."""
    groups: dict[str, list[str]] = {}
    for entity in entities:
        groups.setdefault(entity.blueprint, []).append(entity.identifier)
    return groups
