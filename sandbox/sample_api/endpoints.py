"""The company's endpoints: a listing and single items for each collection, and a search by POST."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.sample_api.company import COLLECTIONS, Collection, Rows
from sandbox.sample_api.filters import apply_filters
from sandbox.sample_api.paging import Page, PageRequest, Paging
from sandbox.sample_api.sample import sample_of
from sandbox.sample_api.sample_data import Item, Json
from sandbox.sample_api.styles import Style

type Endpoint = Callable[[Request], Awaitable[Response]]


def listing_endpoint(name: str) -> Endpoint:
    """Return the endpoint for GET of a listing: {"users": [...], <fields of the paging style>}."""
    collection = COLLECTIONS[name]

    async def list_items(request: Request) -> Response:
        items = _children(request, name)
        query = request.query_params
        conditions = {key: query.getlist(key) for key in query}
        paging = _style(request).paging
        _check_names(paging, collection, conditions.keys() - {"api_key"})
        page_request = PageRequest(request.url, dict(query), {}, collection.id_field)
        page = _page(paging, items, collection, conditions, page_request)
        return JSONResponse(_body(paging, collection.key, page), headers=dict(page.headers))

    return list_items


def item_endpoint(name: str) -> Endpoint:
    """Return the endpoint for GET of one item. The response is 404 if it does not exist."""
    collection = COLLECTIONS[name]

    async def show_item(request: Request) -> Response:
        ids = [request.path_params[key] for key in (*collection.parents, "own_id")]
        item = sample_of(request).company.rows(name).find(ids)
        if item is None:
            raise HTTPException(404, f"Item not found in {name}: {', '.join(ids)}")
        return JSONResponse(item)

    return show_item


async def search(request: Request) -> Response:
    """Search: {"type": "users", "filter": {"active": true}, "page": 2} -> {"results": [...], …}."""
    body = await _json_object(request)
    name, filters = body.get("type"), body.get("filter") or {}
    if not isinstance(name, str) or name not in COLLECTIONS:
        raise HTTPException(400, f"type must be one of {', '.join(COLLECTIONS)}")
    if not isinstance(filters, dict):
        raise HTTPException(400, "filter must be an object")
    collection, paging = COLLECTIONS[name], _style(request).paging
    if unknown := filters.keys() - collection.filters.keys():
        raise HTTPException(400, f"filter: {name} cannot be filtered by {', '.join(sorted(unknown))}")
    _check_names(paging, collection, body.keys() - {"type", "filter"})
    conditions = {key: value if isinstance(value, list) else [value] for key, value in filters.items()}
    query = dict(request.query_params) if paging.follows_links else {}
    page_request = PageRequest(request.url, query, body, collection.id_field)
    page = _page(paging, sample_of(request).company.rows(name).shown, collection, conditions, page_request)
    return JSONResponse(_body(paging, ("results",), page), headers=dict(page.headers))


def _style(request: Request) -> Style:
    style: Style = request.state.style
    return style


def _children(request: Request, name: str) -> list[Item]:
    """Return the items of the parents in the URL. Raises HTTPException 404: a parent does not exist."""
    company, collection = sample_of(request).company, COLLECTIONS[name]
    ids = [request.path_params[key] for key in collection.parents]
    rows: Rows = company.rows(name)
    if collection.parent and company.rows(collection.parent).find(ids) is None:
        raise HTTPException(404, f"Item not found in {collection.parent}: {', '.join(ids)}")
    return rows.children_of(ids)


def _check_names(paging: Paging, collection: Collection, names: Iterable[str]) -> None:
    """Raise HTTPException 400 if the style is strict and a parameter is unknown."""
    unknown = {*names} - {*paging.params, *collection.filters}
    if paging.strict and unknown:
        raise HTTPException(400, f"Received unknown parameter: {', '.join(sorted(unknown))}")


def _page(
    paging: Paging,
    items: Sequence[Item],
    collection: Collection,
    conditions: Mapping[str, Sequence[Json]],
    page_request: PageRequest,
) -> Page:
    try:
        return paging.page(apply_filters(items, collection.filters, conditions), page_request)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error


def _body(paging: Paging, key: tuple[str, ...], page: Page) -> Json:
    """Return the items under the listing's key, or a bare array if neither key nor style need an object."""
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
        raise HTTPException(400, f"The body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "The body must be a JSON object")
    return body
