"""Samples of an endpoint: fetched from the API, or pasted."""

import asyncio

from builder.pasted_response import parse_response
from builder.sampling import FailedRequest, fetch_sample
from builder.web.choose.autofill import fill_in, fill_in_from
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.form import ItemsForm, PastedResponse
from builder.web.choose.next_page import with_second_page
from builder.web.choose.parsing import request_issues_of
from builder.web.choose.selector import chosen_format, parse_selector
from builder.web.connect.parsing import parse_connection, request_issues
from builder.web.connect.setting_fields import BASE_URL
from builder.web.page.issues import Issue, NotReadyError
from builder.web.page.workspace import Workspace
from rest.errors import ItemsError, JqError


async def with_fetched_sample(
    workspace: Workspace, form: EndpointForm, failed: FailedRequest | None = None
) -> EndpointForm:
    """Return the endpoint filled in from a sample of the API. failed: receives the last request of an error.

    Raises NotReadyError: inputs are wrong or missing. Raises SyncError: the API returns no sample.
    """
    connection = parse_connection(workspace.connection)
    selector = parse_selector(form)
    if issues := request_issues(connection) or request_issues_of(form, selector, workspace.connection):
        raise NotReadyError(issues)
    answer = await fetch_sample(connection.config, form.kind.strip(), selector.selector, failed)
    filled_in = await asyncio.to_thread(fill_in, form, answer, "fetched", answer.url)
    return await with_second_page(workspace, filled_in)


async def with_pasted_sample(workspace: Workspace, response: PastedResponse) -> EndpointForm:
    """Return the endpoint filled in from a pasted response. Raises NotReadyError: it cannot be read."""
    form = workspace.numbered(response.number)
    kind = form.kind.strip()
    if not kind:
        issue = Issue("kind", "Path", "Enter the path of the endpoint that returned this response")
        raise NotReadyError([issue])
    base_url = str(parse_connection(workspace.connection).config.get("baseUrl", BASE_URL.example))
    url = f"{base_url.rstrip('/')}/{kind.lstrip('/')}"
    try:
        body_format = chosen_format(form)
        answer = await asyncio.to_thread(parse_response, response.text, response.headers, kind, body_format)
        return await asyncio.to_thread(fill_in, form, answer, "pasted", url)
    except ItemsError as error:
        raise NotReadyError([Issue.of("pasted", "Response", error)]) from error


async def with_items_at(form: ItemsForm) -> EndpointForm:
    """Return the endpoint filled in from items elsewhere in the response.

    Raises NotReadyError: there are no items, or there is no sample.
    """
    sample = form.endpoint.sample
    if sample is None:
        raise NotReadyError([Issue("fetch", "Sample", "Fetch or paste a sample")])
    path = form.data_path.strip() or "."
    try:
        return await asyncio.to_thread(
            fill_in_from, form.endpoint, sample.answer, sample.origin, sample.url, path
        )
    except (ItemsError, JqError) as error:
        raise NotReadyError([Issue.of("data_path", "Items", error)]) from error
