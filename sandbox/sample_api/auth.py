"""Every way of showing who asks, by the name that stands in the URL; and the tokens that logins give."""

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.requests import Request

from sandbox.sample_api.data import Json

TOKEN = "sample-token"  # noqa: S105 - the sample API's credentials are public
API_KEY = "sample-key"
USERNAME, PASSWORD = "sample", "sample-password"
CLIENT_ID, CLIENT_SECRET = "sample-client", "sample-secret"


@dataclass(slots=True)
class Login:
    """One login that gave out a token, and how long that is good for.

    fields: what the login was asked with, secrets hidden.
    expires_at: by the sample's clock; uses_left: requests, None is any number.
    """

    style: str
    fields: Mapping[str, Json]
    expires_at: float
    uses_left: int | None = None

    def admits(self, now: float) -> bool:
        """Whether the token is good for one more request; counts it."""
        if now >= self.expires_at or self.uses_left == 0:
            return False
        if self.uses_left is not None:
            self.uses_left -= 1
        return True


class Sessions:
    """The tokens given out by `oauth2` and `login`, and how many logins there were.

    lifetime_s: seconds until a token given out from now on expires.
    next_uses: requests that the next token is good for; None is any number.
    clock: seconds, monotonic.
    """

    def __init__(self, lifetime_s: int, clock: Callable[[], float]) -> None:
        self.lifetime_s = lifetime_s
        self.next_uses: int | None = None
        self.logins = 0
        self._clock = clock
        self._issued = 0
        self._logins: dict[str, Login] = {}

    def issue(self, style: str, fields: Mapping[str, Json]) -> str:
        """A new token for one auth style; no number is used twice."""
        self.logins += 1
        self._issued += 1
        token = f"{style}-token-{self._issued}"
        self._logins[token] = Login(style, fields, self._clock() + self.lifetime_s, self.next_uses)
        self.next_uses = None
        return token

    def admits(self, style: str, token: str) -> bool:
        """Whether a token is good for one more request; counts it."""
        login = self._logins.get(token)
        return login is not None and login.style == style and login.admits(self._clock())

    def since_revoked(self) -> list[Login]:
        """The logins in order, but those before the last `revoke`."""
        return [*self._logins.values()]

    def revoke(self) -> None:
        """Every token given out so far is worth nothing, and the next one is good for any number."""
        self._logins.clear()
        self.next_uses = None


class Auth(ABC):
    """One way of showing who asks.

    challenge: the WWW-Authenticate of a refusal (RFC 9110 §11.6.1).
    usage: how a client sends it, for people.
    """

    @property
    @abstractmethod
    def challenge(self) -> str: ...

    @property
    @abstractmethod
    def usage(self) -> str: ...

    @abstractmethod
    def given(self, request: Request) -> str | None:
        """The credential in the request, or None."""

    @abstractmethod
    def accepts(self, credential: str, sessions: Sessions) -> bool: ...

    def refusal(self, request: Request, sessions: Sessions) -> str | None:
        """Why the request may not pass, or None when it may."""
        credential = self.given(request)
        if credential is None:
            return f"Credentials are missing. Send {self.usage}"
        return None if self.accepts(credential, sessions) else f"Credentials are wrong. Send {self.usage}"


class Open(Auth):
    """Nobody is asked."""

    challenge = ""
    usage = "nothing"

    def given(self, request: Request) -> str | None:  # noqa: ARG002 - nothing is read
        return ""

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002
        return True


@dataclass(frozen=True, slots=True)
class Header(Auth):
    """One fixed secret in a header, after a scheme's name where there is one."""

    header: str
    scheme: str
    secret: str

    @property
    def challenge(self) -> str:
        return f'{self.scheme or "ApiKey"} realm="sample"'

    @property
    def usage(self) -> str:
        return f"the header {self.header}: {f'{self.scheme} {self.secret}'.strip()}"

    def given(self, request: Request) -> str | None:
        return _header_value(request, self.header, self.scheme)

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002 - no login
        return credential == self.secret


@dataclass(frozen=True, slots=True)
class QueryKey(Auth):
    """One fixed secret in the query."""

    param: str
    secret: str
    challenge = 'ApiKey realm="sample"'

    @property
    def usage(self) -> str:
        return f"the query parameter {self.param}={self.secret}"

    def given(self, request: Request) -> str | None:
        return request.query_params.get(self.param)

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002 - no login
        return credential == self.secret


class Basic(Auth):
    """RFC 7617."""

    challenge = 'Basic realm="sample", charset="UTF-8"'
    usage = f"HTTP Basic with the user {USERNAME} and the password {PASSWORD}"

    def given(self, request: Request) -> str | None:
        return _header_value(request, "Authorization", "Basic")

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002 - no login
        return basic_pair(credential) == (USERNAME, PASSWORD)


@dataclass(frozen=True, slots=True)
class Issued(Auth):
    """A token that a login gave out and that has not expired."""

    style: str
    header: str
    scheme: str
    login: str

    @property
    def challenge(self) -> str:
        return f'{self.scheme or "Session"} realm="sample", error="invalid_token"'

    @property
    def usage(self) -> str:
        return f"{self.login}, then the header {self.header}: {f'{self.scheme} <token>'.strip()}"

    def given(self, request: Request) -> str | None:
        return _header_value(request, self.header, self.scheme)

    def accepts(self, credential: str, sessions: Sessions) -> bool:
        return sessions.admits(self.style, credential)


def _header_value(request: Request, header: str, scheme: str) -> str | None:
    """A header's value; after the scheme, whose case does not matter (RFC 9110 §11.1)."""
    value = request.headers.get(header)
    if value is None or not scheme:
        return value
    name, _, credential = value.partition(" ")
    return credential.strip() if name.lower() == scheme.lower() else None


def basic_pair(credential: str) -> tuple[str, str] | None:
    """User and password of HTTP Basic (RFC 7617 §2), or None when it is none."""
    try:
        user, colon, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


AUTHS: Mapping[str, Auth] = MappingProxyType(
    {
        "none": Open(),
        "bearer": Header("Authorization", "Bearer", TOKEN),
        "token": Header("Authorization", "Token", TOKEN),
        "api_key": Header("X-API-Key", "", API_KEY),
        "api_key_query": QueryKey("api_key", API_KEY),
        "basic": Basic(),
        "oauth2": Issued(
            "oauth2",
            "Authorization",
            "Bearer",
            f"POST /oauth/token with grant_type=client_credentials, client_id={CLIENT_ID} and"
            f" client_secret={CLIENT_SECRET} (as a form, or the last two as HTTP Basic)",
        ),
        "login": Issued(
            "login",
            "X-Session",
            "",
            f'POST /login with {{"username": "{USERNAME}", "password": "{PASSWORD}"}} and read session.token',
        ),
    }
)
