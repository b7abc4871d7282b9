"""HTTP Digest (RFC 7616). httpx's own scheme lets each of several concurrent requests ask for a challenge,
reads only the first of several challenges, and refuses auth-int.
"""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus

import httpx

from auth.digest_response import Credentials, DigestSession
from rest.challenges import read_challenges
from rest.errors import AuthError


class DigestAuth(httpx.Auth):
    """Sends the first request without credentials, then answers its challenge in every request.

    Other requests wait for that challenge and share it. A nonce that has expired is replaced once.
    Raises AuthError: the API asks for a kind of Digest that is not supported.
    """

    requires_request_body = True

    def __init__(self, user: str, password: str) -> None:
        self._credentials = Credentials(user, password)
        self._session: DigestSession | None = None
        self._is_public = False
        self._asking = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send a request with the response to the last challenge, and once more if there is a new one."""
        is_new = False
        if self._session is None and not self._is_public:
            async with self._asking:  # a request that waited here finds the challenge
                if self._session is None:
                    response = yield request
                    if not self._learn(response):
                        self._is_public = response.status_code != HTTPStatus.UNAUTHORIZED
                        return
                    is_new = True
        session = self._session
        if session:
            request.headers["Authorization"] = session.authorization(request, self._credentials)
        response = yield request
        self._take_next_nonce(session, response)
        if not is_new and (session := self._learn(response)):
            request.headers["Authorization"] = session.authorization(request, self._credentials)
            yield request

    def _learn(self, response: httpx.Response) -> DigestSession | None:
        """Return a session for the challenge of a response, which is used from now on. None: it has none."""
        header = response.headers.get("WWW-Authenticate", "")
        if response.status_code != HTTPStatus.UNAUTHORIZED or not header:
            return None
        session = DigestSession.of(header)
        if session is None:
            _check_support(header)
            return None
        self._session = session
        return session

    def _take_next_nonce(self, session: DigestSession | None, response: httpx.Response) -> None:
        info = read_challenges(f"digest {response.headers.get('Authentication-Info', '')}")
        nonce = info[0].params.get("nextnonce")
        if nonce and session and session is self._session:
            self._session = session.with_nonce(nonce)


def _check_support(header: str) -> None:
    for challenge in read_challenges(header):
        if challenge.scheme == "digest":
            shown = ", ".join(
                f"{name} {challenge.params[name]}"
                for name in ("algorithm", "qop")
                if name in challenge.params
            )
            raise AuthError(
                f"the API asks for a kind of Digest that is not supported ({shown or 'without a nonce'})",
                hint="Choose another authType that the API accepts",
                status=HTTPStatus.UNAUTHORIZED,
            )
