"""OAuth 2.0 client credentials (RFC 6749 §4.4)."""

from dataclasses import dataclass
from urllib.parse import quote_plus

import httpx

from auth.login import Login, accept_json
from auth.request_parts import RequestParts
from configuration.login import ClientCredentials
from rest.bodies import Json
from rest.errors import AuthError


@dataclass(frozen=True, slots=True)
class ClientCredentialsLogin:
    """OAuth 2.0 client credentials: {"access_token": "...", "expires_in": 3600}.

    prefix: stands before the token in the Authorization header.
    """

    credentials: ClientCredentials
    prefix: str

    def request(self) -> httpx.Request:
        """Return the request for a token. The client's credentials are in the form, or in Basic (§2.3.1)."""
        client = self.credentials
        form = {"grant_type": "client_credentials", **client.params}
        if client.where == "basic":
            basic = httpx.BasicAuth(quote_plus(client.client_id), quote_plus(client.client_secret))
            request = httpx.Request("POST", client.token_url, data=form, headers=accept_json())
            return next(basic.auth_flow(request))
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
        return httpx.Request("POST", client.token_url, data=form, headers=accept_json())

    def login(self, body: Json) -> Login:
        """Read a token response (§5.1): access_token is required, expires_in recommended.

        Raises AuthError: there is no access_token.
        """
        fields = body if isinstance(body, dict) else {}
        token = fields.get("access_token")
        if not isinstance(token, str) or not token:
            raise AuthError("the token endpoint's response has no access_token", hint="Check tokenUrl")
        parts = RequestParts(headers={"Authorization": f"{self.prefix} {token}"})
        return Login(parts, [token], _positive_seconds(fields.get("expires_in")))


def _positive_seconds(value: Json) -> float | None:
    try:
        seconds = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return seconds if seconds and seconds > 0 else None
