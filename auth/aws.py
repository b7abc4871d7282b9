"""Authentication of AWS APIs, and of others that use Signature Version 4."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime

import httpx

from auth.aws_signature import (
    AwsKey,
    AwsScope,
    SignedParts,
    amz_date,
    authorization,
    canonical_query,
    sha256,
)

# Proxies may change other headers.
_SIGNED = frozenset({"host", "content-type", "content-md5"})
_PREFIX = "x-amz-"


def _now() -> datetime:
    return datetime.now(UTC)


class AwsAuth(httpx.Auth):
    """Signs each request with an access key. A retry has a new date.

    clock: returns the time in UTC.
    """

    requires_request_body = True

    def __init__(self, key: AwsKey, scope: AwsScope, clock: Callable[[], datetime] = _now) -> None:
        self._key = key
        self._scope = scope
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request once, with the signature. Its query string becomes what the signature covers."""
        moment = self._clock()
        query = canonical_query(request.url.query.decode("ascii"))
        request.url = request.url.copy_with(query=query.encode() or None)
        payload_hash = sha256(request.content)
        request.headers["X-Amz-Date"] = amz_date(moment)
        request.headers["X-Amz-Content-Sha256"] = payload_hash  # S3 requires it
        if self._key.session_token:
            request.headers["X-Amz-Security-Token"] = self._key.session_token
        headers = {
            name: text
            for name, text in request.headers.items()
            if name in _SIGNED or name.startswith(_PREFIX)
        }
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        parts = SignedParts(request.method, path, query, headers, payload_hash)
        request.headers["Authorization"] = authorization(parts, self._scope, self._key, moment)
        yield request
