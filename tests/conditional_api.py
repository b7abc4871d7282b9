"""An API with validators. It counts what it sends, and can lie."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256
from typing import Any

import httpx

from tests.loopback_server import NOT_FOUND, Ending, Request, Response, serving

type Headers = dict[str, str]


def hashed(body: bytes, _: Request) -> Headers:
    """Return the ETag that frameworks send: a hash of the body."""
    return {"ETag": f'"{sha256(body).hexdigest()[:16]}"'}


@dataclass
class ConditionalApi:
    """Answers with JSON by request target, and with 304 where a request has the present validator.

    answers: by target, whose parameters are sorted.
    validators: the headers of a response, from its body. on_304: the headers of a 304, from those of the
    response that it stands for. headers: further headers by target. before: an answer in place of all that.
    sent: the bytes of all bodies. requests: all of them. confirmed: the targets that a 304 answered.
    url: its base URL, while it runs on a loopback port.
    """

    answers: dict[str, Any]
    validators: Callable[[bytes, Request], Headers] = hashed
    on_304: Callable[[Headers], Headers] = dict
    headers: dict[str, Headers] = field(default_factory=dict)
    before: Callable[[Request], Response | Ending | None] = lambda _: None
    url: str = "https://api.example"
    sent: int = 0
    requests: list[Request] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response | Ending:
        self.requests.append(request)
        if special := self.before(request):
            return special
        path, _, query = request.target.partition("?")
        target = "?".join(filter(None, [path, "&".join(sorted(query.split("&")))]))
        if target not in self.answers:
            return NOT_FOUND
        content = self.answers[target]
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {**self.validators(body, request), **self.headers.get(target, {})}
        if _holds(request, headers):
            self.confirmed.append(target)
            return Response(b"", 304, self.on_304(headers))
        self.sent += len(body)
        return Response(body, 200, headers)

    def forget(self) -> None:
        """Start counting anew."""
        self.sent = 0
        self.requests.clear()
        self.confirmed.clear()

    @property
    def conditions(self) -> list[str | None]:
        """The condition of each request."""
        return [each.headers["If-None-Match"] or each.headers["If-Modified-Since"] for each in self.requests]

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of httpx's transport, without a network."""
        headers = Message()
        for name, text in request.headers.items():
            headers[name] = text
        target = request.url.raw_path.decode()
        answer = self.answer(Request(request.method, target, headers, request.content))
        if isinstance(answer, Ending):
            raise httpx.ReadError("the connection ended", request=request)
        return httpx.Response(
            answer.status,
            headers={"Content-Type": "application/json", **answer.headers},
            content=answer.content,
        )

    @contextmanager
    def running(self) -> Iterator["ConditionalApi"]:
        with serving(self.answer) as self.url:
            yield self


def _holds(request: Request, headers: Headers) -> bool:
    if etag := request.headers["If-None-Match"]:
        return etag == headers.get("ETag")
    modified = request.headers["If-Modified-Since"]
    return modified is not None and modified == headers.get("Last-Modified")
