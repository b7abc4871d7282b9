"""The page of an entity: properties, and relations in both directions."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.errors import not_found
from sandbox.port_api.http_messages import Name
from sandbox.port_api.serialization import FieldSelection, serialize
from sandbox.port_api.timestamps import iso
from sandbox.web.display_values import display_value, moment
from sandbox.web.fields import Field, computed_fields, fields_of
from sandbox.web.queries import Incoming
from sandbox.web.site import Site, site_of

router = APIRouter()

_MOST_INCOMING = 10


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A relation of the entity. targets: (identifier, title, whether the entity exists)."""

    field: Field
    targets: tuple[tuple[str, str | None, bool], ...]


@router.get("/blueprints/{blueprint}/entities/{entity}")
async def show_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """Show an entity."""
    site = site_of(request)
    found = site.port.blueprints.get(blueprint)
    stored = site.port.entities.get_many(blueprint, [entity]).get(entity)
    if stored is None:
        raise not_found("Entity", entity)
    fields = fields_of(found).values()
    document = serialize(site.port.graph, [stored], FieldSelection())[0]
    return site.page(
        "entity.html",
        blueprint=found.document,
        entity=stored,
        title=stored.content.get("title") or entity,
        properties=[
            (field, display_value(field.read(stored), field.schema))
            for field in fields
            if field.key.startswith("properties.")
        ],
        computed=[
            (field, display_value(document["properties"].get(field.name), field.schema))
            for field in computed_fields(found)
        ],
        outgoing=[_outgoing(site, field, stored) for field in fields if field.target is not None],
        incoming=list(_incoming(site, stored)),
        titles={each.identifier: each.document["title"] for each in site.port.blueprints},
        created=moment(iso(stored.created_at)),
        updated=moment(iso(stored.updated_at)),
        document=display_value(document, {}),
    )


def _outgoing(site: Site, field: Field, entity: Entity) -> Outgoing:
    targets = targets_of(field.read(entity))
    titles = site.queries.titles(field.target or "", targets)
    return Outgoing(field, tuple((target, titles.get(target), target in titles) for target in targets))


def _incoming(site: Site, entity: Entity) -> Iterator[Incoming]:
    for source, relation in site.port.blueprints.relations_to(entity.blueprint):
        found = site.queries.incoming(source, relation, entity.identifier, _MOST_INCOMING)
        if found.total:
            yield found
