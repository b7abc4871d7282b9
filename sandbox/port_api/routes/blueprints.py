"""Create, read, change, replace, rename and delete blueprints."""

from collections.abc import Generator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.blueprint_rules import BLUEPRINT, CHANGED_BLUEPRINT, REPLACED_BLUEPRINT, new_name
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
from sandbox.port_api.json_codec import Json
from sandbox.port_api.renames import Renamer

router = APIRouter(prefix="/v1/blueprints", tags=["Blueprints"])

_NEW_PROPERTY = new_name("newPropertyName")
_NEW_MIRROR = new_name("newMirrorName")
_NEW_RELATION = new_name("newRelationIdentifier")


@router.get("")
async def list_blueprints(request: Request) -> Response:
    """List all blueprints, system blueprints first."""
    return ok_response(blueprints=[blueprint.document for blueprint in port_of(request).blueprints])


@router.post("", openapi_extra=request_body(BLUEPRINT))
async def create_blueprint(request: Request) -> Response:
    """Create a blueprint."""
    body = await body_of(request)
    return ok_response(201, blueprint=port_of(request).blueprints.create(body).document)


@router.delete("/{blueprint:path}/all-entities")
async def delete_all_entities(request: Request, blueprint: Name) -> Response:
    """Delete all entities, and with `delete_blueprint=true` the blueprint. Returns a `migrationId`."""
    port = port_of(request)
    also_itself = query_flag(request, "delete_blueprint")
    with port.blueprints.transaction():
        port.blueprints.get(blueprint)
        port.entities.delete_all(blueprint)
        if also_itself:
            port.blueprints.delete(blueprint)
        migration = port.migrations.add(blueprint, {"blueprint": blueprint}, author_of(request), [])
    return ok_response(migrationId=migration["id"])


@router.get("/{blueprint:path}/entities-count")
async def count_entities(request: Request, blueprint: Name) -> Response:
    """Count the entities of a blueprint."""
    port = port_of(request)
    return ok_response(count=port.entities.count(port.blueprints.get(blueprint).identifier))


@router.get("/{blueprint:path}")
async def get_blueprint(request: Request, blueprint: Name) -> Response:
    """Return a blueprint."""
    return ok_response(blueprint=port_of(request).blueprints.get(blueprint).document)


@router.patch("/{blueprint:path}/properties/{name:path}/rename", openapi_extra=request_body(_NEW_PROPERTY))
async def rename_property(request: Request, blueprint: Name, name: Name) -> Response:
    """Rename a property. Its data is kept."""
    (new,) = _NEW_PROPERTY.check(await body_of(request)).values()
    with _renamer(request) as renamer:
        return ok_response(blueprint=renamer.property(blueprint, name, new).document)


@router.patch("/{blueprint:path}/mirror/{name:path}/rename", openapi_extra=request_body(_NEW_MIRROR))
async def rename_mirror(request: Request, blueprint: Name, name: Name) -> Response:
    """Rename a mirror property."""
    (new,) = _NEW_MIRROR.check(await body_of(request)).values()
    with _renamer(request) as renamer:
        return ok_response(blueprint=renamer.mirror(blueprint, name, new).document)


@router.patch("/{blueprint:path}/relations/{name:path}/rename", openapi_extra=request_body(_NEW_RELATION))
async def rename_relation(request: Request, blueprint: Name, name: Name) -> Response:
    """Rename a relation. Its data is kept."""
    (new,) = _NEW_RELATION.check(await body_of(request)).values()
    with _renamer(request) as renamer:
        return ok_response(blueprint=renamer.relation(blueprint, name, new).document)


@router.patch("/{blueprint:path}", openapi_extra=request_body(CHANGED_BLUEPRINT))
async def change_blueprint(request: Request, blueprint: Name) -> Response:
    """Update the given fields; properties and relations are merged by name. May rename the blueprint."""
    body = await optional_body_of(request)
    blueprints = port_of(request).blueprints
    with blueprints.transaction():
        return ok_response(
            blueprint=blueprints.change(_rename_if_requested(request, blueprint, body), body).document
        )


@router.put("/{blueprint:path}", openapi_extra=request_body(REPLACED_BLUEPRINT))
async def replace_blueprint(request: Request, blueprint: Name) -> Response:
    """Replace a blueprint. May rename it."""
    body = await body_of(request)
    blueprints = port_of(request).blueprints
    with blueprints.transaction():
        return ok_response(
            blueprint=blueprints.replace(_rename_if_requested(request, blueprint, body), body).document
        )


@router.delete("/{blueprint:path}")
async def delete_blueprint(request: Request, blueprint: Name) -> Response:
    """Delete a blueprint that has no entities and that no other blueprint relates to."""
    port_of(request).blueprints.delete(blueprint)
    return ok_response()


@contextmanager
def _renamer(request: Request) -> Generator[Renamer]:
    """Provide a `Renamer` whose changes are applied together or not at all."""
    port = port_of(request)
    with port.blueprints.transaction():
        yield Renamer(port.graph)


def _rename_if_requested(request: Request, blueprint: str, body: Json) -> str:
    """Rename the blueprint if the body has another identifier. Return its current identifier."""
    new = body.get("identifier", blueprint) if isinstance(body, dict) else blueprint
    if new == blueprint or not isinstance(new, str):
        return blueprint
    return Renamer(port_of(request).graph).blueprint(blueprint, new).identifier
