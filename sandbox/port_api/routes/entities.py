"""Entities: read, listed, searched, listed by datasource, deleted."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.deletion import delete_entities
from sandbox.port_api.entities import Entity, Slice
from sandbox.port_api.entity_shapes import DATASOURCE_PAGE, DELETED_ENTITIES, QUERY, SEARCH_PAGE
from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.exchange import Name, answer, body_of, flag, optional_body_of, port_of, takes
from sandbox.port_api.reading import Wanted, show
from sandbox.port_api.rule_kinds import BLUEPRINT_SEARCH
from sandbox.port_api.search import EVERYTHING, compile_query
from sandbox.port_api.times import from_iso

router = APIRouter(prefix="/v1", tags=["Entities"])

_DEFAULT_PAGE = 200
_LATEST = 2**62


@router.post("/entities/search", openapi_extra=takes(QUERY))
async def search_entities(request: Request) -> Response:
    """All matching entities of all blueprints, not paged."""
    port = port_of(request)
    query = compile_query(await body_of(request), port.graph)
    return _listed(request, list(query.run(port.entities)))


@router.post("/blueprints/entities/datasource-entities", openapi_extra=takes(DATASOURCE_PAGE))
async def list_datasource_entities(request: Request) -> Response:
    """What an integration wrote, in pages: `next` is the `from` of the next one, null after the last."""
    body = DATASOURCE_PAGE.check(await body_of(request))
    limit = int(body["limit"])
    found = port_of(request).entities.of_datasource(
        body["datasource_prefix"],
        body["datasource_suffix"],
        before=_moment(body.get("before")),
        after=_position(body.get("from")),
        limit=limit,
    )
    entities = [{"identifier": identifier, "blueprint": blueprint} for _, identifier, blueprint in found]
    return answer(entities=entities, next=str(found[-1][0]) if len(found) == limit else None)


@router.post("/blueprints/{blueprint:path}/entities/search", openapi_extra=takes(SEARCH_PAGE))
async def search_blueprint(request: Request, blueprint: Name) -> Response:
    """`{query, include, exclude, limit, from}`: one page of a blueprint's matching entities."""
    port = port_of(request)
    body = SEARCH_PAGE.check(await optional_body_of(request))
    query = compile_query(body["query"], port.graph, BLUEPRINT_SEARCH) if "query" in body else EVERYTHING
    limit = int(body.get("limit", _DEFAULT_PAGE))
    matches = query.run(
        port.entities, port.blueprints.get(blueprint).identifier, after=_position(body.get("from"))
    )
    page = [entity for _, entity in zip(range(limit), matches, strict=False)]
    shown = show(port.graph, page, Wanted(body.get("include", ()), body.get("exclude", ())))
    if len(page) == limit:
        return answer(entities=shown, next=str(page[-1].id))
    return answer(entities=shown)


@router.post("/blueprints/{blueprint:path}/bulk/entities/delete", openapi_extra=takes(DELETED_ENTITIES))
async def delete_many(request: Request, blueprint: Name) -> Response:
    """`{"entities": [identifier]}`, at most 100. Without `delete_dependents` all or none are deleted."""
    body = DELETED_ENTITIES.check(await body_of(request))
    return answer(deletedEntities=_delete(request, blueprint, body["entities"]))


@router.get("/blueprints/{blueprint:path}/entities/{entity:path}")
async def get_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """One entity."""
    found = _existing(request, blueprint, entity)
    (shown,) = show(port_of(request).graph, [found], _wanted(request))
    return answer(entity=shown)


@router.delete("/blueprints/{blueprint:path}/entities/{entity:path}")
async def delete_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """One entity; with `delete_dependents=true` also those that relate to it."""
    _existing(request, blueprint, entity)
    _delete(request, blueprint, [entity])
    return answer()


@router.get("/blueprints/{blueprint:path}/entities")
async def list_entities(request: Request, blueprint: Name) -> Response:
    """All entities of a blueprint."""
    port = port_of(request)
    reach = Slice((port.blueprints.get(blueprint).identifier,))
    return _listed(request, list(port.entities.read(reach)))


def _existing(request: Request, blueprint: str, identifier: str) -> Entity:
    port = port_of(request)
    found = port.entities.named(port.blueprints.get(blueprint).identifier, [identifier])
    if identifier not in found:
        raise not_found("Entity", identifier)
    return found[identifier]


def _delete(request: Request, blueprint: str, identifiers: list[str]) -> list[str]:
    port = port_of(request)
    port.blueprints.get(blueprint)
    dependents = flag(request, "delete_dependents")
    with port.store.transaction():
        return delete_entities(port.entities, port.blueprints, blueprint, identifiers, dependents=dependents)


def _listed(request: Request, entities: list[Entity]) -> Response:
    shown = show(port_of(request).graph, entities, _wanted(request))
    blueprints = list(dict.fromkeys(entity.blueprint for entity in entities))
    return answer(entities=shown, matchingBlueprints=blueprints)


def _wanted(request: Request) -> Wanted:
    query = request.query_params
    return Wanted(
        query.getlist("include"),
        query.getlist("exclude"),
        computed=not flag(request, "exclude_calculated_properties"),
        titles=flag(request, "attach_title_to_relation"),
    )


def _moment(text: str | None) -> int:
    if text is None:
        return _LATEST
    try:
        return from_iso(text)
    except ValueError as error:
        raise invalid(f"body/before must be a date-time: {error}") from error


def _position(text: str | None) -> int:
    """The id in a page's `from`. Raises PortError (422): it is none that the sandbox gave out."""
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise invalid(f"body/from is not a position of the sandbox: {text!r:.60}")
    return int(text)
