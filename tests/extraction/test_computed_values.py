"""Computed values in requests: evaluated once a resync, before the first request of a kind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from configuration.incremental import Changes, Incremental
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Resource
from extraction.computed_values import ComputedValues
from extraction.endpoints import template_key
from rest.errors import ResourceError

NOON = 1_767_268_800
VALUES = ComputedValues(NOON, {"pageSize": 50})


def resource(**selector: Any) -> Resource:
    return read_resource("/a", selector, PaginationSettings())


async def test_values_are_put_into_parameters_headers_and_body() -> None:
    wanted = resource(
        query_params={
            "since": {"jq": "now | todate"},
            "tag": ["a", {"jq": '["b", null, 3]'}],
            "no": {"jq": "null"},
        },
        headers={"X-Size": {"jq": ".settings.pageSize"}, "X-No": {"jq": "null"}},
        body={"filter": [{"from": {"jq": "now"}}]},
    )
    filled = await VALUES.filled(wanted.endpoint)
    assert sorted(filled.query_params) == [
        ("since", "2026-01-01T12:00:00Z"),
        ("tag", "3"),
        ("tag", "a"),
        ("tag", "b"),
    ]
    assert filled.headers == (("X-Size", "50"),)
    assert filled.body == {"filter": [{"from": NOON}]}


async def test_whole_body_can_be_computed() -> None:
    filled = await VALUES.filled(resource(body={"jq": "{from: now}"}).endpoint)
    assert filled.body == {"from": NOON}


async def test_incremental_run_gives_its_cursor() -> None:
    endpoint = resource(query_params={"since": {"jq": ".since"}}).endpoint
    changes = Changes(Incremental("x"), datetime.fromtimestamp(NOON, UTC))
    assert (await VALUES.filled(endpoint)).query_params == ()
    assert (await VALUES.filled(endpoint, changes)).query_params == (("since", str(NOON - 60)),)
    behind = changes.for_clock(timedelta(seconds=40))
    assert (await VALUES.filled(endpoint, behind)).query_params == (("since", str(NOON - 100)),)


async def test_braces_of_an_expression_are_no_placeholders() -> None:
    wanted = read_resource(
        "/a/{now}",
        {"path_parameters": {"now": {"values": [1]}}, "body": {"jq": "{now}"}},
        PaginationSettings(),
    )
    assert (await VALUES.filled(wanted.endpoint)).body == {"now": NOON}


def test_templates_with_different_expressions_differ() -> None:
    one, other = (resource(body={"from": {"jq": text}}).endpoint for text in ("now", "now - 1"))
    assert template_key(one) != template_key(other)


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        (
            {"query_params": {"q": {"jq": "{a: 1}"}}},
            "selector.query_params.q: the expression returns a value of type",
        ),
        (
            {"query_params": {"q": {"jq": "[[1]]"}}},
            "selector.query_params.q: the expression returns a value of type",
        ),
        (
            {"headers": {"X": {"jq": "[1]"}}},
            "selector.headers.X: the expression does not return a text in ASCII",
        ),
        (
            {"headers": {"X": {"jq": '"a\\nb"'}}},
            "selector.headers.X: the expression does not return a text in ASCII",
        ),
        ({"body": {"x": {"jq": 'error("no")'}}}, "selector.body.x: the expression fails: no"),
    ],
)
async def test_value_that_does_not_fit_names_its_key(selector: Any, reason: str) -> None:
    with pytest.raises(ResourceError) as caught:
        await VALUES.evaluate(resource(**selector))
    assert str(caught.value).startswith(reason)


async def test_value_of_a_parent_fails_before_the_first_request() -> None:
    parent = {"endpoint": "/p", "field": ".id", "query_params": {"q": {"jq": "error"}}}
    wanted = read_resource("/a/{x}", {"path_parameters": {"x": parent}}, PaginationSettings())
    with pytest.raises(
        ResourceError, match=r"selector\.path_parameters\.x\.query_params\.q: the expression fails"
    ):
        await VALUES.evaluate(wanted)
