"""Authentication with secrets in files, which are read again when they change and on a 401."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from http import HTTPStatus

import httpx

from auth.refresh_tokens import RefreshTokens
from auth.schemes import scheme_for
from configuration.settings import Settings
from rest.errors import AuthError, SettingsError
from rest.origin import Redactor
from rest.request import Request

# The files are read at most this often, unless a request fails.
_INTERVAL_S = 1.0


class CredentialFiles:
    """The present settings, whose secrets are in files, and the scheme with them.

    tokens: the refresh tokens, whose file this process writes itself. clock: monotonic seconds.
    """

    def __init__(
        self,
        settings: Settings,
        redact: Redactor,
        tokens: RefreshTokens,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.first = self.settings = settings
        self.scheme = scheme_for(settings, redact, tokens)
        self._redact = redact
        self._tokens = tokens
        self._clock = clock
        self._next_check = clock() + _INTERVAL_S
        self._reading = asyncio.Lock()

    @property
    def is_due(self) -> bool:
        """True if the files have not been read for a second."""
        return self._clock() >= self._next_check

    async def reread(self, old: httpx.Auth) -> bool:
        """Read the files unless another request has replaced the old scheme. Returns whether it is replaced.

        While a file has no valid content, as between two steps of a rotation, the last valid one is used.
        """
        self._next_check = self._clock() + _INTERVAL_S
        async with self._reading:
            if self.scheme is old:
                await self._replace_scheme()
        return self.scheme is not old

    async def _replace_scheme(self) -> None:
        try:
            settings = await asyncio.to_thread(self.settings.reread)
            if self._secrets(settings) == self._secrets(self.settings):
                return
            self._redact.include(settings.redactor)
            self.scheme = scheme_for(settings, self._redact, self._tokens)
        except SettingsError:
            return
        self.settings = settings

    def _secrets(self, settings: Settings) -> dict[str, object]:
        secrets = {name: getattr(settings, name) for name in settings.files}
        # This process has written the newest token itself.
        return {**secrets, "refresh_token": self._tokens.newest(settings.refresh_token or "")}


class RereadAuth(httpx.Auth):
    """A scheme whose credentials are replaced when the content of their files changes."""

    def __init__(self, files: CredentialFiles) -> None:
        self._files = files

    @property
    def settings(self) -> Settings:
        """The present settings."""
        return self._files.settings

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send a request, and once more after a 401 if a file has another secret by now."""
        if self._files.is_due:
            await self._files.reread(self._files.scheme)
        is_repeated = False
        while True:
            scheme, status = self._files.scheme, None
            try:
                async with aclosing(scheme.async_auth_flow(_with_constants(request, self._files))) as flow:
                    sent = await anext(flow)
                    while True:
                        response = yield sent
                        status = response.status_code
                        sent = await flow.asend(response)
            except StopAsyncIteration:
                if is_repeated or status != HTTPStatus.UNAUTHORIZED or not await self._files.reread(scheme):
                    return
            except AuthError:
                if is_repeated or not await self._files.reread(scheme):
                    raise
            is_repeated = True


def _with_constants(request: httpx.Request, files: CredentialFiles) -> httpx.Request:
    """Return a copy of a request, with the present customHeaders and customQueryParams."""
    first, present = files.first, files.settings
    headers = httpx.Headers(request.headers)
    for name, text in present.custom_headers.items():
        if headers.get(name) in (None, first.custom_headers.get(name)):
            headers[name] = text
    url = Request(request.method, str(request.url))
    for name, text in present.custom_query_params.items():
        if text != first.custom_query_params.get(name):
            url = url.with_param(name, text)
    return httpx.Request(
        request.method, url.full_url, headers=headers, content=request.content, extensions=request.extensions
    )
