"""Windows of time and export jobs in real resyncs. What fails keeps its entities."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.loopback_server import NOT_FOUND, Request, Response, serving

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_PAGE = 10


@dataclass
class Exports:
    """An API with events by time, and three styles of export jobs. Its files are on another server.

    breaks: the windows in the middle and the jobs fail. leaked: credentials that the file server received.
    """

    url: str = ""
    files_url: str = ""
    breaks: bool = False
    events: dict[str, datetime] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    polls: int = 0
    leaked: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        path, query = request.path, parse_qs(urlsplit(request.target).query)
        if path.startswith(("/events", "/teams/")):
            return self._events(path, query)
        if request.method == "POST":
            return self._start(path, json.loads(request.body))
        return self._state(path)

    def _events(self, path: str, query: dict[str, list[str]]) -> Response:
        times = query["q"][0].removeprefix("at:").split("..") if "q" in query else None
        since, until = times or (query["since"][0], query["until"][0])
        if self.breaks and since[:10] < (datetime.now(UTC) - timedelta(days=9)).strftime("%Y-%m-%d"):
            return Response({"message": "the range is not available"}, 400)
        prefix = path.removeprefix("/teams/").partition("/")[0] if path.startswith("/teams/") else ""
        # The end belongs to the window, as for many APIs.
        found = [
            {"id": f"{prefix}{name}"}
            for name, time in self.events.items()
            if since <= time.strftime("%Y-%m-%dT%H:%M:%SZ")[: len(since)] <= until
        ]
        page = int(query.get("page", ["1"])[0])
        return Response({"items": found[(page - 1) * _PAGE : page * _PAGE], "total": len(found)})

    def _start(self, path: str, body: Json) -> Response:
        self.started.append(path)
        self.polls = 0
        if path == "/accepted":
            return Response({"state": "queued"}, 202, {"Location": "/accepted/state"})
        return Response({"id": f"{body['dataset']} 7", "status": "queued"}, 201)

    def _state(self, path: str) -> Response:
        self.polls += 1
        if path == "/accepted/state":
            is_done = self.polls > 2
            return Response([{"id": "a1"}, {"id": "a2"}]) if is_done else Response({"state": "running"}, 202)
        if path == "/exports/users%207":
            if self.breaks:
                return Response({"status": "error", "reason": "the disk is full"})
            url = f"{self.files_url}/users.json.gz?X-Amz-Signature=0123456789abcdef"
            return Response({"status": "done", "url": url} if self.polls > 1 else {"status": "running"})
        if path == "/exports/bulk%207":
            return Response({"status": "done"})
        if path == "/exports/bulk%207/rows":
            return Response(b"id,name\nb1,One\nb2,Two\n", headers={"Content-Type": "text/csv"})
        return NOT_FOUND

    def file(self, request: Request) -> Response:
        self.leaked += [name for name in ("authorization", "x-tenant") if name in request.headers]
        if request.target != "/users.json.gz?X-Amz-Signature=0123456789abcdef":
            return Response({"error": "SignatureDoesNotMatch"}, 403)
        rows = "".join(json.dumps({"id": f"u{number}"}) + "\n" for number in range(100))
        return Response(gzip.compress(rows.encode()), headers={"Content-Type": "application/x-ndjson"})


@pytest.fixture
def exports() -> Iterator[Exports]:
    """Start the API and its file server."""
    api = Exports()
    # No event is at the start of a window, whenever the resync starts.
    newest = datetime.now(UTC) - timedelta(minutes=1)
    api.events = {f"e{number}": newest - timedelta(hours=12 * number) for number in range(60)}
    with ExitStack() as servers:
        api.url = servers.enter_context(serving(api.answer))
        # Another port is another origin.
        api.files_url = servers.enter_context(serving(api.file))
        yield api


def _entry(kind: str, blueprint: str, **selector: Any) -> Json:
    mappings = {"identifier": ".id", "title": ".id", "blueprint": f'"{blueprint}"'}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


_WINDOWS = {"from": "20d", "size": "3d"}
_JOB = {"id": ".id", "poll": "/exports/{id}", "every": 0.05, "failed": '.status == "error"'}
_MAPPING = {
    "resources": [
        _entry(
            "/events",
            "event",
            data_path=".items",
            pagination={"type": "page"},
            windows={**_WINDOWS, "start_param": "since", "end_param": "until"},
        ),
        _entry(
            "/teams/{team}/events",
            "team_event",
            data_path=".items",
            pagination={"type": "page"},
            query_params={"q": "at:{start}..{end}"},
            windows={**_WINDOWS, "format": "%Y-%m-%d"},
            path_parameters={"team": {"values": ["x", "y"]}},
        ),
        _entry("/accepted", "accepted", job={"request": {"body": {}}, "every": 0.05}),
        _entry(
            "/users",
            "user",
            job={
                **_JOB,
                "request": {"path": "/exports", "body": {"dataset": "users"}},
                "done": '.status == "done"',
                "result": ".url",
            },
        ),
        _entry(
            "/exports",
            "bulk",
            job={
                **_JOB,
                "request": {"body": {"dataset": "bulk"}},
                "done": '.status == "done"',
                "result": "/exports/{id}/rows",
            },
        ),
    ]
}


def test_windows_and_jobs_bring_all_items_and_their_failure_deletes_nothing(
    install: Callable[..., Any], port: Any, exports: Exports
) -> None:
    port.prepare(_MAPPING)
    installation = install(
        {
            "baseUrl": exports.url,
            "authType": "bearer_token",
            "authValue": "made-up-token",
            "customHeaders": {"X-Tenant": "acme"},
            "followOrigins": [exports.files_url],
            "maxRetries": 0,
        }
    )
    run = installation.sync(_MAPPING)
    assert run.failed == [], run.log
    assert set(port.entities("event")) == {f"e{number}" for number in range(40)}
    assert set(port.entities("team_event")) >= {f"{team}e{number}" for team in "xy" for number in range(40)}
    assert port.counts() | {"team_event": 0} == {
        "event": 40,
        "team_event": 0,
        "accepted": 2,
        "user": 100,
        "bulk": 2,
    }
    assert exports.started == ["/accepted", "/exports", "/exports"]
    assert exports.leaked == []
    assert "complete: " in run.log
    assert "X-Amz-Signature" not in run.log

    before = port.counts()
    exports.breaks = True
    exports.events["new"] = datetime.now(UTC)
    run = installation.sync()
    assert run.failed == ["/events", "/teams/{team}/events", "/users"], run.log
    assert "the job failed; its last state is" in run.log
    assert "status 400 Bad Request" in run.log
    assert port.counts() == {**before, "event": 41, "team_event": before["team_event"] + 2}


def test_an_item_that_leaves_the_first_window_leaves_port(
    install: Callable[..., Any], port: Any, exports: Exports
) -> None:
    """The windows say which items are read. All others are deleted, as the user asked."""
    mapping = {"resources": [_MAPPING["resources"][0]]}
    port.prepare(mapping)
    installation = install({"baseUrl": exports.url, "maxRetries": 0})
    assert installation.sync(mapping).failed == []
    exports.events = {name: time - timedelta(days=1) for name, time in exports.events.items()}
    assert installation.sync().failed == []
    assert set(port.entities("event")) == {f"e{number}" for number in range(38)}
