"""What a scheme that logs in provides: the request of the login, and what its response gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import httpx

from auth.request_parts import RequestParts
from rest.bodies import Json


@dataclass(frozen=True, slots=True)
class Login:
    """What a successful login gives.

    parts: what each request sends from then on.
    secrets: the texts in it that no message may show.
    lifetime_s: seconds until it expires; None: unknown.
    """

    parts: RequestParts
    secrets: Sequence[str] = field(default=(), repr=False)
    lifetime_s: float | None = None


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """The response to a login.

    headers: names in lower case. cookies: those that it sets. body: JSON, a form as an object, or text.
    time: when it was sent, by the clock of the server if it says.
    """

    headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    body: Json = field(repr=False)
    time: datetime


class LoginScheme(Protocol):
    """A way to log in. Both methods may wait for the process that runs jq."""

    def request(self) -> httpx.Request:
        """Return the request of the login."""
        ...

    def login(self, answer: LoginAnswer) -> Login:
        """Return what a successful response gives. Raises AuthError: it has no credentials."""
        ...


def accept_json(headers: httpx.Headers | None = None) -> httpx.Headers:
    """Return the headers of a login. They ask for JSON, unless they have an Accept header of their own."""
    merged = httpx.Headers({"Accept": "application/json"})
    merged.update(headers)
    return merged
