"""A login with a request and a response of the API's own format."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from auth.expiry import lifetime_s
from auth.jwt_signer import JwtSigner
from auth.login import Login, LoginAnswer, accept_json
from auth.request_parts import RequestParts
from auth.template import Template
from configuration.login import LoginRequest
from configuration.login_placeholders import JWT, NOW
from expressions.paths import Path
from rest.bodies import Json
from rest.errors import AuthError
from rest.request import Request

# What the template can read besides the body: {{$headers["x-token"]}}, {{$cookies.session}}.
LOGIN_VARIABLES = ("headers", "cookies")


@dataclass(frozen=True, slots=True)
class CustomLogin:
    """A login as customAuthRequest describes it. The template puts values of its response into requests.

    values: of the placeholders in the request. signer: for the placeholder `jwt`.
    """

    settings: LoginRequest
    url: str
    template: Template
    values: Mapping[str, Json] = field(default_factory=dict, repr=False)
    signer: JwtSigner | None = None
    expires_path: Path | None = None

    def request(self) -> httpx.Request:
        """Return the request that customAuthRequest describes."""
        values = {**self.values, NOW: int(time.time())}
        if self.signer:
            values[JWT] = self.signer.sign(datetime.now(UTC)).text
        settings = self.settings.filled(values)
        url = Request(settings.method, self.url, tuple(settings.query_params.items())).full_url
        return httpx.Request(
            settings.method,
            url,
            headers=accept_json(httpx.Headers(settings.headers)),
            json=settings.body,
            data=settings.form,
        )

    def login(self, answer: LoginAnswer) -> Login:
        """Fill the template. Raises AuthError: the response lacks a value that the template needs."""
        variables: dict[str, Json] = {"headers": dict(answer.headers), "cookies": dict(answer.cookies)}
        parts = RequestParts.of(self.template.fill(answer.body, **variables))
        if parts == RequestParts() and not answer.cookies:
            hint = "Set customAuthRequestTemplate to use a value of the response"
            raise AuthError("the login response sets no cookie", hint=hint)
        expires_s = lifetime_s(answer.body, self.expires_path, answer.time) if self.expires_path else None
        renewals = [each for each in (self.settings.renew_after_s, expires_s) if each is not None]
        return Login(parts, self.template.values(answer.body, **variables), min(renewals, default=None))
