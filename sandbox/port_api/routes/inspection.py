"""`/_sandbox/`: what Port does not have. For tests and demonstrations; no token needed."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.entities import Entity, Slice
from sandbox.port_api.exchange import answer, bare, body_of, port_of, takes
from sandbox.port_api.integrations import Integration
from sandbox.port_api.journal import Journal
from sandbox.port_api.jsontext import Document
from sandbox.port_api.mapped_blueprints import REQUEST, make_blueprints
from sandbox.port_api.switches import SETTINGS, shown_settings, switch
from sandbox.port_api.times import iso
from sandbox.port_api.transfer import IMPORTED, export_catalog, import_blueprints

router = APIRouter(prefix="/_sandbox", tags=["Inspection"])


@router.post("/reset")
async def reset(request: Request) -> Response:
    """Empties everything."""
    port_of(request).reset()
    return answer()


@router.get("/catalog")
async def count_catalog(request: Request) -> Response:
    """{blueprint: number of entities}; the system's own only when they have some."""
    port = port_of(request)
    counts = {b.identifier: port.entities.count(b.identifier) for b in port.blueprints}
    shown = {name: count for name, count in counts.items() if count or not name.startswith("_")}
    return bare(shown)


@router.get("/entities")
async def list_entities(request: Request) -> Response:
    """All entities, or those of `blueprint=`."""
    port = port_of(request)
    wanted = request.query_params.getlist("blueprint")
    names = tuple(port.blueprints.get(name).identifier for name in wanted)
    found = port.entities.read(Slice(names or None))
    return bare([_shown(entity) for entity in found])


@router.get("/syncs")
async def list_syncs(request: Request) -> Response:
    """The latest resync of each integration, or of `integration=`."""
    port = port_of(request)
    wanted = request.query_params.get("integration")
    found = [port.integrations.get(wanted)] if wanted is not None else port.integrations
    return bare([_sync(integration, port.journal) for integration in found])


@router.get("/logs")
async def list_logs(request: Request) -> Response:
    """Log records, oldest first, of `integration=` and `level=` if given."""
    level = request.query_params.get("level")
    logs = port_of(request).journal.logs(
        request.query_params.get("integration"), level.upper() if level else None
    )
    return bare(logs)


@router.get("/examples")
async def list_examples(request: Request) -> Response:
    """{integration: {kind: [raw item, ...]}}, of `integration=` if given."""
    return bare(port_of(request).journal.examples(request.query_params.get("integration")))


@router.get("/requests")
async def list_requests(request: Request) -> Response:
    """What was asked of the API since the last reset, oldest first."""
    return bare([asdict(seen) for seen in port_of(request).requests])


@router.get("/raw")
async def list_raw(request: Request) -> Response:
    """Batches of raw items, oldest first, of `integration=`, `event=` and `kind=` if given."""
    query = request.query_params
    return bare(port_of(request).raw.batches(query.get("integration"), query.get("event"), query.get("kind")))


@router.get("/export")
async def export(request: Request) -> Response:
    """The whole catalog: `{"blueprints": [...], "entities": [...]}`."""
    return bare(export_catalog(port_of(request).graph))


@router.post("/import", openapi_extra=takes(IMPORTED))
async def import_all(request: Request) -> Response:
    """`{"blueprints": [...]}`: creates or replaces them all, or none."""
    body = await body_of(request)
    return answer(201, blueprints=import_blueprints(port_of(request).blueprints, body))


@router.get("/settings")
async def get_settings(request: Request) -> Response:
    """What can be switched while the sandbox runs."""
    return bare(shown_settings(port_of(request)))


@router.patch("/settings", openapi_extra=takes(SETTINGS))
async def change_settings(request: Request) -> Response:
    """Only what is sent: `processing`, `touchUnchanged`, `limits`, `ratePeriod`."""
    port = port_of(request)
    switch(port, SETTINGS.check(await body_of(request)))
    return bare(shown_settings(port))


@router.post("/blueprints-for-mapping", openapi_extra=takes(REQUEST))
async def create_blueprints_for_mapping(request: Request) -> Response:
    """`{resources, types?, relations?}`: the blueprints that the mapping's entities need."""
    port = port_of(request)
    body = REQUEST.check(await body_of(request))
    with port.blueprints.transaction():
        made = make_blueprints(port.blueprints, body)
    return answer(
        201,
        blueprints=[{**blueprint.document, "anyType": sorted(blueprint.untyped)} for blueprint in made],
    )


def _shown(entity: Entity) -> Document:
    content = entity.content
    return {
        "identifier": entity.identifier,
        "blueprint": entity.blueprint,
        "title": content.get("title"),
        "icon": content.get("icon"),
        "team": content.get("team"),
        "properties": content["properties"],
        "relations": content["relations"],
        "datasource": entity.datasource,
        "createdAt": iso(entity.created_at),
        "updatedAt": iso(entity.updated_at),
    }


def _sync(integration: Integration, journal: Journal) -> Document:
    records = journal.latest_metrics(integration.identifier)
    fields = ("kind", "kindIndex", "kindIdentifier", "syncState", "eventId", "blueprint", "metrics")
    return {
        "integration": integration.identifier,
        "resyncState": integration.document.get("resyncState", {}),
        "eventId": records[0].get("eventId") if records else None,
        "kinds": [{field: record.get(field) for field in fields} for record in records],
    }
