"""The pagination of an endpoint, from the settings or from the sample."""

from dataclasses import replace

import pytest

from builder.inference import FoundPagination
from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.pagination import pages_of
from builder.web.connect.form import ConnectionForm
from builder.web.connect.parsing import parse_connection

_URL = "https://api.example.com/users"
_BODY = '{"users": [{"id": 1}, {"id": 2}], "meta": {"after_cursor": "abc"}}'


@pytest.fixture
def form() -> EndpointForm:
    return fill_in(EndpointForm(1, "/users"), parse_response(_BODY), "pasted", _URL)


def _pages(form: EndpointForm, **texts: str) -> FoundPagination:
    pages = pages_of(parse_connection(ConnectionForm({"baseUrl": "https://api.example.com", **texts})), form)
    assert pages is not None
    return pages


def _next(pages: FoundPagination) -> str:
    return pages.next_request.full_url if pages.next_request else ""


def test_with_auto_the_pagination_is_detected_in_the_sample(form: EndpointForm) -> None:
    pages = _pages(form, paginationType="auto")
    assert pages.is_recognised
    assert _next(pages) == f"{_URL}?after=abc"


def test_a_pagination_type_in_the_settings_is_shown(form: EndpointForm) -> None:
    pages = _pages(form, paginationType="cursor", cursorPath=".meta.after_cursor")
    assert not pages.is_recognised
    assert pages.next_rule == ".meta.after_cursor is sent as the parameter cursor"
    assert _next(pages) == f"{_URL}?cursor=abc"


def test_the_endpoints_own_pagination_takes_precedence(form: EndpointForm) -> None:
    own = replace(form, more='{"pagination": {"type": "cursor", "param": "from"}}')
    assert _next(_pages(own, paginationType="auto")) == f"{_URL}?from=abc"


def test_with_none_further_pages_in_the_sample_are_detected(form: EndpointForm) -> None:
    assert _pages(form, paginationType="none").is_recognised


@pytest.mark.parametrize(
    "texts",
    [{"paginationType": "cursor", "pageSize": "many"}, {"paginationType": "auto", "authType": "basic"}],
    ids=["a wrong setting", "a missing setting"],
)
def test_with_invalid_settings_the_pagination_is_detected_in_the_sample(
    form: EndpointForm, texts: dict[str, str]
) -> None:
    assert _pages(form, **texts).is_recognised


def test_a_contradiction_between_settings_and_sample_is_reported(form: EndpointForm) -> None:
    odd = fill_in(
        form, parse_response('{"users": [{"id": 1}], "meta": {"after_cursor": {"a": 1}}}'), "pasted", _URL
    )
    assert (
        "which only a JSON body can send"
        in _pages(odd, paginationType="cursor", cursorPath="meta.after_cursor").problem
    )


def test_there_is_no_pagination_without_a_sample(form: EndpointForm) -> None:
    assert pages_of(parse_connection(ConnectionForm()), replace(form, sample=None)) is None
