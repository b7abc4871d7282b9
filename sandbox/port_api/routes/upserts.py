"""Entities written: in bulk, one by one, changed, replaced."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.entity_shapes import (
    CHANGED_ENTITY,
    MAX_BULK,
    NEW_ENTITIES,
    NEW_ENTITY,
    REPLACED_ENTITY,
)
from sandbox.port_api.errors import PortError, invalid, not_found
from sandbox.port_api.exchange import Name, answer, author_of, body_of, flag, optional_body_of, port_of, takes
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.shapes import Shape
from sandbox.port_api.views import view
from sandbox.port_api.writing import Upserts, WriteMode, Written

router = APIRouter(prefix="/v1/blueprints", tags=["Entities"])

_WHOLE = Shape({"type": "object"})
"""The rules of the blueprint say what else is wrong, in better words than a schema does."""


@router.post("/{blueprint:path}/entities/bulk", openapi_extra=takes(NEW_ENTITIES))
async def upsert_many(request: Request, blueprint: Name) -> Response:
    """`{"entities": [1 to 20]}`: 200 when all went well, 207 with `errors` by index when some did not."""
    port = port_of(request)
    bodies = _bulk(await body_of(request))
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
        if not flag(request, "validation_only"):
            writes.save()
    return answer(207 if errors else 200, entities=written, errors=errors)


@router.post("/{blueprint:path}/entities", openapi_extra=takes(NEW_ENTITY))
async def upsert_one(request: Request, blueprint: Name) -> Response:
    """One entity."""
    body = _WHOLE.check(await body_of(request))
    found = port_of(request).blueprints.get(blueprint)
    written = _write(request, found, body, _mode(request))
    return answer(201, entity=view(written.entity))


@router.patch("/{blueprint:path}/entities/{entity:path}", openapi_extra=takes(CHANGED_ENTITY))
async def change_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """Only the sent fields."""
    body = CHANGED_ENTITY.check(await optional_body_of(request))
    return _rewritten(request, blueprint, entity, body, merge=True)


@router.put("/{blueprint:path}/entities/{entity:path}", openapi_extra=takes(REPLACED_ENTITY))
async def replace_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """The whole entity anew."""
    body = _WHOLE.check(await optional_body_of(request))
    return _rewritten(request, blueprint, entity, body, merge=False)


def _rewritten(request: Request, blueprint: str, identifier: str, body: Document, *, merge: bool) -> Response:
    port = port_of(request)
    found = port.blueprints.get(blueprint)
    if not port.entities.existing(blueprint, [identifier]):
        raise not_found("Entity", identifier)
    if body.get("identifier", identifier) != identifier:
        raise invalid("body/identifier differs from the path; the sandbox does not rename entities")
    mode = WriteMode(
        upsert=True,
        merge=merge,
        create_missing=flag(request, "create_missing_related_entities"),
        touch_unchanged=port.settings.touch_unchanged,
    )
    written = _write(request, found, {**body, "identifier": identifier}, mode)
    return answer(entity=view(written.entity))


def _write(request: Request, blueprint: Blueprint, body: Document, mode: WriteMode) -> Written:
    writes = _upserts(request, blueprint, mode)
    with port_of(request).store.transaction():
        written = writes.write(body)
        if not flag(request, "validation_only"):
            writes.save()
    return written


def _upserts(request: Request, blueprint: Blueprint, mode: WriteMode) -> Upserts:
    port = port_of(request)
    return Upserts(port.graph, blueprint, mode, author_of(request))


def _mode(request: Request) -> WriteMode:
    return WriteMode(
        upsert=flag(request, "upsert"),
        merge=flag(request, "merge"),
        create_missing=flag(request, "create_missing_related_entities"),
        touch_unchanged=port_of(request).settings.touch_unchanged,
    )


def _bulk(body: Json) -> list[Json]:
    """The entities of a bulk request; written out, as this is the path that has to be fast."""
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
