"""Entities: read, listed, searched, listed by datasource, deleted."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.deletion import delete_entities
from sandbox.port_api.entities import Entity, Slice
from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.exchange import Name, answer, body_of, flag, optional_body_of, port_of
from sandbox.port_api.jsontext import Document
from sandbox.port_api.search import EVERYTHING, compile_query
from sandbox.port_api.shapes import Shape, record
from sandbox.port_api.times import from_iso
from sandbox.port_api.views import view

router = APIRouter(prefix="/v1", tags=["Entities"])

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_DELETE = Shape(record({"entities": {**_TEXTS, "minItems": 1, "maxItems": 100}}))
_PAGE = Shape(
    record(
        {},
        {
            "query": {"type": "object"},
            "include": _TEXTS,
            "exclude": _TEXTS,
            "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
            "from": _TEXT,
        },
    )
)
_DATASOURCE = Shape(
    record(
        {
            "datasource_prefix": _TEXT,
            "datasource_suffix": _TEXT,
            "limit": {"type": "integer", "minimum": 1, "maximum": 5000},
        },
        {"before": _TEXT, "from": _TEXT},
        closed=False,
    )
)
_DEFAULT_PAGE = 200
_LATEST = 2**62


@router.post("/entities/search")
async def search_entities(request: Request) -> Response:
    """All matching entities of all blueprints, not paged."""
    query = compile_query(await body_of(request))
    return _viewed(request, list(query.run(port_of(request).entities)))


@router.post("/blueprints/entities/datasource-entities")
async def list_datasource_entities(request: Request) -> Response:
    """What an integration wrote, in pages: `next` is the `from` of the next one, null after the last."""
    body = _DATASOURCE.check(await body_of(request))
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


@router.post("/blueprints/{blueprint:path}/entities/search")
async def search_blueprint(request: Request, blueprint: Name) -> Response:
    """`{query, include, exclude, limit, from}`: one page of a blueprint's matching entities."""
    port = port_of(request)
    body = _PAGE.check(await optional_body_of(request))
    query = compile_query(body["query"]) if "query" in body else EVERYTHING
    limit = int(body.get("limit", _DEFAULT_PAGE))
    matches = query.run(
        port.entities, port.blueprints.get(blueprint).identifier, after=_position(body.get("from"))
    )
    page = [entity for _, entity in zip(range(limit), matches, strict=False)]
    shown = [view(entity, body.get("include", ()), body.get("exclude", ())) for entity in page]
    if len(page) == limit:
        return answer(entities=shown, next=str(page[-1].id))
    return answer(entities=shown)


@router.post("/blueprints/{blueprint:path}/bulk/entities/delete")
async def delete_many(request: Request, blueprint: Name) -> Response:
    """`{"entities": [identifier]}`, at most 100. Without `delete_dependents` all or none are deleted."""
    body = _DELETE.check(await body_of(request))
    return answer(deletedEntities=_delete(request, blueprint, body["entities"]))


@router.get("/blueprints/{blueprint:path}/entities/{entity:path}")
async def get_entity(request: Request, blueprint: Name, entity: Name) -> Response:
    """One entity."""
    found = _existing(request, blueprint, entity)
    return answer(entity=_view(request, found))


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
    return _viewed(request, list(port.entities.read(reach)))


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


def _viewed(request: Request, entities: list[Entity]) -> Response:
    include, exclude = request.query_params.getlist("include"), request.query_params.getlist("exclude")
    shown = [view(entity, include, exclude) for entity in entities]
    blueprints = list(dict.fromkeys(entity.blueprint for entity in entities))
    return answer(entities=shown, matchingBlueprints=blueprints)


def _view(request: Request, entity: Entity) -> Document:
    query = request.query_params
    return view(entity, query.getlist("include"), query.getlist("exclude"))


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
