"""Compute the text that a sender has signed."""

import hashlib
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from configuration.signed_text import BodyValue, HeaderValue, Part, SignedText
from live_events.delivery import Delivery
from live_events.value_sources import body_texts

_MAX_FIELDS = 1000


def as_bytes(text: str) -> bytes:
    """Return a header or a parameter as the bytes that were sent. ASGI servers decode headers as Latin-1."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def signed_bytes(
    signed: SignedText, delivery: Delivery, *, timestamp: str, identifier: str, secret: bytes
) -> bytes:
    """Return the signed text of a delivery. What is missing in it is empty."""
    own = {"timestamp": as_bytes(timestamp), "id": as_bytes(identifier), "secret": secret}
    return b"".join(_part(part, delivery, own) for part in signed.parts)


def _part(part: Part, delivery: Delivery, own: Mapping[str, bytes]) -> bytes:
    if isinstance(part, str):
        return part.encode()
    if isinstance(part, HeaderValue):
        return as_bytes(delivery.headers.get(part.name, ""))
    if isinstance(part, BodyValue):
        return "".join(body_texts(delivery, part.steps)).encode(errors="surrogatepass")
    return own[part.name] if part.name in own else _READERS[part.name](delivery)


def _form(delivery: Delivery) -> bytes:
    """Return the names and values of a form, sorted by name (as Twilio and Mandrill sign them)."""
    try:
        pairs = parse_qsl(delivery.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return delivery.body
    return "".join(name + value for name, value in sorted(pairs)).encode(errors="surrogatepass")


_READERS: Mapping[str, Callable[[Delivery], bytes]] = {
    "body": lambda it: it.body,
    "bodySha256": lambda it: hashlib.sha256(it.body).hexdigest().encode(),
    "form": _form,
    "method": lambda it: it.method.encode(),
    "url": lambda it: as_bytes(it.url),
    "path": lambda it: as_bytes(it.path),
    "query": lambda it: as_bytes(it.raw_query),
}
