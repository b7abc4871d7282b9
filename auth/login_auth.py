"""Authentication by a login: one login for all requests, renewed before it expires and once on a 401."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus

import httpx

from auth.login import LoginScheme
from auth.login_response import cookies_of, login_from
from auth.session import Session
from rest.errors import AuthError, ItemsError, Place, RefusedError, SyncError, TransientError
from rest.origin import Redactor
from rest.rate_limits import TRANSIENT_STATUSES


class LoginAuth(httpx.Auth):
    """Logs in on the first request. Other requests wait for that login and share it.

    redact: learns the secrets that the login gives.
    clock: monotonic seconds.
    Raises AuthError: the login was rejected, which is not retried, or its response has no credentials.
    Raises TransientError: the login failed in a way that a retry may cure.
    """

    requires_request_body = True

    def __init__(
        self, scheme: LoginScheme, redact: Redactor, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._scheme = scheme
        self._redact = redact
        self._clock = clock
        self._session: Session | None = None
        self._rejection: AuthError | None = None
        self._logging_in = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send a request, after a login where one is due, and once more after a new login on a 401."""
        refused: Session | None = None
        for _ in range(2):
            async with self._logging_in:  # a request that waited here finds the new session
                if self._rejection:
                    raise _copy(self._rejection)
                session = self._session
                if session is None or session is refused or session.is_due(self._clock()):
                    login = await asyncio.to_thread(self._scheme.request)
                    answer = yield _with_timeouts(login, request)
                    session = self._session = await self._started(answer)
            response = yield session.authenticated(request)
            if response.status_code != HTTPStatus.UNAUTHORIZED:
                return
            refused = session

    async def _started(self, answer: httpx.Response) -> Session:
        place = Place(request=f"{answer.request.method} {self._redact(str(answer.request.url))}")
        status = answer.status_code
        if status in TRANSIENT_STATUSES:
            raise TransientError(f"the login failed with status {status}", status=status, place=place)
        try:
            login = await login_from(self._scheme, answer, self._redact)
        except (AuthError, ItemsError, RefusedError) as error:
            self._rejection = _rejection(error, status, place, self._redact)
            raise _copy(self._rejection) from error
        cookies = cookies_of(answer)
        self._redact.learn([*login.secrets, *cookies.values()])
        return Session.of(login, cookies, self._clock())


def _rejection(error: SyncError, status: int, place: Place, redact: Redactor) -> AuthError:
    place = Place(request=place.request, step="the login")
    hint = error.hint or "Check the credentials and the URL of the login"
    return AuthError(redact(error.what), status=status, place=place, hint=hint)


def _copy(error: AuthError) -> AuthError:
    """Return an error for one request, whose place its caller completes."""
    return AuthError(error.what, status=error.status, hint=error.hint, place=error.place)


def _with_timeouts(login: httpx.Request, request: httpx.Request) -> httpx.Request:
    """Return the login with the timeouts of the request behind it: httpx sets them for that one only."""
    timeouts = {name: value for name, value in request.extensions.items() if name == "timeout"}
    login.extensions = {**login.extensions, **timeouts}
    return login
