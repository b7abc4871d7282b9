"""Samples fetched from the sample API, and pasted samples."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.entered_settings import settings_of
from builder.pasted_response import parse_response
from builder.sampling import QUICK_LIMITS, check_connection, fetch_sample, quick
from expressions.paths import jq_path
from rest.errors import AuthError, ItemsError, SettingsError
from tests.loopback_server import Request, Response, serving

ROOT = Path(__file__).parents[2]
USERS = "/api/v1/users"
TASKS = "/api/v1/projects/{project_id}/tasks"
PROJECT_IDS: dict[str, Any] = {
    "endpoint": "/api/v1/projects",
    "data_path": ".data.projects",
    "field": ".project_id",
}


@pytest.fixture(scope="module")
def sample_url() -> Iterator[str]:
    """The sample API with a bearer token and numbered pages."""
    command = [sys.executable, "-m", "sandbox.sample_api", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield (
            "http://"
            + process.stdout.readline().partition("http://")[2].split()[0].rstrip("/")
            + "/bearer/page"
        )
        process.terminate()


@pytest.fixture
def config(sample_url: str) -> dict[str, Any]:
    return {
        "baseUrl": sample_url,
        "authType": "bearer_token",
        "apiToken": "sample-token",
        "paginationType": "page",
        "pageSize": "5",
    }


@pytest.mark.process
async def test_the_first_page_is_the_sample(config: dict[str, Any]) -> None:
    answer = await fetch_sample(config, USERS, {})
    assert len(answer.samples) == 1
    assert "page=1" in answer.url
    assert "sample-token" not in repr(answer)


@pytest.mark.process
async def test_a_nested_sample_has_the_values_of_the_parents(config: dict[str, Any]) -> None:
    answer = await fetch_sample(config, TASKS, {"path_parameters": {"project_id": PROJECT_IDS}})
    items = answer.items(jq_path(".tasks"))
    assert items
    assert all(item["__project_id"] == item["project_id"] for item in items)


@pytest.mark.process
async def test_data_path_query_and_min_items_are_ignored(config: dict[str, Any]) -> None:
    answer = await fetch_sample(config, USERS, {"data_path": ".wrong", "query": "nonsense", "min_items": 3})
    assert answer.first.status == 200


@pytest.mark.process
async def test_a_sample_of_a_job_is_its_result() -> None:
    """A sample starts the job, and waits for it."""

    def api(request: Request) -> Response:
        if request.method == "POST":
            return Response({"id": 7}, 202)
        return Response([{"id": "a"}] if request.path == "/exports/7/rows" else {"state": "done"})

    job: dict[str, Any] = {
        "id": ".id",
        "poll": "/exports/{id}",
        "done": ".state",
        "result": "/exports/{id}/rows",
    }
    with serving(api) as url:
        answer = await fetch_sample({"baseUrl": url}, "/exports", {"job": job})
    assert answer.items(None) == [{"id": "a"}]
    assert [exchange.status for exchange in answer.exchanges[0]] == [200]


@pytest.mark.process
async def test_a_sample_of_windows_is_of_the_newest_ones() -> None:
    targets: list[str] = []

    def api(request: Request) -> Response:
        targets.append(request.target)
        return Response([{"id": len(targets)}])

    windows: dict[str, Any] = {"from": "2024-01-01", "to": "2024-03-01", "size": "1mo", "format": "%Y-%m-%d"}
    with serving(api) as url:
        answer = await fetch_sample({"baseUrl": url}, "/days/{start}/{end}", {"windows": windows})
    assert targets == ["/days/2024-02-01/2024-03-01", "/days/2024-01-01/2024-02-01"]
    assert len(answer.samples) == 2


@pytest.mark.process
async def test_a_wrong_token_is_an_error(config: dict[str, Any]) -> None:
    with pytest.raises(AuthError, match="401"):
        await fetch_sample({**config, "apiToken": "wrong"}, USERS, {})


async def test_wrong_settings_are_an_error_before_any_request(config: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="pageSize"):
        await fetch_sample({**config, "pageSize": "many"}, USERS, {})


@pytest.mark.process
async def test_parents_without_values_are_an_error(config: dict[str, Any]) -> None:
    none = {**PROJECT_IDS, "filter": "false"}
    with pytest.raises(ItemsError, match="no parent item has a value"):
        await fetch_sample(config, TASKS, {"path_parameters": {"project_id": none}})


@pytest.mark.process
@pytest.mark.parametrize(
    ("changes", "kind", "is_good", "words"),
    [
        ({}, USERS, True, "the first page"),
        ({"apiToken": "wrong"}, USERS, False, "401"),
        ({"apiToken": "wrong"}, "", False, "401"),
        ({}, "", True, "the API responds"),
        ({"baseUrl": "http://127.0.0.1:9"}, "", False, "baseUrl"),
    ],
    ids=["an endpoint", "wrong token", "wrong token at the root", "the root", "nothing listens"],
)
async def test_a_connection_is_checked_by_a_real_request(
    config: dict[str, Any], changes: dict[str, str], kind: str, *, is_good: bool, words: str
) -> None:
    finding = await check_connection({**config, **changes}, kind)
    assert (finding.is_good, words in finding.message) == (is_good, True), finding


PASTED = {
    "json": ('{"users": [{"id": 1}]}', ".users", [{"id": 1}]),
    "with headers above": ('HTTP/2 200\r\nlink: <x>; rel="next"\r\n\r\n[{"id": 1}]', ".", [{"id": 1}]),
    "lines of json": ('{"id": 1}\n{"id": 2}\n', ".", [{"id": 1}, {"id": 2}]),
    "csv by its header": ("content-type: text/csv\n\nid,name\n1,x\n", ".", [{"id": "1", "name": "x"}]),
    "json over several lines": ('{\n\n"users": [{"id": 1}]\n}', ".users", [{"id": 1}]),
}


@pytest.mark.parametrize(("text", "path", "items"), PASTED.values(), ids=PASTED)
def test_a_pasted_response_is_parsed_like_one_of_the_api(text: str, path: str, items: list[Any]) -> None:
    assert parse_response(text).items(jq_path(path)) == items


def test_headers_may_be_pasted_separately() -> None:
    answer = parse_response("[1]", 'Link: <https://x.example/?page=2>; rel="next"\nX-Total-Count: 12')
    assert answer.first.headers["x-total-count"] == "12"


def test_a_pasted_response_of_a_child_has_path_parameters() -> None:
    assert parse_response(json.dumps([{"id": 1}]), kind="/p/{project}/x").items(None) == [
        {"project": "project-1", "id": 1, "__project": "project-1"}
    ]


@pytest.mark.parametrize("text", ["", "  \n", "<html>", '{"a": '], ids=["nothing", "blank", "html", "cut"])
def test_text_that_is_not_a_response_is_an_error(text: str) -> None:
    with pytest.raises(ItemsError):
        parse_response(text)


def test_a_check_waits_10_seconds_at_most() -> None:
    slow, fast = (settings_of({"baseUrl": "https://a.example", "timeout": text}) for text in (60, 3))
    assert (quick(slow).timeout, quick(fast).timeout, quick(slow).max_retries) == (10, 3, 0)
    assert QUICK_LIMITS.timeouts == 1


@pytest.mark.process
@pytest.mark.parametrize("status", [401, 429, 503])
async def test_a_check_sends_one_request(status: int) -> None:
    requests: list[Request] = []

    def answer(request: Request) -> Response:
        requests.append(request)
        return Response({"message": "Not now"}, status, {"Retry-After": "30"})

    with serving(answer) as url:
        finding = await check_connection({"baseUrl": url, "maxRetries": 9}, "/a", {})
    assert len(requests) == 1
    assert finding.error
    assert finding.error.what.startswith(f"Not now (status {status} ")


@pytest.mark.process
async def test_a_format_that_only_the_content_shows_is_tried() -> None:
    answers = {"/csv": "id;name\n1;a\n2;b\n", "/text": "oops", "/json": "[1]"}

    def api(request: Request) -> Response:
        return Response(answers[request.path], headers={"Content-Type": "text/plain"})

    with serving(api) as url:
        config = {"baseUrl": url}
        answer = await fetch_sample(config, "/csv", {})
        assert (answer.format, [item["name"] for item in answer.items(None)]) == ("csv", ["a", "b"])
        assert (await fetch_sample(config, "/json", {})).format is None
        with pytest.raises(ItemsError, match="not JSON"):
            await fetch_sample(config, "/text", {})
        with pytest.raises(ItemsError, match="not JSON lines"):
            await fetch_sample(config, "/csv", {"format": "lines"})
