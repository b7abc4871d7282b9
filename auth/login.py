"""Schemes that log in first: one login for all requests, renewed before it ends and once on a 401."""

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Self
from urllib.parse import quote_plus

import httpx

from auth.template import Template
from configuration.login import ClientCredentials, LoginRequest
from rest.bodies import Json, parse_json
from rest.errors import AuthError, ItemsError, Place, RefusedError, TransientError
from rest.origin import Redactor
from rest.rate_limits import TRANSIENT_STATUSES
from rest.request import Request, text_of
from rest.response import Response

# Renewed so long before its end, lest it ends while a request is under way.
_EARLY_S = 60.0


@dataclass(frozen=True, slots=True)
class Login:
    """What a login gave, and when it is to be renewed on the monotonic clock; None: never.

    filled: what the answer makes of a template. cookies: those that it set.
    """

    answer: Json = field(repr=False)
    renew_at: float | None = None
    filled: Json = field(default=None, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def lasting(cls, answer: Json, seconds: float | None) -> Self:
        """A login of so many seconds: renewed a minute before its end, a short one at its half."""
        if seconds is None:
            return cls(answer)
        return cls(answer, time.monotonic() + max(seconds - _EARLY_S, seconds / 2))

    def is_stale(self) -> bool:
        """True when it is to be renewed."""
        return self.renew_at is not None and time.monotonic() >= self.renew_at


class LoginAuth(httpx.Auth, ABC):
    """Logs in on the first request, whoever makes it; the others wait for it and share it.

    Raises AuthError: the login was refused (it is not tried again) or its answer holds nothing to use;
    TransientError: it failed in a way that may pass.
    """

    requires_request_body = True

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._login: Login | None = None
        self._refusal: AuthError | None = None
        self._logging_in = asyncio.Lock()

    @abstractmethod
    def login_request(self) -> httpx.Request:
        """The request that logs in."""

    @abstractmethod
    def login_of(self, answer: Json) -> Login:
        """What a successful answer gives. Raises AuthError: nothing to use."""

    @abstractmethod
    def authenticated(self, request: httpx.Request, login: Login) -> httpx.Request:
        """The request with what the login gave."""

    @abstractmethod
    def secrets_of(self, login: Login) -> Iterable[str]:
        """What of a login goes into requests."""

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The request, after a login where there is none, and once more after a new one on a 401."""
        refused: Login | None = None
        own_cookies = request.headers.get("Cookie", "")
        for _ in range(2):
            async with self._logging_in:  # who waits here finds the new login
                if self._refusal:
                    raise self._refused()
                if self._login is None or self._login is refused or self._login.is_stale():
                    answer = yield _as_patient(self.login_request(), request)
                    self._login = await self._read(answer)
                login = self._login
            response = yield _with_cookies(self.authenticated(request, login), own_cookies, login.cookies)
            if response.status_code != HTTPStatus.UNAUTHORIZED:
                return
            refused = login

    async def _read(self, answer: httpx.Response) -> Login:
        place = Place(
            request=f"{answer.request.method} {self._redact(str(answer.request.url))}", step="the login"
        )
        status = answer.status_code
        if status in TRANSIENT_STATUSES:
            raise TransientError(
                f"the login answered status {status}", status=status, place=replace(place, step="")
            )
        try:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            response = Response(status, headers, await answer.aread(), self._redact)
            if not answer.is_success:
                raise AuthError(f"status {status}: {response.excerpt!r}")
            # jq runs in another process, for which a thread waits.
            login = await asyncio.to_thread(self.login_of, response.body)
            login = replace(login, cookies=dict(answer.cookies))
            self._redact.learn([*self.secrets_of(login), *login.cookies.values()])
            return login
        except (AuthError, ItemsError, RefusedError) as error:
            self._refusal = AuthError(
                error.what,
                status=status,
                place=place,
                hint=error.hint or "Check the credentials, and the address of the login",
            )
            raise self._refused() from error

    def _refused(self) -> AuthError:
        """A new error for each request: who raises it adds its kind."""
        refusal = self._refusal or AuthError("the login was refused")
        return AuthError(refusal.what, status=refusal.status, hint=refusal.hint, place=refusal.place)


class ClientCredentialsAuth(LoginAuth):
    """OAuth 2.0 client credentials (RFC 6749 §4.4): {"access_token": "...", "expires_in": 3600}."""

    def __init__(self, credentials: ClientCredentials, prefix: str, redact: Redactor) -> None:
        super().__init__(redact)
        self._credentials = credentials
        self._prefix = prefix

    def login_request(self) -> httpx.Request:
        """The client's credentials go into the form, or by Basic (§2.3.1)."""
        given = self._credentials
        form = {"grant_type": "client_credentials", **given.params}
        headers = {"Accept": "application/json"}
        if given.where == "basic":
            basic = httpx.BasicAuth(quote_plus(given.client_id), quote_plus(given.client_secret))
            request = httpx.Request("POST", given.token_url, data=form, headers=headers)
            return next(basic.auth_flow(request))
        form |= {"client_id": given.client_id, "client_secret": given.client_secret}
        return httpx.Request("POST", given.token_url, data=form, headers=headers)

    def login_of(self, answer: Json) -> Login:
        """§5.1: access_token is required, expires_in recommended."""
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise AuthError("the token endpoint's answer has no access_token", hint="Check tokenUrl")
        return Login.lasting(answer, _seconds(answer.get("expires_in") if isinstance(answer, dict) else None))

    def secrets_of(self, login: Login) -> Iterable[str]:
        """The token."""
        return [str(login.answer["access_token"])] if isinstance(login.answer, dict) else []

    def authenticated(self, request: httpx.Request, login: Login) -> httpx.Request:
        """Authorization: Bearer, or the prefix that the API wants."""
        token = login.answer["access_token"] if isinstance(login.answer, dict) else ""
        request.headers["Authorization"] = f"{self._prefix} {token}"
        return request


class CustomAuth(LoginAuth):
    """A login of the API's own making; what its answer holds goes where the template says."""

    def __init__(self, login: LoginRequest, url: str, template: Template, redact: Redactor) -> None:
        super().__init__(redact)
        self._request = login
        self._url = url
        self._template = template

    def login_request(self) -> httpx.Request:
        """As customAuthRequest says."""
        login = self._request
        asked = Request(login.method, self._url, tuple(login.query_params.items()))
        return httpx.Request(
            login.method,
            asked.full_url,
            headers=_with_accept(login.headers),
            json=login.body,
            data=login.form,
        )

    def login_of(self, answer: Json) -> Login:
        """The whole answer, once the template finds in it all that it wants."""
        filled = self._template.filled(answer)
        return replace(Login.lasting(answer, self._request.renew_after_s), filled=filled)

    def secrets_of(self, login: Login) -> Iterable[str]:
        """What the template takes of the answer."""
        return self._template.texts(login.answer)

    def authenticated(self, request: httpx.Request, login: Login) -> httpx.Request:
        """The template's headers, parameters and body merged into the request."""
        parts = _named(login.filled)
        asked = Request(request.method, str(request.url))
        for name, value in _named(parts.get("query_params")).items():
            asked = asked.with_param(name, value)
        headers = httpx.Headers(request.headers)
        headers.update({name: text_of(value) for name, value in _named(parts.get("headers")).items()})
        content = request.content
        if body := _named(parts.get("body")):
            content = json.dumps({**_named(parse_json(content.decode() or "{}")), **body}).encode()
            headers.setdefault("Content-Type", "application/json")
            headers.pop("Content-Length", None)
        return httpx.Request(
            request.method, asked.full_url, headers=headers, content=content, extensions=request.extensions
        )


def _as_patient(login: httpx.Request, request: httpx.Request) -> httpx.Request:
    """The login with the timeouts of the request behind it: httpx adds them to that one alone."""
    timeouts = {name: value for name, value in request.extensions.items() if name == "timeout"}
    login.extensions = {**login.extensions, **timeouts}
    return login


def _with_cookies(request: httpx.Request, own: str, cookies: Mapping[str, str]) -> httpx.Request:
    """The request with the cookies that the login set, beside its own; those of an earlier login go."""
    given = [own, *(f"{name}={text}" for name, text in cookies.items())]
    if text := "; ".join(filter(None, given)):
        request.headers["Cookie"] = text
    return request


def _with_accept(headers: Mapping[str, str]) -> httpx.Headers:
    together = httpx.Headers({"Accept": "application/json"})
    together.update(headers)
    return together


def _named(part: Json) -> dict[str, Json]:
    return part if isinstance(part, dict) else {}


def _seconds(value: Json) -> float | None:
    try:
        seconds = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return seconds if seconds and seconds > 0 else None
