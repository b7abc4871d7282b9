"""How a listing goes on: as the settings say, and else as the sample shows."""

from dataclasses import replace

import pytest

from builder.inference import FoundPagination
from builder.sampling import pasted
from builder.web.connecting import connection_reading
from builder.web.looking import looked_at
from builder.web.paging import pages_of
from builder.web.workspace import ConnectionForm, EndpointForm

_URL = "https://api.example.com/users"
_BODY = '{"users": [{"id": 1}, {"id": 2}], "meta": {"after_cursor": "abc"}}'


@pytest.fixture
def form() -> EndpointForm:
    return looked_at(EndpointForm(1, "/users"), pasted(_BODY), "pasted", _URL)


def _pages(form: EndpointForm, **texts: str) -> FoundPagination:
    pages = pages_of(
        connection_reading(ConnectionForm({"baseUrl": "https://api.example.com", **texts})), form
    )
    assert pages is not None
    return pages


def _next(pages: FoundPagination) -> str:
    return pages.next_request.full_url if pages.next_request else ""


def test_with_auto_the_sample_says_it(form: EndpointForm) -> None:
    pages = _pages(form, paginationType="auto")
    assert pages.is_recognised
    assert _next(pages) == f"{_URL}?after=abc"


def test_what_is_set_is_what_is_shown(form: EndpointForm) -> None:
    pages = _pages(form, paginationType="cursor", cursorPath=".meta.after_cursor")
    assert not pages.is_recognised
    assert pages.next_rule == ".meta.after_cursor is sent as the parameter cursor"
    assert _next(pages) == f"{_URL}?cursor=abc"


def test_an_endpoint_s_own_wins(form: EndpointForm) -> None:
    own = replace(form, more='{"pagination": {"type": "cursor", "param": "from"}}')
    assert _next(_pages(own, paginationType="auto")) == f"{_URL}?from=abc"


def test_one_page_in_the_settings_and_more_in_the_sample_is_seen(form: EndpointForm) -> None:
    assert _pages(form, paginationType="none").is_recognised


@pytest.mark.parametrize(
    "texts",
    [{"paginationType": "cursor", "pageSize": "many"}, {"paginationType": "auto", "authType": "basic"}],
    ids=["a wrong setting", "a setting is missing"],
)
def test_settings_that_are_not_complete_leave_it_to_the_sample(
    form: EndpointForm, texts: dict[str, str]
) -> None:
    assert _pages(form, **texts).is_recognised


def test_what_the_page_says_against_the_settings_is_told(form: EndpointForm) -> None:
    odd = looked_at(
        form, pasted('{"users": [{"id": 1}], "meta": {"after_cursor": {"a": 1}}}'), "pasted", _URL
    )
    assert "no cursor" in _pages(odd, paginationType="cursor", cursorPath="meta.after_cursor").problem


def test_without_a_sample_there_is_nothing_to_say(form: EndpointForm) -> None:
    assert pages_of(connection_reading(ConnectionForm()), replace(form, seen=None)) is None
