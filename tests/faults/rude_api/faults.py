"""The API's faults by their name in the URL."""

import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from tests.faults.rude_api import cuts
from tests.faults.rude_api.bombs import brotli_bomb, gzip_bomb, spaces, stacked_bomb
from tests.faults.rude_api.wire import Connection, Response

type Play = Callable[[Connection, Response], Awaitable[None]]

_DEPTH = 100_000
_LOGIN = b"<!doctype html><title>Sign in</title><form action=/login><input name=user></form>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    times: number of requests for a page that it affects; None: all of them.
    every: it affects every nth request instead, whatever page it is for.
    """

    play: Play
    times: int | None = None
    every: int | None = None

    def happens(self, *, is_fault_page: bool, earlier: int, requests: int) -> bool:
        """Return whether the fault affects a request.

        earlier: earlier requests for this page. requests: requests for all pages so far, including this one.
        """
        if self.every:
            return requests % self.every == 0
        return is_fault_page and (self.times is None or earlier < self.times)


def _status(status: int, **headers: str) -> Play:
    """Return an error in JSON with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def play(connection: Connection, _right: Response) -> None:
        await connection.send(Response({"error": f"status {status}"}, status, named).whole)

    return play


async def _redirect_to_itself(connection: Connection, _right: Response) -> None:
    await connection.send(Response(status=302, headers={"Location": connection.request.target}).whole)


async def _redirect_elsewhere(connection: Connection, _right: Response) -> None:
    await connection.send(Response(status=302, headers={"Location": f"{connection.stranger}/login"}).whole)


def _body(content: bytes, **headers: str) -> Play:
    """Replace the body by another one with correct framing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def play(connection: Connection, right: Response) -> None:
        await connection.send(Response(content, right.status, {**right.headers, **named}).whole)

    return play


def _changed(change: Callable[[bytes], bytes], **headers: str) -> Play:
    """Change the bytes of the correct body."""

    async def play(connection: Connection, right: Response) -> None:
        await _body(change(right.content), **headers)(connection, right)

    return play


async def _way_to_itself(connection: Connection, right: Response) -> None:
    """Replace the third page's cursor or link by the one that led to it."""
    link = {name: text.replace("after=29", "after=19") for name, text in right.headers.items()}
    content = right.content.replace(b"after=29", b"after=19").replace(b'"29"', b'"19"')
    await _body(content, **link)(connection, right)


async def _no_body_and_no_length(connection: Connection, right: Response) -> None:
    """Close the connection after the headers. In HTTP, this is a valid end of an empty body."""
    await connection.send(right.head("Connection: close"))
    connection.close()


def _endless(encoding: str, parts: Callable[[], tuple[bytes, bytes]], status: int = 200) -> Play:
    """Return a body without end: a start, and a part that is repeated."""

    async def play(connection: Connection, right: Response) -> None:
        coded = (f"Content-Encoding: {encoding}",) if encoding else ()
        start, part = parts()
        await connection.send(replace(right, status=status).head("Transfer-Encoding: chunked", *coded))
        await connection.send(b"%x\r\n%b\r\n" % (len(start), start))
        while True:
            await connection.send(b"%x\r\n%b\r\n" % (len(part), part))

    return play


def _renamed_twice(content: bytes) -> bytes:
    """Write each item's name twice. JSON readers take the last one."""
    return content.replace(b'"name":', b'"name": "wrong", "name":')


def _deeper(content: bytes) -> bytes:
    nest = b"[" * _DEPTH + b"]" * _DEPTH
    return content.replace(b'"name":', b'"nest": %b, "name":' % nest, 1)


def _half_gzip(content: bytes) -> bytes:
    packed = gzip.compress(content)
    return packed[: len(packed) // 2]


_BY_NAME: dict[str, Fault] = {
    "right": Fault(lambda connection, right: connection.send(right.whole)),
    "reset_before_headers": Fault(cuts.reset_before_headers),
    "closed_before_headers": Fault(cuts.closed_before_headers),
    "reset_in_headers": Fault(cuts.reset_in_headers),
    "closed_in_headers": Fault(cuts.closed_in_headers),
    "reset_after_headers": Fault(cuts.reset_after_headers),
    "half_body": Fault(cuts.half_body),
    "length_too_short": Fault(cuts.length_too_short),
    "length_too_long": Fault(cuts.length_too_long),
    "length_no_number": Fault(cuts.length_no_number),
    "two_lengths": Fault(cuts.two_lengths),
    "chunk_cut": Fault(cuts.chunk_cut),
    "last_chunk_missing": Fault(cuts.last_chunk_missing),
    "chunk_size_no_number": Fault(cuts.chunk_size_no_number),
    "no_http": Fault(cuts.no_http),
    "endless_headers": Fault(cuts.endless_headers),
    "silence": Fault(cuts.silence),
    "silence_after_headers": Fault(cuts.silence_after_headers),
    "trickled_headers": Fault(cuts.trickled_headers),
    "trickled_body": Fault(cuts.trickled_body),
    "429_storm": Fault(_status(429, Retry_After="0")),
    "429_for_days": Fault(_status(429, Retry_After="999999")),
    "500_always": Fault(_status(500)),
    "500_every_10th": Fault(_status(500, Retry_After="0"), every=10),
    "401": Fault(_status(401)),
    "403": Fault(_status(403)),
    "404": Fault(_status(404)),
    "410": Fault(_status(410)),
    "error_body": Fault(_body(json.dumps({"error": "the database is down"}).encode())),
    "login_page": Fault(_body(_LOGIN, Content_Type="text/html")),
    "login_page_called_json": Fault(_body(_LOGIN)),
    "redirect_loop": Fault(_redirect_to_itself),
    "redirect_elsewhere": Fault(_redirect_elsewhere),
    "redirect_nowhere": Fault(_status(302, Location="http://[")),
    "no_body": Fault(_body(b"")),
    "no_body_and_no_length": Fault(_no_body_and_no_length),
    "deep_json": Fault(_changed(_deeper)),
    "name_twice": Fault(_changed(_renamed_twice)),
    "nan": Fault(_changed(lambda content: content.replace(b'"id": ', b'"size": NaN, "id": ', 1))),
    "invalid_utf8": Fault(_changed(lambda content: content.replace(b"item ", b"\xff\xfe ", 1))),
    "way_to_itself": Fault(_way_to_itself),
    "half_gzip": Fault(_changed(_half_gzip, Content_Encoding="gzip")),
    "no_gzip": Fault(_changed(bytes, Content_Encoding="gzip")),
    "huge_body": Fault(_endless("", spaces)),
    "gzip_bomb": Fault(_endless("gzip", gzip_bomb)),
    "brotli_bomb": Fault(_endless("br", brotli_bomb)),
    "stacked_bomb": Fault(_endless("gzip, gzip", stacked_bomb)),
    "huge_body_401": Fault(_endless("", spaces, 401)),
    "gzip_bomb_401": Fault(_endless("gzip", gzip_bomb, 401)),
    "token": Fault(_body(b'{"access_token": "made-up"}')),
}
# Transient faults: the same, but only once.
_TRANSIENT = (
    "reset_before_headers",
    "closed_before_headers",
    "reset_in_headers",
    "reset_after_headers",
    "half_body",
    "length_too_long",
    "chunk_cut",
    "silence",
    "429_storm",
    "500_always",
)
FAULTS: Mapping[str, Fault] = MappingProxyType(
    {**_BY_NAME, **{f"{name}_once": Fault(_BY_NAME[name].play, times=1) for name in _TRANSIENT}}
)
