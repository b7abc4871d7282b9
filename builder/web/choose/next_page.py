"""A check of the detected pagination: the next request is sent, and its items are compared."""

from dataclasses import dataclass, replace

from builder.sampling import fetch_next_page, is_below
from builder.web.choose.endpoint import EndpointForm, NextPage, Sample
from builder.web.choose.pagination import pages_of, pagination_settings
from builder.web.connect.parsing import parse_connection, request_issues
from builder.web.page.issues import Issue, NotReadyError, issues_in
from builder.web.page.workspace import Workspace
from rest.errors import SyncError


@dataclass(frozen=True, slots=True)
class NextPageResult:
    """What the next page says about the pagination, as a message."""

    message: str
    is_good: bool


async def request_next_page(workspace: Workspace, form: EndpointForm) -> NextPage:
    """Request the page after the sample. A request that fails is a result, too.

    Raises NotReadyError: it cannot be requested.
    """
    connection = parse_connection(workspace.connection)
    if issues := request_issues(connection):
        raise NotReadyError(issues)
    pages = pages_of(connection, form)
    request = pages.next_request if pages else None
    if form.sample is None or request is None or not is_below(connection.config["baseUrl"], request):
        raise NotReadyError([Issue("fetch", "Sample", "There is no next request below the base URL")])
    settings = pagination_settings(connection, form)
    try:
        return NextPage(settings, await fetch_next_page(connection.config, request))
    except SyncError as error:
        return NextPage(settings, issue=issues_in(error, workspace.connection)[0])


async def with_second_page(workspace: Workspace, form: EndpointForm) -> EndpointForm:
    """Return a fetched endpoint with the page after its sample, if the detected pagination leads to one."""
    try:
        return with_next_page(form, await request_next_page(workspace, form))
    except NotReadyError:
        return form  # the sample has no next page


def with_next_page(form: EndpointForm, page: NextPage) -> EndpointForm:
    """Return the endpoint with the page after its sample."""
    return replace(form, sample=replace(form.sample, next_page=page)) if form.sample else form


def next_page_result(sample: Sample) -> NextPageResult | None:
    """Return what the next page says about the pagination, None if there was no request for it."""
    if sample.next_page is None:
        return None
    if issue := sample.next_page.issue:
        return NextPageResult(f"The next page cannot be fetched: {issue.message}", is_good=False)
    if count := len(sample.new_items):
        noun = "new item" if count == 1 else "new items"
        return NextPageResult(f"It works: the next page has {count} {noun}", is_good=True)
    if sample.next_items:
        message = "The next page has the same items again. The API does not support this parameter"
    else:
        message = "The next page is empty. Either this page is the last, or the API paginates differently"
    return NextPageResult(message, is_good=False)
