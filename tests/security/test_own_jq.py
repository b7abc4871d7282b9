"""jq of the mapping in the engine: it reads only the item or the response, in limited time."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from expressions.process import JqLimits
from expressions.program import JqProgram
from extraction import open_extractor
from rest.errors import JqError, ResourceError, SyncError
from rest.page import Item
from tests.security.programs import ENDLESS, GREEDY, HALTING, PRYING

pytestmark = pytest.mark.process

type Fetch = Callable[[str, str], Awaitable[list[Item]]]

SECRET = "hunter22-of-the-process"
LOW_LIMITS = JqLimits(timeout_s=0.5, max_bytes=300 * 2**20)
CHILDREN = {"endpoint": "/parents", "field": ".id"}
# Places for jq in the mapping: the kind and selector for an expression.
PLACES: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "data_path": lambda jq: ("/items", {"data_path": jq}),
    "field": lambda jq: ("/items?of={p}", {"path_parameters": {"p": {**CHILDREN, "field": jq}}}),
    "filter": lambda jq: ("/items?of={p}", {"path_parameters": {"p": {**CHILDREN, "filter": jq}}}),
    "parent_fields": lambda jq: (
        "/items?of={p}",
        {"path_parameters": {"p": {**CHILDREN, "parent_fields": {"more": jq}}}},
    ),
    "a computed parameter": lambda jq: (
        "/items",
        {"data_path": ".items", "query_params": {"q": {"jq": jq}}},
    ),
    "data_path of parents": lambda jq: (
        "/items?of={p}",
        {"path_parameters": {"p": {**CHILDREN, "data_path": jq}}},
    ),
    "cursor_path": lambda jq: (
        "/items",
        {"data_path": ".items", "pagination": {"type": "cursor", "cursor_path": f".|({jq})"}},
    ),
    "next_link_path": lambda jq: (
        "/items",
        {"data_path": ".items", "pagination": {"type": "next_link", "next_link_path": f".|({jq})"}},
    ),
    "has_more_path": lambda jq: (
        "/items",
        {"data_path": ".items", "pagination": {"type": "page", "has_more_path": f".|({jq})"}},
    ),
    "total_path": lambda jq: (
        "/items",
        {"data_path": ".items", "pagination": {"type": "offset", "total_path": f".|({jq})"}},
    ),
}


@pytest.fixture
def fetch(api: Any, web_reply: Any, monkeypatch: pytest.MonkeyPatch) -> Fetch:
    """Return a function that reads a small listing with an expression at a place, with low limits."""
    monkeypatch.setenv("PORT_CLIENT_SECRET", SECRET)
    monkeypatch.setattr("expressions.paths.JqProgram", partial(JqProgram, limits=LOW_LIMITS))
    api.answers |= {
        "/items": web_reply({"items": [{"id": 1}, {"id": 2}]}),
        "/parents": web_reply([{"id": 7}, {"id": 8}]),
    }

    async def fetch(place: str, expression: str) -> list[Item]:
        kind, selector = PLACES[place](expression)
        settings = Settings.from_config({"base_url": api.url, "max_retries": 0}, {})
        resource = read_resource(kind, selector, settings.pagination)
        async with open_extractor(settings, [resource]) as extractor:
            return [item async for batch in extractor.batches(resource) for item in batch]

    return fetch


@pytest.mark.parametrize("expression", PRYING.values(), ids=PRYING)
def test_an_expression_reads_only_its_input(
    expression: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Checked in its outputs, its errors and everything it writes."""
    monkeypatch.setenv("PORT_CLIENT_SECRET", SECRET)
    try:
        text = str(JqProgram(expression, LOW_LIMITS).outputs({"id": 1}))
    except JqError as error:
        text = str(error)
    written = capfd.readouterr()
    assert SECRET not in text + written.out + written.err
    assert "PATH" not in text
    assert written.out + written.err == ""


@pytest.mark.parametrize("place", PLACES)
async def test_no_place_of_the_mapping_reads_the_environment(place: str, fetch: Fetch, api: Any) -> None:
    """An expression's output is used in items, requests and errors."""
    try:
        text = str(
            await fetch(
                place, "env.PORT_CLIENT_SECRET // $ENV.PORT_CLIENT_SECRET // {unseen: (env | length)}"
            )
        )
    except (SyncError, ExceptionGroup) as error:
        text = repr(error)
    assert SECRET not in text + "\n".join(api.requests)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "expression",
    [ENDLESS["recursion"], GREEDY["a long list"], *HALTING.values()],
    ids=["endless", "greedy", *HALTING],
)
async def test_a_program_that_exceeds_a_limit_or_halts_fails_the_kind_in_time(
    expression: str, place: str, fetch: Fetch
) -> None:
    start = time.monotonic()
    with pytest.raises((SyncError, ExceptionGroup)):
        await fetch(place, expression)
    assert time.monotonic() - start < 15


async def test_error_names_the_place_and_the_limit(fetch: Fetch) -> None:
    with pytest.raises(SyncError) as caught:
        await fetch("data_path", "def f: f; f")
    assert "/items): data_path def f: f; f fails on the response" in str(caught.value)
    assert "it took longer than 0.5 s" in str(caught.value)


def test_a_program_that_grows_too_large_in_compilation_is_a_mapping_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("expressions.paths.JqProgram", partial(JqProgram, limits=LOW_LIMITS))
    pagination = Settings.from_config({"base_url": "https://api.example.com"}, {}).pagination
    with pytest.raises(ResourceError, match=r"data_path.*it ended its process"):
        read_resource("/items", {"data_path": GREEDY["a long text while it compiles"]}, pagination)
