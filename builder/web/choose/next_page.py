"""A check of the detected pagination: the next request is sent, and its items are compared."""

import json
from dataclasses import dataclass, field, replace

from builder.sampling import Answer, fetch_next_page, is_below
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.pagination import pages_of
from builder.web.connect.parsing import parse_connection, request_issues
from builder.web.page.issues import Issue, NotReadyError
from builder.web.page.workspace import Workspace
from expressions.paths import jq_path
from rest.errors import SyncError
from rest.page import Item


@dataclass(frozen=True, slots=True)
class NextPageResult:
    """What the next request returned, as a message. answer: the page, None if the request failed."""

    message: str
    is_good: bool
    answer: Answer | None = field(default=None, repr=False)


async def request_next_page(workspace: Workspace, form: EndpointForm) -> NextPageResult:
    """Request the page after the sample. Raises SyncError: it cannot be requested."""
    connection = parse_connection(workspace.connection)
    if issues := request_issues(connection):
        raise NotReadyError(issues)
    pages = pages_of(connection, form)
    request = pages.next_request if pages else None
    if form.sample is None or request is None or not is_below(connection.config["baseUrl"], request):
        raise NotReadyError([Issue("fetch", "Sample", "There is no next request below the base URL")])
    answer = await fetch_next_page(connection.config, request)
    result = _compare(form.sample.items, answer.items(jq_path(form.data_path.strip() or ".")))
    return replace(result, answer=answer)


async def with_second_page(workspace: Workspace, form: EndpointForm) -> EndpointForm:
    """Return a fetched endpoint with the page after its sample, if the detected pagination leads to one."""
    try:
        result = await request_next_page(workspace, form)
    except SyncError:
        return form  # the user can test the next page, which shows the error
    return with_next_page(form, result.answer) if result.answer and result.is_good else form


def with_next_page(form: EndpointForm, answer: Answer) -> EndpointForm:
    """Return the endpoint with the page after its sample."""
    return replace(form, sample=replace(form.sample, next_pages=(answer,))) if form.sample else form


def _compare(items: list[Item], next_items: list[Item]) -> NextPageResult:
    known = {_text(item) for item in items}
    count = sum(1 for item in next_items if _text(item) not in known)
    if count:
        noun = "new item" if count == 1 else "new items"
        return NextPageResult(f"It works: the next page has {count} {noun}", is_good=True)
    if next_items:
        message = "The next page has the same items again. The API does not support this parameter"
    else:
        message = "The next page is empty. Either this page is the last, or the API paginates differently"
    return NextPageResult(message, is_good=False)


def _text(item: Item) -> str:
    """Return the item as text, without the fields that the engine adds."""
    own = {name: value for name, value in item.items() if not name.startswith("__")}
    return json.dumps(own, sort_keys=True)
