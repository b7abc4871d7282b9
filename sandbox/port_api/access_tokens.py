"""Access tokens. The sandbox has one client, which gets the same token until it expires."""

import base64
import json
import secrets

from sandbox.port_api.errors import PortError
from sandbox.port_api.timestamps import Clock

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox"  # noqa: S105 - printed at every start, not a secret
LIFETIME_S = 3 * 60 * 60


class AccessTokens:
    """Issues and checks the client's token."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._token = ""
        self._expires_at = 0.0

    def issue(self, client_id: str, client_secret: str) -> tuple[str, int]:
        """Return (token, seconds until it expires). Raises PortError (401): wrong credentials."""
        if (client_id, client_secret) != (CLIENT_ID, CLIENT_SECRET):
            raise PortError(401, "invalid_credentials", "client id or client secret is wrong")
        if self._clock() >= self._expires_at:
            self._expires_at = self._clock() + LIFETIME_S
            self._token = _jwt({"isMachine": True, "orgId": "sandbox", "exp": int(self._expires_at)})
        return self._token, max(1, int(self._expires_at - self._clock()))

    def check(self, authorization: str | None) -> None:
        """Raise PortError (401) if the header `Bearer <token>` is missing, unknown or expired."""
        if not authorization:
            raise PortError(401, "unauthorized", "the header Authorization is missing")
        scheme, _, token = authorization.partition(" ")
        known = scheme.lower() == "bearer" and self._token and secrets.compare_digest(token, self._token)
        if not known or self._clock() >= self._expires_at:
            raise PortError(401, "invalid_token", "the access token is unknown or expired")


def _jwt(claims: dict[str, object]) -> str:
    """Return a JWT (RFC 7519), from which Ocean reads `isMachine`. Its signature is random."""
    parts = (json.dumps({"alg": "HS256", "typ": "JWT"}).encode(), json.dumps(claims).encode())
    return ".".join(_base64url(part) for part in (*parts, secrets.token_bytes(32)))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
