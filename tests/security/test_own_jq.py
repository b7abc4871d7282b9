"""jq of the mapping in our own expressions: it sees the item or the answer, and comes to an end."""

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
from tests.security.programs import CURIOUS, ENDING, ENDLESS, GREEDY

pytestmark = pytest.mark.process

type Fetch = Callable[[str, str], Awaitable[list[Item]]]

SECRET = "hunter22-of-the-process"
SOON = JqLimits(timeout_s=0.5, max_bytes=300 * 2**20)
CHILDREN = {"endpoint": "/parents", "field": ".id"}
# Where the mapping can have jq of ours: kind and selector, by the expression.
PLACES: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "data_path": lambda jq: ("/items", {"data_path": jq}),
    "field": lambda jq: ("/items?of={p}", {"path_parameters": {"p": {**CHILDREN, "field": jq}}}),
    "filter": lambda jq: ("/items?of={p}", {"path_parameters": {"p": {**CHILDREN, "filter": jq}}}),
    "parent_fields": lambda jq: (
        "/items?of={p}",
        {"path_parameters": {"p": {**CHILDREN, "parent_fields": {"more": jq}}}},
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
    """The items of a small listing, with an expression at a place, within small limits."""
    monkeypatch.setenv("PORT_CLIENT_SECRET", SECRET)
    monkeypatch.setattr("expressions.paths.JqProgram", partial(JqProgram, limits=SOON))
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


@pytest.mark.parametrize("expression", CURIOUS.values(), ids=CURIOUS)
def test_no_expression_sees_more_than_its_input(
    expression: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither in what it gives, nor in what it fails with, nor in what it writes."""
    monkeypatch.setenv("PORT_CLIENT_SECRET", SECRET)
    try:
        told = str(JqProgram(expression, SOON).outputs({"id": 1}))
    except JqError as error:
        told = str(error)
    written = capfd.readouterr()
    assert SECRET not in told + written.out + written.err
    assert "PATH" not in told
    assert written.out + written.err == ""


@pytest.mark.parametrize("place", PLACES)
async def test_no_place_of_the_mapping_sees_the_environment(place: str, fetch: Fetch, api: Any) -> None:
    """What an expression gives goes into items, into requests and into errors."""
    try:
        told = str(
            await fetch(
                place, "env.PORT_CLIENT_SECRET // $ENV.PORT_CLIENT_SECRET // {unseen: (env | length)}"
            )
        )
    except (SyncError, ExceptionGroup) as error:
        told = repr(error)
    assert SECRET not in told + "\n".join(api.requests)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "expression",
    [ENDLESS["recursion"], GREEDY["a long list"], *ENDING.values()],
    ids=["endless", "greedy", *ENDING],
)
async def test_what_does_not_end_well_fails_the_kind_in_time(
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


def test_text_that_is_too_large_while_it_compiles_is_a_mistake_of_the_mapping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("expressions.paths.JqProgram", partial(JqProgram, limits=SOON))
    pagination = Settings.from_config({"base_url": "https://api.example.com"}, {}).pagination
    with pytest.raises(ResourceError, match=r"data_path.*it ended its process"):
        read_resource("/items", {"data_path": GREEDY["a long text while it compiles"]}, pagination)
