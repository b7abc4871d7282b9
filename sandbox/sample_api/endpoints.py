"""The company's endpoints: a listing and a single item for each collection, and the search by POST."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.sample_api.company import COLLECTIONS, Collection, Rows
from sandbox.sample_api.data import Item, Json
from sandbox.sample_api.filters import filtered
from sandbox.sample_api.pages import Ask, Page, Paging
from sandbox.sample_api.sample import sample_of
from sandbox.sample_api.styles import Style

type Endpoint = Callable[[Request], Awaitable[Response]]


def listing_endpoint(name: str) -> Endpoint:
    """GET of a collection's listing: {"users": [...], <signals of the paging style>}."""
    collection = COLLECTIONS[name]

    async def list_items(request: Request) -> Response:
        items = _children(request, name)
        query = request.query_params
        wanted = {key: query.getlist(key) for key in query}
        paging = _style(request).paging
        _check_names(paging, collection, wanted.keys() - {"api_key"})
        ask = Ask(request.url, dict(query), {}, collection.id_field)
        page = _page(paging, items, collection, wanted, ask)
        return JSONResponse(_body(paging, collection.key, page), headers=dict(page.headers))

    return list_items


def item_endpoint(name: str) -> Endpoint:
    """GET of one item by its ids; 404 when there is none."""
    collection = COLLECTIONS[name]

    async def show_item(request: Request) -> Response:
        ids = [request.path_params[key] for key in (*collection.parents, "own_id")]
        item = sample_of(request).company.rows(name).find(ids)
        if item is None:
            raise HTTPException(404, f"No such item in {name}: {', '.join(ids)}")
        return JSONResponse(item)

    return show_item


async def search(request: Request) -> Response:
    """POST {"type": "users", "filter": {"active": true}, "page": 2} -> {"results": [...], <signals>}."""
    body = await _json_object(request)
    name, conditions = body.get("type"), body.get("filter") or {}
    if not isinstance(name, str) or name not in COLLECTIONS:
        raise HTTPException(400, f"type must be one of {', '.join(COLLECTIONS)}")
    if not isinstance(conditions, dict):
        raise HTTPException(400, "filter must be an object")
    collection, paging = COLLECTIONS[name], _style(request).paging
    if unknown := conditions.keys() - collection.filters.keys():
        raise HTTPException(400, f"filter: {name} cannot be filtered by {', '.join(sorted(unknown))}")
    _check_names(paging, collection, body.keys() - {"type", "filter"})
    wanted = {key: value if isinstance(value, list) else [value] for key, value in conditions.items()}
    query = dict(request.query_params) if paging.follows_links else {}
    ask = Ask(request.url, query, body, collection.id_field)
    page = _page(paging, sample_of(request).company.rows(name).shown, collection, wanted, ask)
    return JSONResponse(_body(paging, ("results",), page), headers=dict(page.headers))


def _style(request: Request) -> Style:
    style: Style = request.state.style
    return style


def _children(request: Request, name: str) -> list[Item]:
    """The items under the parents in the URL. Raises HTTPException 404: there is no such parent."""
    company, collection = sample_of(request).company, COLLECTIONS[name]
    ids = [request.path_params[key] for key in collection.parents]
    rows: Rows = company.rows(name)
    if collection.parent and company.rows(collection.parent).find(ids) is None:
        raise HTTPException(404, f"No such item in {collection.parent}: {', '.join(ids)}")
    return rows.under(ids)


def _check_names(paging: Paging, collection: Collection, names: Iterable[str]) -> None:
    """Raises HTTPException 400: this style knows its parameters, and one of these is none."""
    unknown = {*names} - {*paging.params, *collection.filters}
    if paging.strict and unknown:
        raise HTTPException(400, f"Received unknown parameter: {', '.join(sorted(unknown))}")


def _page(
    paging: Paging,
    items: Sequence[Item],
    collection: Collection,
    wanted: Mapping[str, Sequence[Json]],
    ask: Ask,
) -> Page:
    try:
        return paging.page(filtered(items, collection.filters, wanted), ask)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error


def _body(paging: Paging, key: tuple[str, ...], page: Page) -> Json:
    """The items under the listing's key, or as a bare array where neither key nor signals need an object."""
    if not key and not paging.enveloped:
        return [*page.items]
    body: Json = [*page.items]
    for name in reversed(key or ("data",)):
        body = {name: body}
    return {**body, **page.fields} if isinstance(body, dict) else body


async def _json_object(request: Request) -> dict[str, Json]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, f"The body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "The body must be a JSON object")
    return body
