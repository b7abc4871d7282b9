"""Sends one event by HTTP and reads the beginning of the answer."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

_TIMEOUT_S = 15
_MAX_ANSWER_BYTES = 64 * 1024
_OWN_HEADERS: Mapping[str, str] = {
    "User-Agent": "Sample-Webhooks/1.0",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an event.

    status: None if there was no answer; text: the body's beginning, or why there was no answer.
    seconds: how long it took.
    """

    status: int | None
    text: str
    seconds: float = 0
    headers: Mapping[str, str] = field(default_factory=dict)


def client_for(url: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return a client for a target. It uses no proxy, follows no redirects and keeps no cookies.

    transport: instead of a connection, for tests.
    """
    # Loading the certificates takes time, and plain HTTP needs none.
    is_encrypted = url.lower().startswith("https:")
    verify = ssl.create_default_context() if is_encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncClient(
        trust_env=False, verify=verify, timeout=_TIMEOUT_S, headers=_OWN_HEADERS, transport=transport
    )


async def post(client: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send an event. An answer that does not arrive is an Answer too."""
    start = time.monotonic()
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    try:
        async with client.stream("POST", url, content=body, headers=encoded) as response:
            text = await _beginning(response)
            return Answer(response.status_code, text, time.monotonic() - start, response.headers)
    except httpx.TimeoutException:
        return Answer(None, f"no answer within {_TIMEOUT_S} s", time.monotonic() - start)
    except httpx.LocalProtocolError:  # its text has the value, which may be a secret
        return Answer(None, "a header contains characters that HTTP does not allow")
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        return Answer(None, reason, time.monotonic() - start)


async def _beginning(response: httpx.Response) -> str:
    """Return the body's first bytes as text. The rest is not read."""
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) >= _MAX_ANSWER_BYTES:
            break
    return bytes(body[:_MAX_ANSWER_BYTES]).decode(errors="replace")
