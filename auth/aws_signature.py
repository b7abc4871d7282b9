"""AWS Signature Version 4, as pure functions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from urllib.parse import parse_qsl, quote, unquote

ALGORITHM = "AWS4-HMAC-SHA256"
_REQUEST = "aws4_request"
_UNRESERVED = "-_.~"
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class AwsKey:
    """An access key. session_token: of temporary credentials, "" for permanent ones."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AwsScope:
    """The region and the service that a signature is valid for."""

    region: str
    service: str

    def of(self, moment: datetime) -> str:
        """Return the credential scope on the day of a moment in UTC."""
        return f"{moment:%Y%m%d}/{self.region}/{self.service}/{_REQUEST}"


@dataclass(frozen=True, slots=True)
class SignedParts:
    """What a signature covers.

    path: as sent, percent-encoded. query: as canonical_query returns it. headers: names in lower case.
    payload_hash: the SHA-256 of the body in hexadecimal.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    payload_hash: str


def amz_date(moment: datetime) -> str:
    """Return a moment in UTC as X-Amz-Date has it."""
    return f"{moment:%Y%m%dT%H%M%SZ}"


def authorization(parts: SignedParts, scope: AwsScope, key: AwsKey, moment: datetime) -> str:
    """Return the value of the Authorization header."""
    day_scope = scope.of(moment)
    request = canonical_request(parts, scope.service)
    text = "\n".join([ALGORITHM, amz_date(moment), day_scope, sha256(request.encode())])
    signature = hmac.new(_signing_key(key, day_scope), text.encode(), hashlib.sha256).hexdigest()
    names = ";".join(sorted(parts.headers))
    credential = f"{key.access_key_id}/{day_scope}"
    return f"{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"


def canonical_request(parts: SignedParts, service: str) -> str:
    """Return the text whose hash is signed."""
    headers = [f"{name}:{_SPACES.sub(' ', text.strip())}\n" for name, text in sorted(parts.headers.items())]
    path = canonical_path(parts.path, service)
    names = ";".join(sorted(parts.headers))
    return "\n".join([parts.method, path, parts.query, "".join(headers), names, parts.payload_hash])


def canonical_path(path: str, service: str) -> str:
    """Return a path for the signature. path: as sent. S3 signs it encoded once, all others encoded twice."""
    if service == "s3":
        return quote(unquote(path), safe=f"/{_UNRESERVED}") or "/"
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments[-1:] = []
        elif segment not in ("", "."):
            segments.append(segment)
    end = "/" if segments and path.endswith(("/", "/.", "/..")) else ""
    return quote(f"/{'/'.join(segments)}{end}", safe=f"/{_UNRESERVED}")


def canonical_query(query: str) -> str:
    """Return a query string sorted and strictly encoded. Servers read it as they read the original."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    encoded: Iterable[tuple[str, str]] = ((_encoded(name), _encoded(text)) for name, text in pairs)
    return "&".join(f"{name}={text}" for name, text in sorted(encoded))


def sha256(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _encoded(text: str) -> str:
    return quote(text, safe=_UNRESERVED, errors="surrogateescape")


def _signing_key(key: AwsKey, day_scope: str) -> bytes:
    def derived(secret: bytes, part: str) -> bytes:
        return hmac.new(secret, part.encode(), hashlib.sha256).digest()

    return reduce(derived, day_scope.split("/"), f"AWS4{key.secret_access_key}".encode())
