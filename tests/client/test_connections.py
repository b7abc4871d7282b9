"""The connections to the API, against servers on the loopback interface."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from client import Connections, has_proxies
from tests.tls_authority import Authority

pytestmark = pytest.mark.process

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TIMEOUTS = httpx.Timeout(5, read=0.2)

type Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """A server that passes the head of each request to `handle`. ports: of the client, by request."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self.ports: list[int] = []
        self.heads: list[bytes] = []
        self.opened = 0
        self.closed = 0
        self.url = ""
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def stop(self) -> None:
        for task, writer in self._open.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0.01)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open[task] = writer
        self.opened += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.ports.append(writer.get_extra_info("peername")[1])
                self.heads.append(head)
                await self._handle(head, writer)
        self.closed += 1
        writer.close()


@asynccontextmanager
async def serving(handle: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(handle)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/"
    try:
        yield server
    finally:
        listening.close()
        await server.stop()


def client(limit: int = 10) -> httpx.AsyncClient:
    connections = Connections(verify=ssl.create_default_context(), limit=limit)
    return httpx.AsyncClient(transport=connections, timeout=TIMEOUTS)


async def answer_ok(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


async def hang_up(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


def sending(*parts: bytes, closing: bool = False) -> Handler:
    async def handle(_: bytes, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.01)
        if closing:
            writer.close()

    return handle


async def settled(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the server cannot set an event for each condition
            await asyncio.sleep(0.01)


async def test_requests_one_after_another_use_one_connection() -> None:
    async with serving(answer_ok) as server:
        async with client() as http:
            for _ in range(3):
                answer = await http.get(server.url)
                assert (answer.status_code, answer.text, answer.http_version) == (200, "ok", "HTTP/1.1")
                assert answer.reason_phrase == "OK"
            assert len(set(server.ports)) == 1
        await settled(lambda: server.closed == 1)


async def test_requests_at_once_use_a_connection_each_and_keep_them() -> None:
    started = asyncio.Event()

    async def wait(_: bytes, writer: asyncio.StreamWriter) -> None:
        await started.wait()
        writer.write(OK)

    async with serving(wait) as server, client() as http:
        requests = [asyncio.create_task(http.get(server.url)) for _ in range(3)]
        await settled(lambda: len(server.ports) == 3)
        started.set()
        await asyncio.gather(*requests)
        await asyncio.gather(*(http.get(server.url) for _ in range(3)))
        assert server.opened == 3


async def test_unread_response_does_not_serve_another_request() -> None:
    async with serving(answer_ok) as server, client() as http:
        async with http.stream("GET", server.url):
            pass
        await http.get(server.url)
        assert len(set(server.ports)) == 2


async def test_response_that_is_closed_twice_gives_its_connection_back_once() -> None:
    async with serving(answer_ok) as server, client() as http:
        answer = await http.send(http.build_request("GET", server.url), stream=True)
        await answer.aread()
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        await answer.stream.aclose()
        await asyncio.gather(*(http.get(server.url) for _ in range(2)))
        assert server.opened == 2


@pytest.mark.parametrize(
    "last_words",
    [b"", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"],
    ids=["closed", "answered"],
)
async def test_connection_that_the_server_left_is_not_used(last_words: bytes) -> None:
    async def answer_and_leave(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await asyncio.sleep(0.05)
        writer.write(last_words)
        if not last_words:
            writer.close()

    async with serving(answer_and_leave) as server, client() as http:
        await http.get(server.url)
        await asyncio.sleep(0.1)
        assert (await http.get(server.url)).status_code == 200
        assert len(set(server.ports)) == 2


async def test_idle_connections_to_other_servers_are_closed_at_the_limit() -> None:
    async with serving(answer_ok) as some, serving(answer_ok) as other, client(limit=1) as http:
        await http.get(some.url)
        await http.get(other.url)
        await settled(lambda: some.closed == 1)
        await http.get(other.url)
        assert other.opened == 1


async def test_connection_to_another_server_stays_open() -> None:
    async with serving(answer_ok) as some, serving(answer_ok) as other, client() as http:
        for server in (some, other, some):
            await http.get(server.url)
        assert (some.opened, other.opened) == (1, 1)


async def test_body_of_a_request_is_sent() -> None:
    bodies: list[bytes] = []

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        bodies.append(head)
        writer.write(OK)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"a=1\r\n"
        yield b"\r\n"

    async with serving(handle) as server, client() as http:
        await http.post(server.url, content=b"name\r\n\r\n")
        await settled(lambda: len(bodies) == 2)
    async with serving(handle) as server, client() as http:
        await http.post(server.url, content=chunks())
    assert bodies[1] == b"name\r\n\r\n"
    assert bodies[2].startswith(b"POST / HTTP/1.1\r\n")
    assert b"Transfer-Encoding: chunked" in bodies[2]


async def test_body_that_comes_in_parts_is_whole() -> None:
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving(sending(head, b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n")) as server, client() as http:
        assert (await http.get(server.url)).text == "abcde"
        assert (await http.get(server.url)).text == "abcde"
        assert server.opened == 1


async def test_large_body_is_read_while_it_arrives() -> None:
    """The transport pauses when the reader falls behind."""
    body = b"x" * 2**22
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    async with serving(sending(head + body)) as server, client() as http:
        async with http.stream("GET", server.url) as answer:
            await asyncio.sleep(0.05)
            assert sum([len(chunk) async for chunk in answer.aiter_raw()]) == len(body)
        assert (await http.get(server.url)).status_code == 200


async def test_body_that_the_end_of_the_connection_ends_is_whole() -> None:
    async with serving(sending(b"HTTP/1.1 200 OK\r\n\r\n", b"abc", closing=True)) as server, client() as http:
        assert (await http.get(server.url)).text == "abc"
        assert (await http.get(server.url)).text == "abc"
        assert server.opened == 2


async def test_truncated_body_is_a_protocol_error() -> None:
    handler = sending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", closing=True)
    async with serving(handler) as server, client() as http:
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            await http.get(server.url)


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (hang_up, "Server disconnected without sending a response"),
        (sending(b"SSH-2.0-x\r\n\r\n"), "illegal status line"),
        (sending(b"HTTP/1.1 200 OK\r\nA: " + b"x" * 2**18), "Receive buffer too long"),
    ],
)
async def test_what_is_not_http_is_a_protocol_error(handler: Handler, words: str) -> None:
    async with serving(handler) as server, client() as http:
        with pytest.raises(httpx.RemoteProtocolError, match=words):
            await http.get(server.url)


async def test_silent_server_is_a_read_timeout() -> None:
    async with serving(sending()) as server, client() as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(server.url)
        await settled(lambda: server.closed == 1)


async def test_reset_connection_is_a_read_error() -> None:
    async def reset(_: bytes, writer: asyncio.StreamWriter) -> None:
        transport = writer.transport
        transport.get_extra_info("socket").setsockopt(1, 13, b"\x01\0\0\0\0\0\0\0")  # SO_LINGER: reset
        transport.abort()

    async with serving(reset) as server, client() as http:
        with pytest.raises(httpx.ReadError):
            await http.get(server.url)


async def test_cancelled_request_closes_its_connection() -> None:
    async with serving(sending()) as server, client() as http:
        request = asyncio.create_task(http.get(server.url))
        await settled(lambda: len(server.ports) == 1)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await settled(lambda: server.closed == 1)


async def test_port_where_nothing_listens_is_a_connect_error() -> None:
    async with serving(answer_ok) as server:
        url = server.url
    async with client() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(url)


async def test_tls_handshake_that_hangs_is_a_connect_timeout() -> None:
    async with serving(sending()) as server, client() as http:
        with pytest.raises(httpx.ConnectTimeout):
            await http.get(server.url.replace("http", "https"), timeout=0.1)


async def test_server_that_reads_slowly_receives_everything() -> None:
    async def wait(head: bytes, _: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1 if head.startswith(b"POST") else 0)

    lines = (b"x" * 10_000 + b"\r\n\r\n") * 1000
    async with serving(wait) as server, client() as http:
        request = asyncio.create_task(http.post(server.url, content=lines, timeout=5))
        await settled(lambda: len(server.heads) == 1001)
        request.cancel()


async def test_tls_connections_are_kept(tmp_path: Path) -> None:
    authority = Authority()
    issued = authority.issue("127.0.0.1")
    (tmp_path / "cert.pem").write_text(issued.certificate + issued.key)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(tmp_path / "cert.pem")
    trusting = ssl.create_default_context(cadata=authority.pem)
    async with serving(answer_ok, own) as server:
        async with httpx.AsyncClient(
            transport=Connections(verify=trusting, limit=1), timeout=TIMEOUTS
        ) as http:
            for _ in range(2):
                assert (await http.get(server.url)).text == "ok"
            assert server.opened == 1
        async with client() as http:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.get(server.url)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"HTTP_PROXY": "http://proxy:1"}, True),
        ({"https_proxy": "http://proxy:1"}, True),
        ({"ALL_PROXY": "http://proxy:1"}, True),
        ({"NO_PROXY": "api.example"}, False),
        ({"HTTPS_PROXY": ""}, False),
    ],
)
def test_proxies_of_the_environment_are_noticed(
    environ: dict[str, str], *, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert has_proxies() is expected


async def test_other_schemes_are_refused() -> None:
    async with client() as http:
        with pytest.raises(httpx.UnsupportedProtocol, match="ftp://"):
            await http.get("ftp://127.0.0.1/")


async def test_loop_turns_while_the_authorities_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled request does not stop it for the others."""
    going_on = threading.Event()

    def slow_context(**_: object) -> ssl.SSLContext:
        assert going_on.wait(5)
        return ssl.create_default_context()

    monkeypatch.setattr(httpx, "create_ssl_context", slow_context)
    async with serving(answer_ok) as server:
        url = server.url.replace("http", "https")
    async with httpx.AsyncClient(transport=Connections(verify=True, limit=1), timeout=TIMEOUTS) as http:
        first, second = (asyncio.create_task(http.get(url)) for _ in range(2))
        for _ in range(100):
            await asyncio.sleep(0)
        first.cancel()
        going_on.set()
        with pytest.raises(httpx.ConnectError):
            await second
        assert first.cancelled()


async def test_response_that_outlives_its_client_gives_no_connection_back() -> None:
    async with serving(answer_ok) as server:
        http = client()
        answer = await http.send(http.build_request("GET", server.url), stream=True)
        stream = answer.stream
        await http.aclose()
        assert isinstance(stream, httpx.AsyncByteStream)
        await stream.aclose()
        await settled(lambda: server.closed == 1)


@pytest.mark.parametrize("reads", [True, False], ids=["read", "unread"])
async def test_a_cancelled_response_does_not_block_the_next_request(*, reads: bool) -> None:
    """A page that is no longer needed is cancelled at any moment, also while its response is closed."""

    async def fetch(http: httpx.AsyncClient, url: str) -> None:
        async with http.stream("GET", url) as response:
            if reads:
                await response.aread()

    async with serving(answer_ok) as server, client(limit=1) as http:
        http.timeout = httpx.Timeout(30, pool=1)  # the pool of a blocked connection never answers
        is_done = False
        steps = 0
        while not is_done:
            fetching = asyncio.create_task(fetch(http, server.url))
            for _ in range(steps):
                await asyncio.sleep(0)
            is_done = fetching.done()
            fetching.cancel()
            with suppress(asyncio.CancelledError):
                await fetching
            assert (await http.get(server.url)).text == "ok"
            steps += 1
        assert steps > 5
