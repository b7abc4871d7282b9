"""Create, change and replace entities, singly and in bulk."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.body_schema import BodySchema
from sandbox.port_api.entity_schemas import (
    CHANGED_ENTITY,
    MAX_BULK,
    NEW_ENTITIES,
    NEW_ENTITY,
    REPLACED_ENTITY,
)
from sandbox.port_api.errors import PortError, invalid, not_found
from sandbox.port_api.http_messages import (
    Name,
    author_of,
    body_of,
    ok_response,
    optional_body_of,
    port_of,
    query_flag,
    request_body,
)
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.projection import project
from sandbox.port_api.upserts import UpsertResult, Upserts, WriteMode

router = APIRouter(prefix="/v1/blueprints", tags=["Entities"])

_OBJECT = BodySchema({"type": "object"})
"""Other violations are found by the blueprint's rules, which have better messages than a schema."""


@router.post("/{blueprint:path}/entities/bulk", openapi_extra=request_body(NEW_ENTITIES))
async def upsert_many(request: Request, blueprint: Name) -> Response:
    """Upsert 1 to 20 entities: `{"entities": [...]}`. The status is 207 with `errors` if some fail."""
    port = port_of(request)
    bodies = _bulk_entities(await body_of(request))
    writes = _upserts(request, port.blueprints.get(blueprint), _mode(request))
    written: list[Document] = []
    errors: list[Document] = []
    with port.store.transaction():
        writes.prepare(bodies)
        for index, body in enumerate(bodies):
            try:
                one = writes.write(body)
            except PortError as error:
                errors.append(_failure(index, body, error))
            else:
                written.append({"identifier": one.entity.identifier, "index": index, "created": one.created})
        if not query_flag(request, "validation_only"):
            writes.save()
    return ok_response(207 if errors else 200, entities=written, errors=errors)


@router.post("/{blueprint:path}/entities", openapi_extra=request_body(NEW_ENTITY))
async def upsert_one(request: Request, blueprint: Name) -> Response:
    """Create or upsert one entity."""
    body = _OBJECT.check(await body_of(request))
    found = port_of(request).blueprints.get(blueprint)
    written = _write(request, found, body, _mode(request))
    return ok_response(201, entity=project(written.entity))


@router.patch("/{blueprint:path}/entities/{entity:path}", openapi_extra=request_body(CHANGED_ENTITY))
async def change_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """Change the given fields."""
    body = CHANGED_ENTITY.check(await optional_body_of(request))
    return _overwrite(request, blueprint, entity, body, merge=True)


@router.put("/{blueprint:path}/entities/{entity:path}", openapi_extra=request_body(REPLACED_ENTITY))
async def replace_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """Replace an entity."""
    body = _OBJECT.check(await optional_body_of(request))
    return _overwrite(request, blueprint, entity, body, merge=False)


def _overwrite(request: Request, blueprint: str, identifier: str, body: Document, *, merge: bool) -> Response:
    port = port_of(request)
    found = port.blueprints.get(blueprint)
    if not port.entities.existing(blueprint, [identifier]):
        raise not_found("Entity", identifier)
    if body.get("identifier", identifier) != identifier:
        raise invalid("body/identifier differs from the path; the sandbox does not rename entities")
    mode = WriteMode(
        upsert=True,
        merge=merge,
        create_missing=query_flag(request, "create_missing_related_entities"),
        touch_unchanged=port.settings.touch_unchanged,
    )
    written = _write(request, found, {**body, "identifier": identifier}, mode)
    return ok_response(entity=project(written.entity))


def _write(request: Request, blueprint: Blueprint, body: Document, mode: WriteMode) -> UpsertResult:
    writes = _upserts(request, blueprint, mode)
    with port_of(request).store.transaction():
        written = writes.write(body)
        if not query_flag(request, "validation_only"):
            writes.save()
    return written


def _upserts(request: Request, blueprint: Blueprint, mode: WriteMode) -> Upserts:
    port = port_of(request)
    return Upserts(port.graph, blueprint, mode, author_of(request))


def _mode(request: Request) -> WriteMode:
    return WriteMode(
        upsert=query_flag(request, "upsert"),
        merge=query_flag(request, "merge"),
        create_missing=query_flag(request, "create_missing_related_entities"),
        touch_unchanged=port_of(request).settings.touch_unchanged,
    )


def _bulk_entities(body: Json) -> list[Json]:
    """Return the entities of a bulk request. This is validated by hand because it has to be fast."""
    if not isinstance(body, dict) or body.keys() != {"entities"}:
        raise invalid("body must be an object with entities, and nothing else")
    entities = body["entities"]
    if not isinstance(entities, list) or not 1 <= len(entities) <= MAX_BULK:
        raise invalid(f"body/entities must be an array of 1 to {MAX_BULK} entities")
    return entities


def _failure(index: int, body: Json, error: PortError) -> Document:
    name = body.get("identifier") if isinstance(body, dict) else None
    known = isinstance(name, str | int | float) and not isinstance(name, bool)
    return {
        "identifier": f"{name!s:.1000}" if known else "unknown",
        "index": index,
        "statusCode": error.status,
        "error": error.code,
        "message": error.message,
    }
