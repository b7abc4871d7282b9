"""Blueprints: created, read, changed, replaced, deleted."""

from collections.abc import Generator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.blueprint_rules import BLUEPRINT, CHANGED_BLUEPRINT, REPLACED_BLUEPRINT, new_name
from sandbox.port_api.exchange import (
    Name,
    answer,
    author_of,
    body_of,
    flag,
    optional_body_of,
    port_of,
    takes,
)
from sandbox.port_api.jsontext import Json
from sandbox.port_api.renaming import Renaming

router = APIRouter(prefix="/v1/blueprints", tags=["Blueprints"])

_NEW_PROPERTY = new_name("newPropertyName")
_NEW_MIRROR = new_name("newMirrorName")
_NEW_RELATION = new_name("newRelationIdentifier")


@router.get("")
async def list_blueprints(request: Request) -> Response:
    """All of them, the system's own first."""
    return answer(blueprints=[blueprint.document for blueprint in port_of(request).blueprints])


@router.post("", openapi_extra=takes(BLUEPRINT))
async def create_blueprint(request: Request) -> Response:
    """A new one."""
    body = await body_of(request)
    return answer(201, blueprint=port_of(request).blueprints.create(body).document)


@router.delete("/{blueprint:path}/all-entities")
async def delete_all_entities(request: Request, blueprint: Name) -> Response:
    """All its entities, and with `delete_blueprint=true` itself; `migrationId` leads to what was done."""
    port = port_of(request)
    also_itself = flag(request, "delete_blueprint")
    with port.blueprints.transaction():
        port.blueprints.get(blueprint)
        port.entities.delete_all(blueprint)
        if also_itself:
            port.blueprints.delete(blueprint)
        migration = port.migrations.add(blueprint, {"blueprint": blueprint}, author_of(request), [])
    return answer(migrationId=migration["id"])


@router.get("/{blueprint:path}/entities-count")
async def count_entities(request: Request, blueprint: Name) -> Response:
    """How many entities it has."""
    port = port_of(request)
    return answer(count=port.entities.count(port.blueprints.get(blueprint).identifier))


@router.get("/{blueprint:path}")
async def get_blueprint(request: Request, blueprint: Name) -> Response:
    """One blueprint."""
    return answer(blueprint=port_of(request).blueprints.get(blueprint).document)


@router.patch("/{blueprint:path}/properties/{name:path}/rename", openapi_extra=takes(_NEW_PROPERTY))
async def rename_property(request: Request, blueprint: Name, name: Name) -> Response:
    """The property's data stays."""
    (new,) = _NEW_PROPERTY.check(await body_of(request)).values()
    with _renaming(request) as renaming:
        return answer(blueprint=renaming.property(blueprint, name, new).document)


@router.patch("/{blueprint:path}/mirror/{name:path}/rename", openapi_extra=takes(_NEW_MIRROR))
async def rename_mirror(request: Request, blueprint: Name, name: Name) -> Response:
    """A mirror property has no data of its own."""
    (new,) = _NEW_MIRROR.check(await body_of(request)).values()
    with _renaming(request) as renaming:
        return answer(blueprint=renaming.mirror(blueprint, name, new).document)


@router.patch("/{blueprint:path}/relations/{name:path}/rename", openapi_extra=takes(_NEW_RELATION))
async def rename_relation(request: Request, blueprint: Name, name: Name) -> Response:
    """Related entities stay related."""
    (new,) = _NEW_RELATION.check(await body_of(request)).values()
    with _renaming(request) as renaming:
        return answer(blueprint=renaming.relation(blueprint, name, new).document)


@router.patch("/{blueprint:path}", openapi_extra=takes(CHANGED_BLUEPRINT))
async def change_blueprint(request: Request, blueprint: Name) -> Response:
    """Only what is sent; properties and relations are merged by name. Another identifier renames it."""
    body = await optional_body_of(request)
    blueprints = port_of(request).blueprints
    with blueprints.transaction():
        return answer(blueprint=blueprints.change(_renamed(request, blueprint, body), body).document)


@router.put("/{blueprint:path}", openapi_extra=takes(REPLACED_BLUEPRINT))
async def replace_blueprint(request: Request, blueprint: Name) -> Response:
    """The whole blueprint anew. Another identifier renames it."""
    body = await body_of(request)
    blueprints = port_of(request).blueprints
    with blueprints.transaction():
        return answer(blueprint=blueprints.replace(_renamed(request, blueprint, body), body).document)


@router.delete("/{blueprint:path}")
async def delete_blueprint(request: Request, blueprint: Name) -> Response:
    """Refused while it has entities or others relate to it."""
    port_of(request).blueprints.delete(blueprint)
    return answer()


@contextmanager
def _renaming(request: Request) -> Generator[Renaming]:
    """All that a renaming changes, or nothing."""
    port = port_of(request)
    with port.blueprints.transaction():
        yield Renaming(port.graph)


def _renamed(request: Request, blueprint: str, body: Json) -> str:
    """The blueprint's identifier after it was renamed, if the body asks for that."""
    new = body.get("identifier", blueprint) if isinstance(body, dict) else blueprint
    if new == blueprint or not isinstance(new, str):
        return blueprint
    return Renaming(port_of(request).graph).blueprint(blueprint, new).identifier
