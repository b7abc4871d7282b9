"""Step 2: endpoints, their samples, and what becomes of the items."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.draft import Draft
from builder.web.actions import (
    chosen_items,
    fetched,
    taken_from_paste,
    with_imported,
    with_pages_for_all,
    with_pages_for_one,
)
from builder.web.connecting import redactor_of
from builder.web.desk import AtDesk, Desk, Posted
from builder.web.drafting import reading_of_page
from builder.web.forms import changed_endpoint, number_in, read_choice
from builder.web.looking import taken_over
from builder.web.mistakes import Mistake, mistakes_in
from builder.web.nesting import with_parameters, with_relations
from builder.web.next_page import Tried, next_page_tried
from builder.web.previews import preview_table
from builder.web.selecting import wanted_parameters
from builder.web.waiting import while_connected
from builder.web.workspace import EndpointForm, FieldRow
from rest.errors import SyncError

router = APIRouter()


@router.post("/endpoints/add")
async def add(desk: AtDesk) -> Response:
    """An empty endpoint, which is shown."""
    desk.workspace = desk.workspace.with_another()
    return await desk.part("choose.html")


@router.post("/endpoints/imported/{place}")
async def add_imported(desk: AtDesk, place: int) -> Response:
    """One of a document's endpoints."""
    endpoints = desk.workspace.imported.endpoints if desk.workspace.imported else ()
    for found in endpoints[place : place + 1]:
        desk.workspace = await with_imported(desk.workspace, found)
    return await desk.part("choose.html")


@router.post("/endpoints/{number}/show")
async def show(desk: AtDesk, number: int) -> Response:
    """Another endpoint."""
    desk.workspace = desk.workspace.showing(number)
    return await desk.part("choose.html")


@router.post("/endpoints/{number}/remove")
async def remove(desk: AtDesk, number: int) -> Response:
    """One endpoint less."""
    desk.workspace = await asyncio.to_thread(with_relations, desk.workspace.without(number))
    return await desk.part("choose.html")


@router.post("/endpoint")
async def keep(desk: AtDesk, form: Posted) -> Response:
    """How to ask for an endpoint; inputs for new placeholders come with the answer."""
    before = desk.workspace.numbered(number_in(form))
    after = await _kept(desk, form)
    is_same = wanted_parameters(before) == wanted_parameters(after)
    return await desk.live(also=() if is_same else ("parameters.html",))


@router.post("/endpoint/fetch")
async def fetch(request: Request, desk: AtDesk, form: Posted) -> Response:
    """A sample from the API, as the integration asks for it."""
    endpoint = await _kept(desk, form)
    return await _filled_in(desk, endpoint, while_connected(request, fetched(desk.workspace, endpoint)))


@router.post("/endpoint/paste")
async def paste(request: Request, desk: AtDesk, form: Posted) -> Response:
    """A sample that was pasted, or a file."""
    endpoint = desk.workspace.numbered(number_in(form))
    text = form.get("pasted_file", "").strip() or form.get("pasted", "")
    headers = form.get("pasted_headers", "")
    work = taken_from_paste(desk.workspace, endpoint, text, headers)
    return await _filled_in(desk, endpoint, while_connected(request, work))


@router.post("/choice")
async def keep_choice(desk: AtDesk, form: Posted) -> Response:
    """What becomes of the items; an expression that a new type brings comes with the answer."""
    before = desk.workspace.numbered(number_in(form))
    after = read_choice(before, form)
    is_related = await desk.keep_endpoint(after)
    pairs = zip(before.rows, after.rows, strict=True)
    reread = [number for number, (old, new) in enumerate(pairs) if old.reading != new.reading]
    also = ("expressions.html", "relations.html") if is_related else ("expressions.html",)
    return await desk.live(also=also, reread=reread)


@router.post("/choice/items")
async def choose_items(desk: AtDesk, form: Posted) -> Response:
    """The items in another place of the answer."""
    endpoint = read_choice(desk.workspace.numbered(number_in(form)), form)
    path = form.get("data_path-choice", "own")
    return await _filled_in(
        desk, endpoint, chosen_items(endpoint, form.get("data_path", "") if path == "own" else path)
    )


@router.post("/choice/field")
async def add_field(desk: AtDesk, form: Posted) -> Response:
    """A property of the user's own."""
    endpoint = read_choice(desk.workspace.numbered(number_in(form)), form)
    row = FieldRow(f"property_{len(endpoint.rows) + 1}", "", "string", "", is_selected=True)
    await desk.keep_endpoint(replace(endpoint, rows=(*endpoint.rows, row)))
    return await desk.part("found.html")


@router.post("/choice/pages/{place}")
async def use_pages(desk: AtDesk, place: str, form: Posted) -> Response:
    """The pagination that was recognised: for the whole API, or for this endpoint."""
    endpoint = read_choice(desk.workspace.numbered(number_in(form)), form)
    await desk.keep_endpoint(endpoint)
    if place == "all":
        desk.workspace = with_pages_for_all(desk.workspace, endpoint)
        return await desk.live(also=("pagination.html", "pages.html"))
    try:
        await desk.keep_endpoint(with_pages_for_one(desk.workspace, endpoint))
    except SyncError as error:
        return await desk.live(mistakes_in(error, desk.workspace.connection))
    return await desk.live(also=("more.html", "pages.html"))


@router.post("/choice/next")
async def try_next(request: Request, desk: AtDesk, form: Posted) -> Response:
    """The request for the next page."""
    endpoint = read_choice(desk.workspace.numbered(number_in(form)), form)
    await desk.keep_endpoint(endpoint)
    try:
        tried = await while_connected(request, next_page_tried(desk.workspace, endpoint))
    except SyncError as error:
        mistakes = mistakes_in(error, desk.workspace.connection)
        return await desk.part("next_result.html", mistakes, tried=Tried(mistakes[0].words, is_good=False))
    return await desk.part("next_result.html", tried=tried)


@router.get("/preview")
async def preview(request: Request, desk: AtDesk) -> Response:
    """The entities of the endpoint that is shown."""
    workspace = desk.workspace
    reading = await asyncio.to_thread(reading_of_page, workspace)
    seen, source = workspace.endpoint.seen, reading.sources.get(workspace.current)
    if not (seen and source):
        return HTMLResponse(desk.views.alone("preview.html", table=None, error=""))
    draft = Draft(sources=tuple(reading.sources.values()))
    redact = redactor_of(workspace.connection)
    try:
        table = await while_connected(request, preview_table(draft, source, seen.items, redact))
    except SyncError as error:
        return HTMLResponse(desk.views.alone("preview.html", table=None, error=str(error)))
    return HTMLResponse(desk.views.alone("preview.html", table=table, error=""))


async def _kept(desk: Desk, form: dict[str, str]) -> EndpointForm:
    typed = changed_endpoint(desk.workspace, form)
    endpoint = await asyncio.to_thread(with_parameters, desk.workspace, typed)
    await desk.keep_endpoint(endpoint)
    return endpoint


async def _filled_in(desk: Desk, endpoint: EndpointForm, work: Coroutine[Any, Any, EndpointForm]) -> Response:
    """The endpoint with what an answer filled in, or why there is none."""
    mistakes: Sequence[Mistake] = ()
    try:
        filled_in = await work
        await desk.keep_endpoint(taken_over(desk.workspace.numbered(endpoint.number), filled_in))
    except SyncError as error:
        mistakes = mistakes_in(error, desk.workspace.connection)
    return await desk.part("found.html", mistakes, failure=next(iter(mistakes), None))
