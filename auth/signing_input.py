"""What the expressions of the setting `signature` can read: the request as it will be sent, and the time."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

import httpx

from rest.bodies import Json

_DEFAULT_PORTS = {"http": 80, "https": 443}
_BODY_HASHES = ("md5", "sha1", "sha256", "sha512")


def signing_input(request: httpx.Request, now: float) -> dict[str, Json]:
    """Return the fields of a request, with path, query and body as they are sent.

    now: in seconds since 1970.
    """
    url, (path, _, query) = request.url, request.url.raw_path.decode("ascii").partition("?")
    params: list[Json] = [[name, text] for name, text in parse_qsl(query, keep_blank_values=True)]
    headers: dict[str, Json] = {name.lower(): text for name, text in request.headers.items()}
    return {
        "method": request.method,
        "scheme": url.scheme,
        "host": request.headers["host"],
        "hostname": url.host,
        "port": url.port or _DEFAULT_PORTS.get(url.scheme),
        "path": path,
        "query": query,
        "target": f"{path}?{query}" if query else path,
        "params": params,
        "headers": headers,
        "body": request.content.decode(errors="replace"),
        **_body_hashes(request.content),
        **_times(now),
    }


def _times(now: float) -> Mapping[str, Json]:
    moment = datetime.fromtimestamp(int(now), UTC)
    return {
        "timestamp": int(now),
        "timestamp_ms": int(now * 1000),
        "date": format_datetime(moment, usegmt=True),  # RFC 9110 §5.6.7
        "iso_date": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
    }


def _body_hashes(body: bytes) -> dict[str, Json]:
    """Return the hashes of a body, each in hexadecimal and in base64."""
    hashes: dict[str, Json] = {}
    for name in _BODY_HASHES:
        digest = hashlib.new(name, body, usedforsecurity=False).digest()
        hashes[f"body_{name}"] = digest.hex()
        hashes[f"body_{name}_base64"] = base64.b64encode(digest).decode()
    return hashes
