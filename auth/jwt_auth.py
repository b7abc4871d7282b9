"""A signed JSON Web Token in the Authorization header."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from http import HTTPStatus

import httpx

from auth.jwt_signer import JwtSigner
from auth.login import Login
from auth.request_parts import RequestParts
from auth.session import Session
from rest.origin import Redactor


class JwtAuth(httpx.Auth):
    """Signs a token for all requests, and a new one before it expires and once on a 401.

    prefix: stands before the token. redact: learns each token. clock: monotonic seconds.
    Raises ResourceError: a computed claim fails.
    """

    def __init__(
        self, signer: JwtSigner, prefix: str, redact: Redactor, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._signer = signer
        self._prefix = prefix
        self._redact = redact
        self._clock = clock
        self._session: Session | None = None
        self._signing = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send a request with a token, and once more with a new token on a 401."""
        refused: Session | None = None
        for _ in range(2):
            async with self._signing:  # a request that waited here finds the new token
                session = self._session
                if session is None or session is refused or session.is_due(self._clock()):
                    session = self._session = await self._signed()
            response = yield session.authenticated(request)
            if response.status_code != HTTPStatus.UNAUTHORIZED:
                return
            refused = session

    async def _signed(self) -> Session:
        # In a thread, because computed claims wait for the process that runs jq.
        token = await asyncio.to_thread(self._signer.sign, datetime.now(UTC))
        self._redact.learn([token.text])
        parts = RequestParts(headers={"Authorization": f"{self._prefix} {token.text}"})
        return Session.of(Login(parts, lifetime_s=token.lifetime_s), {}, self._clock())
