"""`/_sandbox/`: endpoints for tests and demonstrations that Port does not have. No token is needed."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.entities import Entity, EntityFilter
from sandbox.port_api.http_messages import body_of, json_response, ok_response, port_of, request_body
from sandbox.port_api.import_export import IMPORT_BODY, export_catalog, import_blueprints
from sandbox.port_api.integrations import Integration
from sandbox.port_api.json_codec import Document
from sandbox.port_api.mapped_blueprints import REQUEST, make_blueprints
from sandbox.port_api.reports import Reports
from sandbox.port_api.runtime_settings import SETTINGS, apply_settings, settings_document
from sandbox.port_api.timestamps import iso

router = APIRouter(prefix="/_sandbox", tags=["Inspection"])


@router.post("/reset")
async def reset(request: Request) -> Response:
    """Delete all data."""
    port_of(request).reset()
    return ok_response()


@router.get("/catalog")
async def count_catalog(request: Request) -> Response:
    """Return {blueprint: number of entities}. System blueprints without entities are omitted."""
    port = port_of(request)
    counts = {b.identifier: port.entities.count(b.identifier) for b in port.blueprints}
    shown = {name: count for name, count in counts.items() if count or not name.startswith("_")}
    return json_response(shown)


@router.get("/entities")
async def list_entities(request: Request) -> Response:
    """List all entities, or those of `blueprint=`."""
    port = port_of(request)
    names = request.query_params.getlist("blueprint")
    identifiers = tuple(port.blueprints.get(name).identifier for name in names)
    found = port.entities.read(EntityFilter(identifiers or None))
    return json_response([_document(entity) for entity in found])


@router.get("/syncs")
async def list_syncs(request: Request) -> Response:
    """Return the latest resync of each integration, or of `integration=`."""
    port = port_of(request)
    identifier = request.query_params.get("integration")
    found = [port.integrations.get(identifier)] if identifier is not None else port.integrations
    return json_response([_sync(integration, port.reports) for integration in found])


@router.get("/logs")
async def list_logs(request: Request) -> Response:
    """List log records, oldest first, optionally of one `integration=` and `level=`."""
    level = request.query_params.get("level")
    logs = port_of(request).reports.logs(
        request.query_params.get("integration"), level.upper() if level else None
    )
    return json_response(logs)


@router.get("/examples")
async def list_examples(request: Request) -> Response:
    """Return {integration: {kind: [raw item, ...]}}, optionally of one `integration=`."""
    return json_response(port_of(request).reports.examples(request.query_params.get("integration")))


@router.get("/requests")
async def list_requests(request: Request) -> Response:
    """List the API requests since the last reset, oldest first."""
    return json_response([asdict(seen) for seen in port_of(request).requests])


@router.get("/raw")
async def list_raw(request: Request) -> Response:
    """List batches of raw items, oldest first, optionally of one `integration=`, `event=` and `kind=`."""
    query = request.query_params
    return json_response(
        port_of(request).raw_data.batches(query.get("integration"), query.get("event"), query.get("kind"))
    )


@router.get("/export")
async def export(request: Request) -> Response:
    """Return the whole catalog: `{"blueprints": [...], "entities": [...]}`."""
    return json_response(export_catalog(port_of(request).graph))


@router.post("/import", openapi_extra=request_body(IMPORT_BODY))
async def import_all(request: Request) -> Response:
    """Create or replace all blueprints of `{"blueprints": [...]}`, or none."""
    body = await body_of(request)
    return ok_response(201, blueprints=import_blueprints(port_of(request).blueprints, body))


@router.get("/settings")
async def get_settings(request: Request) -> Response:
    """Return the settings that can be changed at runtime."""
    return json_response(settings_document(port_of(request)))


@router.patch("/settings", openapi_extra=request_body(SETTINGS))
async def change_settings(request: Request) -> Response:
    """Change the given settings: `processing`, `touchUnchanged`, `limits`, `ratePeriod`."""
    port = port_of(request)
    apply_settings(port, SETTINGS.check(await body_of(request)))
    return json_response(settings_document(port))


@router.post("/blueprints-for-mapping", openapi_extra=request_body(REQUEST))
async def create_blueprints_for_mapping(request: Request) -> Response:
    """Create the blueprints that a mapping's entities need: `{resources, types?, relations?}`."""
    port = port_of(request)
    body = REQUEST.check(await body_of(request))
    with port.blueprints.transaction():
        made = make_blueprints(port.blueprints, body)
    return ok_response(
        201,
        blueprints=[{**blueprint.document, "anyType": sorted(blueprint.untyped)} for blueprint in made],
    )


def _document(entity: Entity) -> Document:
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


def _sync(integration: Integration, reports: Reports) -> Document:
    records = reports.latest_metrics(integration.identifier)
    fields = ("kind", "kindIndex", "kindIdentifier", "syncState", "eventId", "blueprint", "metrics")
    return {
        "integration": integration.identifier,
        "resyncState": integration.document.get("resyncState", {}),
        "eventId": records[0].get("eventId") if records else None,
        "kinds": [{field: record.get(field) for field in fields} for record in records],
    }
