"""One entity: its properties, and its relations in both directions."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.errors import not_found
from sandbox.port_api.exchange import Name
from sandbox.port_api.reading import Wanted, show
from sandbox.port_api.times import iso
from sandbox.web.fields import Field, computed_fields, fields_of
from sandbox.web.queries import Incoming
from sandbox.web.site import Site, site_of
from sandbox.web.values import moment, shown

router = APIRouter()

_MOST_INCOMING = 10


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One relation of the entity. targets: (identifier, title, whether it exists)."""

    field: Field
    targets: tuple[tuple[str, str | None, bool], ...]


@router.get("/blueprints/{blueprint}/entities/{entity}")
async def show_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """Everything about one entity."""
    site = site_of(request)
    found = site.port.blueprints.get(blueprint)
    stored = site.port.entities.named(blueprint, [entity]).get(entity)
    if stored is None:
        raise not_found("Entity", entity)
    fields = fields_of(found).values()
    document = show(site.port.graph, [stored], Wanted())[0]
    return site.page(
        "entity.html",
        blueprint=found.document,
        entity=stored,
        title=stored.content.get("title") or entity,
        properties=[
            (field, shown(field.read(stored), field.schema))
            for field in fields
            if field.key.startswith("properties.")
        ],
        computed=[
            (field, shown(document["properties"].get(field.name), field.schema))
            for field in computed_fields(found)
        ],
        outgoing=[_outgoing(site, field, stored) for field in fields if field.target is not None],
        incoming=list(_incoming(site, stored)),
        titles={each.identifier: each.document["title"] for each in site.port.blueprints},
        created=moment(iso(stored.created_at)),
        updated=moment(iso(stored.updated_at)),
        document=shown(document, {}),
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
