"""Blueprints: created, read, changed, replaced, deleted."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.exchange import Name, answer, author_of, body_of, flag, optional_body_of, port_of
from sandbox.port_api.jsontext import dump

router = APIRouter(prefix="/v1/blueprints", tags=["Blueprints"])


@router.get("")
async def list_blueprints(request: Request) -> Response:
    """All of them, the system's own first."""
    return answer(blueprints=[blueprint.document for blueprint in port_of(request).blueprints])


@router.post("")
async def create_blueprint(request: Request) -> Response:
    """A new one."""
    body = await body_of(request)
    return answer(201, blueprint=port_of(request).blueprints.create(body).document)


@router.delete("/{blueprint:path}/all-entities")
async def delete_all_entities(request: Request, blueprint: Name) -> Response:
    """All its entities, and with `delete_blueprint=true` itself; `migrationId` leads to what was done."""
    port = port_of(request)
    also_itself = flag(request, "delete_blueprint")
    identifier = secrets.token_hex(12)
    migration = {
        "id": identifier,
        "actor": author_of(request).datasource,
        "sourceBlueprint": blueprint,
        "mapping": {"blueprint": blueprint},
        "status": "COMPLETED",
    }
    with port.blueprints.transaction():
        port.blueprints.get(blueprint)
        port.entities.delete_all(blueprint)
        if also_itself:
            port.blueprints.delete(blueprint)
        port.store.write("INSERT INTO migrations VALUES (?, ?)", (identifier, dump(migration)))
    return answer(migrationId=identifier)


@router.get("/{blueprint:path}/entities-count")
async def count_entities(request: Request, blueprint: Name) -> Response:
    """How many entities it has."""
    port = port_of(request)
    return answer(count=port.entities.count(port.blueprints.get(blueprint).identifier))


@router.get("/{blueprint:path}")
async def get_blueprint(request: Request, blueprint: Name) -> Response:
    """One blueprint."""
    return answer(blueprint=port_of(request).blueprints.get(blueprint).document)


@router.patch("/{blueprint:path}")
async def change_blueprint(request: Request, blueprint: Name) -> Response:
    """Only what is sent; properties and relations are merged by name."""
    body = await optional_body_of(request)
    return answer(blueprint=port_of(request).blueprints.change(blueprint, body).document)


@router.put("/{blueprint:path}")
async def replace_blueprint(request: Request, blueprint: Name) -> Response:
    """The whole blueprint anew."""
    body = await body_of(request)
    return answer(blueprint=port_of(request).blueprints.replace(blueprint, body).document)


@router.delete("/{blueprint:path}")
async def delete_blueprint(request: Request, blueprint: Name) -> Response:
    """Refused while it has entities or others relate to it."""
    port_of(request).blueprints.delete(blueprint)
    return answer()
