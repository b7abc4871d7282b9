"""A proxy between Ocean and the sandbox: it records requests, passes them on, and fails on command."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import ClassVar

from tests.loopback_server import Ending, Request, Response, serving
from tests.servers import client_of

# httpx sets these itself, for the decoded body.
_BODY_HEADERS = frozenset({"connection", "content-length", "transfer-encoding"})
# The server sets its own date.
_NOT_FORWARDED = _BODY_HEADERS | {"content-encoding", "date"}


class Misbehaviour(ABC):
    """One way in which Port or the network before it fails."""

    @abstractmethod
    def answer(self, request: Request, upstream: "Upstream") -> Response | Ending: ...


@dataclass(frozen=True, slots=True)
class Refuses(Misbehaviour):
    """An error status in Port's format. The request has no effect."""

    status: int
    head: dict[str, str] = field(default_factory=dict)

    def answer(self, request: Request, upstream: "Upstream") -> Response | Ending:  # noqa: ARG002
        body = {"ok": False, "error": f"made_up_{self.status}", "message": "requested by the test"}
        return Response(body, self.status, self.head)


@dataclass(frozen=True, slots=True)
class Drops(Misbehaviour):
    """No response. is_done: Port has carried out the request."""

    is_done: bool

    def answer(self, request: Request, upstream: "Upstream") -> Response | Ending:
        if self.is_done:
            upstream.answer(request)
        return Ending.CLOSE


class RefusesHalf(Misbehaviour):
    """Status 207: every second entity of a bulk fails, with errors by index."""

    def answer(self, request: Request, upstream: "Upstream") -> Response | Ending:
        entities = json.loads(request.body)["entities"]
        taken = [index for index in range(len(entities)) if index % 2 == 0]
        body = json.dumps({"entities": [entities[index] for index in taken]}).encode()
        answer = json.loads(upstream.answer(replace(request, body=body)).body)
        answer["entities"] = [{**each, "index": taken[each["index"]]} for each in answer["entities"]]
        answer["errors"] = [
            {
                "identifier": entity["identifier"],
                "index": index,
                "statusCode": 500,
                "error": "made_up",
                "message": "requested by the test",
            }
            for index, entity in enumerate(entities)
            if index not in taken
        ]
        return Response(answer, 207)


@dataclass(frozen=True, slots=True)
class Behind(Misbehaviour):
    """Port's clock is behind, in its `Date` header and in the times that it receives."""

    by: timedelta

    def answer(self, request: Request, upstream: "Upstream") -> Response | Ending:
        response = upstream.answer(self._shifted(request))
        date = format_datetime(datetime.now(UTC) - self.by, usegmt=True)
        return replace(response, headers={**response.headers, "Date": date})

    def _shifted(self, request: Request) -> Request:
        """Convert a time of Port's clock to the sandbox's clock."""
        body = json.loads(request.body) if "datasource-entities" in request.target else {}
        if not body.get("before"):
            return request
        body["before"] = (datetime.fromisoformat(body["before"]) + self.by).isoformat()
        return replace(request, body=json.dumps(body).encode())


@dataclass(slots=True)
class Rule:
    """A misbehaviour and the requests that it applies to.

    path: regular expression for the request path. after: number of matching requests that succeed first.
    times: None applies it always.
    """

    path: str
    misbehaviour: Misbehaviour
    after: int = 0
    times: int | None = 1
    seen: int = 0
    played: int = 0
    refuses: ClassVar = Refuses
    drops: ClassVar = Drops
    half: ClassVar = RefusesHalf
    behind: ClassVar = Behind

    def happens(self, request: Request) -> bool:
        """Count the request. Return whether the rule applies to it."""
        if not re.search(self.path, request.target):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.played >= self.times):
            return False
        self.played += 1
        return True


class Upstream:
    """The sandbox behind the proxy."""

    def __init__(self, url: str) -> None:
        self._http = client_of(url)

    def answer(self, request: Request) -> Response:
        """Return the sandbox's own response."""
        headers = {name: text for name, text in request.headers.items() if name.lower() not in _BODY_HEADERS}
        done = self._http.request(request.method, request.target, headers=headers, content=request.body)
        kept = {name: text for name, text in done.headers.items() if name.lower() not in _NOT_FORWARDED}
        return Response(done.content, done.status_code, kept)

    def close(self) -> None:
        self._http.close()


@dataclass
class PortProxy:
    """url: Ocean's Port URL. rules: the first matching rule applies."""

    upstream: Upstream
    url: str = ""
    rules: list[Rule] = field(default_factory=list)
    received: list[Request] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def answer(self, request: Request) -> Response | Ending:
        """Record the request and pass it on, unless a rule applies."""
        with self._lock:
            self.received.append(request)
            applied = next((rule for rule in self.rules if rule.happens(request)), None)
        return (
            applied.misbehaviour.answer(request, self.upstream) if applied else self.upstream.answer(request)
        )

    @property
    def text(self) -> str:
        """All requests of Ocean as text."""
        return "\n".join(each.text for each in self.received)


@contextmanager
def proxied(url: str) -> Iterator[PortProxy]:
    """Serve a proxy in front of a sandbox."""
    proxy = PortProxy(Upstream(url))
    with serving(proxy.answer) as proxy.url:
        yield proxy
    proxy.upstream.close()
