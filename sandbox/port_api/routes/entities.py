"""Read, list, search and delete entities."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.deletion import Deletion, delete_entities
from sandbox.port_api.entities import Entity, EntityFilter
from sandbox.port_api.entity_schemas import DATASOURCE_PAGE, DELETED_ENTITIES, QUERY, SEARCH_PAGE
from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.http_messages import (
    Name,
    body_of,
    ok_response,
    optional_body_of,
    port_of,
    query_flag,
    request_body,
)
from sandbox.port_api.search import EVERYTHING, compile_query
from sandbox.port_api.search_rules import BLUEPRINT_SEARCH
from sandbox.port_api.serialization import FieldSelection, serialize
from sandbox.port_api.timestamps import from_iso

router = APIRouter(prefix="/v1", tags=["Entities"])

_DEFAULT_PAGE = 200
_MAX_TIMESTAMP = 2**62


@router.post("/entities/search", openapi_extra=request_body(QUERY))
async def search_entities(request: Request) -> Response:
    """Return all matching entities of all blueprints, without paging."""
    port = port_of(request)
    query = compile_query(await body_of(request), port.graph)
    return _entity_list(request, list(query.run(port.entities)))


@router.post("/blueprints/entities/datasource-entities", openapi_extra=request_body(DATASOURCE_PAGE))
async def list_datasource_entities(request: Request) -> Response:
    """List the entities of a datasource in pages. `next` is the `from` of the next page, or null."""
    body = DATASOURCE_PAGE.check(await body_of(request))
    limit = int(body["limit"])
    found = port_of(request).entities.written_by(
        body["datasource_prefix"],
        body["datasource_suffix"],
        before=_moment(body.get("before")),
        after=_position(body.get("from")),
        limit=limit,
    )
    entities = [{"identifier": identifier, "blueprint": blueprint} for _, identifier, blueprint in found]
    return ok_response(entities=entities, next=str(found[-1][0]) if len(found) == limit else None)


@router.post("/blueprints/{blueprint:path}/entities/search", openapi_extra=request_body(SEARCH_PAGE))
async def search_blueprint(request: Request, blueprint: Name) -> Response:
    """Return one page of a blueprint's matching entities: `{query, include, exclude, limit, from}`."""
    port = port_of(request)
    body = SEARCH_PAGE.check(await optional_body_of(request))
    query = compile_query(body["query"], port.graph, BLUEPRINT_SEARCH) if "query" in body else EVERYTHING
    limit = int(body.get("limit", _DEFAULT_PAGE))
    matches = query.run(
        port.entities, port.blueprints.get(blueprint).identifier, after=_position(body.get("from"))
    )
    page = [entity for _, entity in zip(range(limit), matches, strict=False)]
    shown = serialize(port.graph, page, FieldSelection(body.get("include", ()), body.get("exclude", ())))
    if len(page) == limit:
        return ok_response(entities=shown, next=str(page[-1].id))
    return ok_response(entities=shown)


@router.post(
    "/blueprints/{blueprint:path}/bulk/entities/delete", openapi_extra=request_body(DELETED_ENTITIES)
)
async def delete_many(request: Request, blueprint: Name) -> Response:
    """Delete up to 100 entities: `{"entities": [identifier]}`. All or none are deleted."""
    body = DELETED_ENTITIES.check(await body_of(request))
    return ok_response(deletedEntities=_delete(request, blueprint, body["entities"]))


@router.get("/blueprints/{blueprint:path}/entities/{entity:path}")
async def get_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """Return an entity."""
    found = _existing(request, blueprint, entity)
    (shown,) = serialize(port_of(request).graph, [found], _field_selection(request))
    return ok_response(entity=shown)


@router.delete("/blueprints/{blueprint:path}/entities/{entity:path}")
async def delete_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """Delete an entity, and with `delete_dependents=true` those that relate to it."""
    _existing(request, blueprint, entity)
    _delete(request, blueprint, [entity])
    return ok_response()


@router.get("/blueprints/{blueprint:path}/entities")
async def list_entities(request: Request, blueprint: Name) -> Response:
    """List all entities of a blueprint."""
    port = port_of(request)
    reach = EntityFilter((port.blueprints.get(blueprint).identifier,))
    return _entity_list(request, list(port.entities.read(reach)))


def _existing(request: Request, blueprint: str, identifier: str) -> Entity:
    port = port_of(request)
    found = port.entities.get_many(port.blueprints.get(blueprint).identifier, [identifier])
    if identifier not in found:
        raise not_found("Entity", identifier)
    return found[identifier]


def _delete(request: Request, blueprint: str, identifiers: list[str]) -> list[str]:
    port = port_of(request)
    port.blueprints.get(blueprint)
    deletion = Deletion(query_flag(request, "delete_dependents"), port.now())
    with port.store.transaction():
        return delete_entities(port.graph, blueprint, identifiers, deletion)


def _entity_list(request: Request, entities: list[Entity]) -> Response:
    shown = serialize(port_of(request).graph, entities, _field_selection(request))
    blueprints = list(dict.fromkeys(entity.blueprint for entity in entities))
    return ok_response(entities=shown, matchingBlueprints=blueprints)


def _field_selection(request: Request) -> FieldSelection:
    query = request.query_params
    return FieldSelection(
        query.getlist("include"),
        query.getlist("exclude"),
        computed=not query_flag(request, "exclude_calculated_properties"),
        titles=query_flag(request, "attach_title_to_relation"),
    )


def _moment(text: str | None) -> int:
    if text is None:
        return _MAX_TIMESTAMP
    try:
        return from_iso(text)
    except ValueError as error:
        raise invalid(f"body/before must be a date-time: {error}") from error


def _position(text: str | None) -> int:
    """Parse the `from` of a page, an entity's id. Raises PortError (422): it is malformed."""
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise invalid(f"body/from is not a position of the sandbox: {text!r:.60}")
    return int(text)
