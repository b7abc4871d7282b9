"""The routes of the answer."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast, get_args

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from builder.web.answer.items import ItemTable, item_table
from builder.web.answer.picks import Role, with_pick
from builder.web.answer.slices import Slice, slice_at
from builder.web.answer.tree import Node, Positions, Tree
from builder.web.answer.view import context, exchange_context
from builder.web.choose.autofill import with_filled_in
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.form import ItemsForm, read_number
from builder.web.choose.sampling import with_items_at
from builder.web.connect.redaction import redactor_of
from builder.web.page.issues import issues_in
from builder.web.page.session import CurrentSession, PostedData, Session
from rest.errors import SyncError

router = APIRouter()


@router.get("/answer")
async def show(session: CurrentSession, part: int | None = None) -> Response:
    """Return a slice of the answer: its tree, its request and which slices there are."""
    return HTMLResponse(await asyncio.to_thread(_answer, session, part))


@router.get("/answer/items")
async def show_items(session: CurrentSession, part: int | None = None) -> Response:
    """Return the items of a slice as a table."""
    return HTMLResponse(await asyncio.to_thread(_items, session, part))


@router.get("/answer/level")
async def show_level(
    session: CurrentSession, token: str, part: int, at: str = "", start: int = 0
) -> Response:
    """Return the children of a node. token: of the answer that the browser shows."""
    form = session.workspace.endpoint
    if form.sample is None or form.sample.answer.token != token or start < 0:
        raise _outdated()
    _, own = slice_at(form.sample, part)
    tree = _tree(session, form, own)
    try:
        level = await asyncio.to_thread(tree.level, _positions(at), start)
    except LookupError as error:
        raise _outdated() from error
    values = {"level": level, "tree": tree, "part": part, "start": start}
    return HTMLResponse(session.views.alone("level.html", **_context(session), **values))


@router.post("/answer/pick")
async def pick(session: CurrentSession, data: PostedData) -> Response:
    """Use a list of the tree as the items, or a field as the identifier, as the title, or as a property."""
    form = session.workspace.numbered(read_number(data))
    role, part = data.get("role", ""), data.get("part", "")
    if form.sample is None or not (part.isascii() and part.isdigit()):
        raise _outdated()
    _, own = slice_at(form.sample, int(part))
    try:
        node = _tree(session, form, own).node(_positions(data.get("at", "")))
        picked = await _with_items(session, form, node) if role == "items" else _picked(form, role, node)
    except (LookupError, ValueError) as error:
        raise _outdated() from error
    except SyncError as error:
        return await session.part("found.html", issues_in(error, session.workspace.connection))
    if session.workspace.latest(picked):
        await session.save_endpoint(picked)
    return await session.part("found.html")


async def _with_items(session: Session, form: EndpointForm, node: Node) -> EndpointForm:
    """Return the endpoint with the elements of a list as its items. Raises ValueError: it is not a list."""
    if not node.list_path:
        raise ValueError(node.label)
    filled_in = await with_items_at(ItemsForm(form, node.list_path))
    return with_filled_in(session.workspace.latest(form) or form, filled_in)


def _picked(form: EndpointForm, role: str, node: Node) -> EndpointForm:
    """Return the endpoint with a field in a role. Raises ValueError: the field cannot have that role."""
    if role not in get_args(Role.__value__):
        raise ValueError(role)
    return with_pick(form, cast("Role", role), node)


def _answer(session: Session, part: int | None) -> str:
    form = session.workspace.endpoint
    auth_type = session.workspace.connection.texts.get("authType", "none")
    values: dict[str, Any] = {
        **_context(session),
        "part": 0,
        "tree": None,
        "error": "",
    }
    exchanges = form.failure.exchanges if form.failure else ()
    if form.sample:
        number, own = slice_at(form.sample, part)
        exchanges = own.exchanges
        values |= {"part": number, **_tree_context(session, form, own)}
    values |= exchange_context(exchanges, auth_type)
    return session.views.alone("answer_parts.html", **values)


def _context(session: Session) -> Mapping[str, object]:
    return {**context(session.workspace), "redact": redactor_of(session.workspace.connection)}


def _tree_context(session: Session, form: EndpointForm, own: Slice) -> Mapping[str, object]:
    """Return the tree, or why it cannot be shown."""
    try:
        return {"tree": _tree(session, form, own)}
    except SyncError as error:
        return {"error": str(error)}


def _tree(session: Session, form: EndpointForm, own: Slice) -> Tree:
    """Return the tree of a slice. Raises ItemsError: the body cannot be parsed, or is too large."""
    return Tree(own.response.body, form.data_path, redactor_of(session.workspace.connection))


def _items(session: Session, part: int | None) -> str:
    form = session.workspace.endpoint
    table: ItemTable | None = None
    error = ""
    if form.sample:
        _, own = slice_at(form.sample, part)
        try:
            table = item_table(own.items(form.data_path), redactor_of(session.workspace.connection))
        except SyncError as failure:
            error = str(failure)
    return session.views.alone("answer_items.html", **_context(session), table=table, error=error)


def _positions(text: str) -> Positions:
    """Return positions from their text. Raises LookupError: they are not numbers."""
    parts = text.split(".") if text else []
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise LookupError(text)
    return tuple(map(int, parts))


def _outdated() -> HTTPException:
    return HTTPException(409, "The answer has changed. Open it again")
