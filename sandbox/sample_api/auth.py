"""The authentication styles by their name in the URL, and the tokens issued by logins."""

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.requests import Request

from sandbox.sample_api.sample_data import Json

TOKEN = "sample-token"  # noqa: S105 - the sample API's credentials are public
API_KEY = "sample-key"
USERNAME, PASSWORD = "sample", "sample-password"
CLIENT_ID, CLIENT_SECRET = "sample-client", "sample-secret"


@dataclass(slots=True)
class Login:
    """A login and the validity of the token that it issued.

    fields: the login request's fields, with secrets redacted.
    expires_at: in seconds of the sample's clock; uses_left: remaining requests, None means unlimited.
    """

    style: str
    fields: Mapping[str, Json]
    expires_at: float
    uses_left: int | None = None

    def consume(self, now: float) -> bool:
        """Use the token for one request. Return False if it is no longer valid."""
        if now >= self.expires_at or self.uses_left == 0:
            return False
        if self.uses_left is not None:
            self.uses_left -= 1
        return True


class Sessions:
    """The tokens issued by `oauth2` and `login`, and the number of logins.

    lifetime_s: lifetime of tokens issued from now on.
    next_uses: number of requests that the next token allows; None means unlimited.
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
        """Issue a token for one authentication style. Every token is different."""
        self.logins += 1
        self._issued += 1
        token = f"{style}-token-{self._issued}"
        self._logins[token] = Login(style, fields, self._clock() + self.lifetime_s, self.next_uses)
        self.next_uses = None
        return token

    def consume(self, style: str, token: str) -> bool:
        """Use a token for one request. Return False if it is unknown or no longer valid."""
        login = self._logins.get(token)
        return login is not None and login.style == style and login.consume(self._clock())

    def valid_logins(self) -> list[Login]:
        """Return the logins since the last `revoke`, in order."""
        return [*self._logins.values()]

    def revoke(self) -> None:
        """Revoke all issued tokens and remove the limit on the next token's requests."""
        self._logins.clear()
        self.next_uses = None


class Auth(ABC):
    """An authentication style.

    challenge: the WWW-Authenticate header of a 401 response (RFC 9110 §11.6.1).
    usage: how a client authenticates, for people.
    """

    @property
    @abstractmethod
    def challenge(self) -> str: ...

    @property
    @abstractmethod
    def usage(self) -> str: ...

    @abstractmethod
    def credential(self, request: Request) -> str | None:
        """Return the credential in the request, or None."""

    @abstractmethod
    def accepts(self, credential: str, sessions: Sessions) -> bool: ...

    def refusal(self, request: Request, sessions: Sessions) -> str | None:
        """Return why the request is unauthorized, or None if it is authorized."""
        credential = self.credential(request)
        if credential is None:
            return f"Credentials are missing. Send {self.usage}"
        return None if self.accepts(credential, sessions) else f"Credentials are wrong. Send {self.usage}"


class NoAuth(Auth):
    """No authentication."""

    challenge = ""
    usage = "nothing"

    def credential(self, request: Request) -> str | None:  # noqa: ARG002 - nothing is read
        return ""

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002
        return True


@dataclass(frozen=True, slots=True)
class HeaderSecret(Auth):
    """A fixed secret in a header, optionally after a scheme."""

    header: str
    scheme: str
    secret: str

    @property
    def challenge(self) -> str:
        return f'{self.scheme or "ApiKey"} realm="sample"'

    @property
    def usage(self) -> str:
        return f"the header {self.header}: {f'{self.scheme} {self.secret}'.strip()}"

    def credential(self, request: Request) -> str | None:
        return _header_value(request, self.header, self.scheme)

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002 - no login
        return credential == self.secret


@dataclass(frozen=True, slots=True)
class QuerySecret(Auth):
    """A fixed secret in the query."""

    param: str
    secret: str
    challenge = 'ApiKey realm="sample"'

    @property
    def usage(self) -> str:
        return f"the query parameter {self.param}={self.secret}"

    def credential(self, request: Request) -> str | None:
        return request.query_params.get(self.param)

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002 - no login
        return credential == self.secret


class Basic(Auth):
    """HTTP Basic (RFC 7617)."""

    challenge = 'Basic realm="sample", charset="UTF-8"'
    usage = f"HTTP Basic with the user {USERNAME} and the password {PASSWORD}"

    def credential(self, request: Request) -> str | None:
        return _header_value(request, "Authorization", "Basic")

    def accepts(self, credential: str, sessions: Sessions) -> bool:  # noqa: ARG002 - no login
        return basic_pair(credential) == (USERNAME, PASSWORD)


@dataclass(frozen=True, slots=True)
class IssuedToken(Auth):
    """A valid token that a login issued."""

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

    def credential(self, request: Request) -> str | None:
        return _header_value(request, self.header, self.scheme)

    def accepts(self, credential: str, sessions: Sessions) -> bool:
        return sessions.consume(self.style, credential)


def _header_value(request: Request, header: str, scheme: str) -> str | None:
    """Return the header's value after the scheme. The scheme is case-insensitive (RFC 9110 §11.1)."""
    value = request.headers.get(header)
    if value is None or not scheme:
        return value
    name, _, credential = value.partition(" ")
    return credential.strip() if name.lower() == scheme.lower() else None


def basic_pair(credential: str) -> tuple[str, str] | None:
    """Decode user and password of HTTP Basic (RFC 7617 §2). Return None if they are malformed."""
    try:
        user, colon, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


AUTHS: Mapping[str, Auth] = MappingProxyType(
    {
        "none": NoAuth(),
        "bearer": HeaderSecret("Authorization", "Bearer", TOKEN),
        "token": HeaderSecret("Authorization", "Token", TOKEN),
        "api_key": HeaderSecret("X-API-Key", "", API_KEY),
        "api_key_query": QuerySecret("api_key", API_KEY),
        "basic": Basic(),
        "oauth2": IssuedToken(
            "oauth2",
            "Authorization",
            "Bearer",
            f"POST /oauth/token with grant_type=client_credentials, client_id={CLIENT_ID} and"
            f" client_secret={CLIENT_SECRET} (as a form, or the last two as HTTP Basic)",
        ),
        "login": IssuedToken(
            "login",
            "X-Session",
            "",
            f'POST /login with {{"username": "{USERNAME}", "password": "{PASSWORD}"}} and read session.token',
        ),
    }
)
