"""Gathers the facts about the page from its inputs, its samples and the evidence."""

from collections.abc import Mapping

from builder.web.choose.endpoint import EndpointForm, Sample
from builder.web.choose.next_page import next_page_result
from builder.web.choose.pagination import pages_of, pagination_settings
from builder.web.connect.parsing import request_issues
from builder.web.overview.evidence import failure_of
from builder.web.overview.facts import (
    ConnectionFacts,
    EndpointFacts,
    EntityFacts,
    Facts,
    InstallFacts,
    PageFacts,
    SampleFacts,
)
from builder.web.page.parsing import ParsedPage
from builder.web.page.workspace import Workspace


def gather(workspace: Workspace, parsed: ParsedPage, entities: Mapping[int, EntityFacts]) -> Facts:
    """Return what is known. entities: by the number of the endpoint, of those that were checked."""
    endpoints = tuple(
        _endpoint(each, workspace, parsed, entities.get(each.number)) for each in workspace.endpoints
    )
    return Facts(_connection(workspace, parsed), endpoints, _install(workspace, parsed))


def _connection(workspace: Workspace, parsed: ParsedPage) -> ConnectionFacts:
    errors = parsed.connection.errors
    missing = [each for each in request_issues(parsed.connection) if each not in errors]
    test = workspace.evidence.connection_test
    is_current = test is not None and test.is_of(workspace.connection)
    issue = test.issue if test and is_current else None
    return ConnectionFacts(
        errors=errors,
        missing=missing,
        is_tested=is_current and issue is None,
        failure=issue,
        is_changed=test is not None and not is_current,
    )


def _endpoint(
    form: EndpointForm, workspace: Workspace, parsed: ParsedPage, entities: EntityFacts | None
) -> EndpointFacts:
    inputs = parsed.endpoints[form.number]
    return EndpointFacts(
        form.number,
        form.kind.strip(),
        errors=inputs.errors,
        missing=inputs.missing,
        failure=failure_of(form, workspace.connection),
        sample=_sample(form.sample, parsed) if form.sample else None,
        pages=_pages(form, parsed),
        entities=entities,
    )


def _sample(sample: Sample, parsed: ParsedPage) -> SampleFacts:
    base_url = str(parsed.connection.config.get("baseUrl", "")).rstrip("/")
    is_other = sample.origin == "fetched" and not sample.url.startswith(base_url)
    return SampleFacts(sample.origin, sample.kind, len(sample.items), is_other)


def _pages(form: EndpointForm, parsed: ParsedPage) -> PageFacts:
    settings = pagination_settings(parsed.connection, form)
    page = form.sample.next_page if form.sample else None
    result = next_page_result(form.sample) if form.sample and page and page.pagination == settings else None
    failed = result.message if result and not result.is_good else ""
    return PageFacts(pages_of(parsed.connection, form), settings.type, failed)


def _install(workspace: Workspace, parsed: ParsedPage) -> InstallFacts:
    delivery, draft = workspace.evidence.delivery, parsed.draft
    return InstallFacts(
        errors=parsed.errors,
        is_ready=draft is not None,
        delivery=delivery.words if delivery else "",
        is_changed=delivery is not None and delivery.draft != draft,
        failure=delivery.issue if delivery else None,
    )
