"""A login with a request and a response of the API's own format."""

from dataclasses import dataclass

import httpx

from auth.login import Login, accept_json
from auth.request_parts import RequestParts
from auth.template import Template
from configuration.login import LoginRequest
from rest.bodies import Json
from rest.request import Request


@dataclass(frozen=True, slots=True)
class CustomLogin:
    """A login as customAuthRequest describes it. The template puts values of its response into requests."""

    settings: LoginRequest
    url: str
    template: Template

    def request(self) -> httpx.Request:
        """Return the request that customAuthRequest describes."""
        settings = self.settings
        url = Request(settings.method, self.url, tuple(settings.query_params.items())).full_url
        return httpx.Request(
            settings.method,
            url,
            headers=accept_json(httpx.Headers(settings.headers)),
            json=settings.body,
            data=settings.form,
        )

    def login(self, body: Json) -> Login:
        """Fill the template. Raises AuthError: the response lacks a value that the template needs."""
        parts = RequestParts.of(self.template.fill(body))
        return Login(parts, self.template.values(body), self.settings.renew_after_s)
