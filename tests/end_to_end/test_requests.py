"""Requests of every kind in a real resync: bodies, computed values, ranges, scrolls, and pages too large."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.loopback_server import NOT_FOUND, Request, Response, serving

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Install = Callable[..., Any]

ITEMS = [{"id": f"i{number}", "sort": [number // 2, f"i{number}"]} for number in range(7)]


def _form(request: Request) -> Response:
    fields = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
    start = int(fields["offset"])
    is_form = request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    if not is_form or fields["format"] != "json":
        return Response({"stat": "fail"}, 415)
    return Response({"monitors": ITEMS[start : start + int(fields["limit"])], "total": len(ITEMS)})


def _aql(request: Request) -> Response:
    text = request.body.decode()
    start = int(text.partition(".offset(")[2].partition(")")[0])
    is_text = request.headers["Content-Type"].startswith("text/plain")
    return Response({"results": ITEMS[start : start + 3]}) if is_text else Response(None, 415)


def _range(request: Request) -> Response:
    first, _, last = request.headers["Range"].removeprefix("items=").partition("-")
    found = ITEMS[int(first) : int(last) + 1]
    content_range = f"{first}-{int(first) + len(found) - 1}/{len(ITEMS)}"
    return Response(found, 206, {"Content-Range": content_range})


def _search(request: Request) -> Response:
    body = json.loads(request.body)
    found = [item for item in ITEMS if item["sort"] > body.get("search_after", [-1])]
    return Response({"hits": {"hits": found[: body["size"]]}})


def _scroll(request: Request) -> Response:
    body = json.loads(request.body)
    start = int(body.get("scroll_id", "0"))
    if request.path == "/_search/scroll" and body.keys() != {"scroll", "scroll_id"}:
        return Response(None, 400)
    return Response({"_scroll_id": str(start + 3), "hits": ITEMS[start : start + 3], "total": len(ITEMS)})


def _since(request: Request) -> Response:
    since = parse_qs(urlsplit(request.target).query)["since"][0]
    age = datetime.now(UTC) - datetime.fromisoformat(since)
    return Response(ITEMS if timedelta(days=30) <= age < timedelta(days=31) else [])


def _fragile(request: Request) -> Response:
    query = parse_qs(urlsplit(request.target).query)
    start, limit = int(query["offset"][0]), int(query["limit"][0])
    return Response({"items": ITEMS[start : start + limit]}) if limit <= 2 else Response(None, 504)


ANSWERS = {
    "/v2/getMonitors": _form,
    "/api/search/aql": _aql,
    "/people": _range,
    "/index/_search": _search,
    "/scrolled/_search": _scroll,
    "/_search/scroll": _scroll,
    "/incidents": _since,
    "/fragile": _fragile,
}
OFFSET = {"type": "offset", "page_size": 3}
IN_BODY = {**OFFSET, "param_location": "body"}
SELECTORS: dict[str, Json] = {
    "/v2/getMonitors": {
        "method": "POST",
        "retry": True,
        "body_type": "form",
        "body": {"format": "json"},
        "data_path": ".monitors",
        "pagination": IN_BODY,
    },
    "/api/search/aql": {
        "method": "POST",
        "body_type": "text",
        "body": 'items.find({"repo": "libs"}).offset({offset}).limit({limit})',
        "data_path": ".results",
        "pagination": IN_BODY,
    },
    "/people": {
        "pagination": {
            **OFFSET,
            "param": "Range",
            "param_location": "header",
            "param_format": "items={start}-{end}",
        }
    },
    "/index/_search": {
        "method": "POST",
        "data_path": ".hits.hits",
        "pagination": {
            "type": "cursor",
            "param": "search_after",
            "param_location": "body",
            "size_param": "size",
            "page_size": 3,
            "cursor_path": ".hits.hits[-1].sort",
        },
    },
    "/scrolled/_search": {
        "method": "POST",
        "body": {"query": {"match_all": {}}},
        "retry": True,
        "data_path": ".hits",
        "pagination": {
            "type": "cursor",
            "param": "scroll_id",
            "param_location": "body",
            "size_param": "-",
            "cursor_path": "_scroll_id",
            "then": {"path": "/_search/scroll", "body": {"scroll": "1m"}},
        },
    },
    "/incidents": {"query_params": {"since": {"jq": "now - 30 * 86400 | todate"}}},
    "/fragile": {"data_path": ".items", "pagination": {**OFFSET, "page_size": 7, "page_size_min": 2}},
}


def _mapping(selectors: dict[str, Json]) -> Json:
    return {
        "resources": [
            {
                "kind": kind,
                "selector": {"query": "true", **selector},
                "port": {
                    "entity": {
                        "mappings": {
                            "identifier": f'"{number}-" + .id',
                            "blueprint": f'"thing{number}"',
                        }
                    }
                },
            }
            for number, (kind, selector) in enumerate(selectors.items())
        ]
    }


@contextmanager
def _api() -> Iterator[tuple[str, list[Request]]]:
    requests: list[Request] = []

    def answer(request: Request) -> Response:
        requests.append(request)
        respond = ANSWERS.get(request.path)
        return respond(request) if respond else NOT_FOUND

    with serving(answer) as url:
        yield url, requests


def test_every_kind_of_request_is_read_to_its_end(install: Install, port: Any) -> None:
    mapping = _mapping(SELECTORS)
    with _api() as (url, _):
        port.prepare(mapping)
        run = install({"baseUrl": url}).sync(mapping)
    assert run.failed == [], run.log
    for number in range(len(SELECTORS)):
        expected = {f"{number}-{item['id']}" for item in ITEMS}
        assert port.entities(f"thing{number}").keys() == expected, list(SELECTORS)[number]


MISTAKES: dict[str, tuple[Json, str]] = {
    "/a": ({"body_type": "form"}, "selector.body_type: has no effect without a body"),
    "/b": (
        {"body_type": "text", "body": {"a": 1}},
        "selector.body: got a value of type object, accepts text",
    ),
    "/c": ({"query_params": {"since": {"jq": "now | nothing"}}}, "selector.query_params.since: got"),
    "/d": ({"headers": {"X-From": {"jq": "[1]"}}}, "selector.headers.X-From: the expression"),
    "/e": ({"pagination": {"type": "page", "param_format": "{start}"}}, "which has no {page}"),
    "/f": (
        {"pagination": {"type": "cursor", "then": {"pat": "/x"}}},
        "then.pat: is unknown; did you",
    ),
    "/g": ({"pagination": {"type": "next_link", "page_size_min": 5}}, "page_size_min: has no effect with"),
}


def test_wrong_use_fails_its_kind_before_a_request(install: Install, port: Any) -> None:
    mapping = _mapping({kind: selector for kind, (selector, _) in MISTAKES.items()})
    with _api() as (url, requests):
        port.prepare(mapping)
        run = install({"baseUrl": url}).sync(mapping)
    assert sorted(run.failed) == sorted(MISTAKES)
    assert requests == []
    assert [message for _, message in MISTAKES.values() if message not in run.log] == []
