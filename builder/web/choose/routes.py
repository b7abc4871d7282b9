"""The routes of an endpoint in step 2: its request, its sample and its mapping."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.draft import Draft
from builder.sampling import FailedRequest
from builder.web.choose.autofill import with_changes, with_failure, with_filled_in
from builder.web.choose.endpoint import EndpointForm, Failure, PropertyRow
from builder.web.choose.nesting import with_parameters
from builder.web.choose.next_page import (
    NextPageResult,
    next_page_result,
    request_next_page,
    with_next_page,
)
from builder.web.choose.own_relations import with_new_relation, without_relation
from builder.web.choose.pagination import with_pages_for_all, with_pages_for_one
from builder.web.choose.placeholders import required_parameters
from builder.web.choose.posted_forms import PostedEndpoint, PostedItems, PostedMapping, PostedResponse
from builder.web.choose.preview import preview_table
from builder.web.choose.sampling import with_fetched_sample, with_items_at, with_pasted_sample
from builder.web.connect.form import ConnectionForm
from builder.web.connect.redaction import redactor_of
from builder.web.overview.evidence import fetch_inputs
from builder.web.page.cancellation import cancel_on_disconnect
from builder.web.page.issues import NotReadyError, issues_in
from builder.web.page.parsing import parse_page
from builder.web.page.session import CurrentSession, Session
from rest.errors import SyncError

router = APIRouter()


@router.post("/endpoint")
async def save_endpoint(session: CurrentSession, form: PostedEndpoint) -> Response:
    """Save the inputs of the request. Return inputs for new placeholders."""
    before = session.workspace.numbered(form.number)
    after = await _saved(session, form)
    is_unchanged = required_parameters(before) == required_parameters(after)
    return await session.live(also=() if is_unchanged else ("parameters.html",))


@router.post("/endpoint/fetch")
async def fetch(request: Request, session: CurrentSession, form: PostedEndpoint) -> Response:
    """Fetch a sample from the API with the integration's engine."""
    endpoint = await _saved(session, form)
    failed = FailedRequest()
    connection = session.workspace.connection
    fetching = with_fetched_sample(session.workspace, endpoint, failed)
    work = _with_evidence(session, fetching, connection)
    try:
        return await _filled_in(session, cancel_on_disconnect(request, work))
    except SyncError as error:
        issues = issues_in(error, session.workspace.connection)
        inputs = "" if isinstance(error, NotReadyError) else fetch_inputs(endpoint, connection)
        failure = Failure("fetched", tuple(issues), failed.exchanges, inputs=inputs)
        return await _failed(session, endpoint, failure)


@router.post("/endpoint/paste")
async def paste(request: Request, session: CurrentSession, form: PostedResponse) -> Response:
    """Use a pasted or uploaded response as the sample."""
    endpoint = session.workspace.numbered(form.number)
    work = with_pasted_sample(session.workspace, form)
    try:
        return await _filled_in(session, cancel_on_disconnect(request, work))
    except SyncError as error:
        issues = issues_in(error, session.workspace.connection)
        return await _failed(session, endpoint, Failure("pasted", tuple(issues)))


@router.post("/choice")
async def save_mapping(session: CurrentSession, form: PostedMapping) -> Response:
    """Save the inputs of the mapping. Return the expressions that change with a row's type."""
    before = session.workspace.numbered(form.number)
    relations_changed = await session.save_endpoint(form)
    pairs = zip(before.rows, form.rows, strict=True)
    changed_rows = [number for number, (old, new) in enumerate(pairs) if old.type != new.type]
    also = ("expressions.html", "relations.html") if relations_changed else ("expressions.html",)
    return await session.live(also=also, changed_rows=changed_rows)


@router.post("/choice/items")
async def choose_items(session: CurrentSession, form: PostedItems) -> Response:
    """Use items elsewhere in the response."""
    try:
        return await _filled_in(session, with_items_at(form))
    except SyncError as error:
        return await session.part("found.html", issues_in(error, session.workspace.connection))


@router.post("/choice/field")
async def add_property(session: CurrentSession, form: PostedMapping) -> Response:
    """Add an empty property."""
    row = PropertyRow(f"property_{len(form.rows) + 1}", "", "string", "", is_selected=True)
    await session.save_endpoint(replace(form, rows=(*form.rows, row)))
    return await session.part("found.html")


@router.post("/choice/relation")
async def add_relation(session: CurrentSession, form: PostedMapping) -> Response:
    """Add an empty relation."""
    await session.save_endpoint(with_new_relation(form))
    return await session.part("own_relations.html")


@router.post("/choice/relation/{number}/remove")
async def remove_relation(session: CurrentSession, number: int, form: PostedMapping) -> Response:
    """Remove a relation that the user added or opened."""
    await session.save_endpoint(without_relation(form, number))
    return await session.part("own_relations.html")


@router.post("/choice/pages/{place}")
async def use_pages(session: CurrentSession, place: str, form: PostedMapping) -> Response:
    """Use the detected pagination for the whole API or for this endpoint."""
    await session.save_endpoint(form)
    if place == "all":
        session.workspace = with_pages_for_all(session.workspace, form)
        return await session.live(also=("pagination.html", "pages.html"))
    try:
        await session.save_endpoint(with_pages_for_one(session.workspace, form))
    except SyncError as error:
        return await session.live(issues_in(error, session.workspace.connection))
    return await session.live(also=("more.html", "pages.html"))


@router.post("/choice/next")
async def try_next_page(request: Request, session: CurrentSession, form: PostedMapping) -> Response:
    """Request the next page."""
    await session.save_endpoint(form)
    try:
        page = await cancel_on_disconnect(request, request_next_page(session.workspace, form))
    except NotReadyError as error:
        result: NextPageResult | None = NextPageResult(error.issues[0].message, is_good=False)
        return await session.part("next_result.html", error.issues, result=result)
    tested = with_next_page(form, page)
    current = session.workspace.latest(form)
    if current and current.sample is form.sample:
        await session.save_endpoint(replace(current, sample=tested.sample))
    result = next_page_result(tested.sample) if tested.sample else None
    return await session.part("next_result.html", [page.issue] if page.issue else [], result=result)


@router.get("/preview")
async def preview(request: Request, session: CurrentSession) -> Response:
    """Return the entities of the endpoint on display."""
    workspace = session.workspace
    parsed = await asyncio.to_thread(parse_page, workspace)
    sample, source = workspace.endpoint.sample, parsed.sources.get(workspace.current)
    table, message = None, ""
    if sample and source:
        draft = Draft(sources=tuple(parsed.sources.values()))
        work = preview_table(draft, source, sample.items, redactor_of(workspace.connection))
        try:
            table = await cancel_on_disconnect(request, work)
        except SyncError as error:
            message = str(error)
    return HTMLResponse(session.views.alone("preview.html", table=table, error=message))


async def _saved(session: Session, form: EndpointForm) -> EndpointForm:
    """Save the endpoint with inputs for its placeholders, and return it."""
    before = session.workspace.numbered(form.number)
    endpoint = await asyncio.to_thread(with_parameters, session.workspace, form)
    # A sample may have arrived during the search, so only the posted inputs are taken over.
    if current := session.workspace.latest(before):
        endpoint = with_changes(current, before, endpoint)
    await session.save_endpoint(endpoint)
    return endpoint


async def _with_evidence(
    session: Session, work: Coroutine[Any, Any, EndpointForm], connection: ConnectionForm
) -> EndpointForm:
    """Return the fetched endpoint. Note whether the API returned a sample."""
    try:
        fetched = await work
    except NotReadyError:
        raise
    except SyncError as error:
        issue = issues_in(error, connection)[0]
        session.save_evidence(session.workspace.evidence.with_failed_fetch(connection, issue))
        raise
    session.save_evidence(session.workspace.evidence.with_test(connection, None))
    return fetched


async def _filled_in(session: Session, work: Coroutine[Any, Any, EndpointForm]) -> Response:
    """Save what a sample filled in, unless the endpoint was removed. Raises SyncError: there is no sample."""
    filled_in = await work
    if current := session.workspace.latest(filled_in):
        await session.save_endpoint(with_filled_in(current, filled_in))
    return await session.part("found.html")


async def _failed(session: Session, form: EndpointForm, failure: Failure) -> Response:
    """Save a failure, which removes the sample. Its issues belong to the inputs of this endpoint only."""
    current = session.workspace.latest(form)
    if current:
        await session.save_endpoint(with_failure(current, failure))
    is_displayed = current is not None and current.number == session.workspace.current
    return await session.part("found.html", failure.issues if is_displayed else ())
