"""The authentication of a request in Postman or Insomnia, as what the request sends."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.imports.saved_request import ApiKey
from rest.request import Pairs

# Methods whose credentials are computed for each request, or that the settings describe in another way.
_UNSUPPORTED = {
    "awsv4": "AWS signatures are computed for each request. No authType supports that",
    "iam": "AWS signatures are computed for each request. No authType supports that",
    "digest": "Digest authentication is not supported",
    "hawk": "Hawk is not supported",
    "ntlm": "NTLM is not supported",
    "oauth1": "OAuth 1.0 is not supported",
    "edgegrid": "Akamai EdgeGrid is not supported",
    "netrc": "The user and password in the .netrc file were not read",
}
_ALIASES = {"apikey": "api_key", "aws-iam": "iam", "oauth_2": "oauth2"}


@dataclass(frozen=True, slots=True)
class ClientAuth:
    """What an authentication adds to a request. notes: why nothing was added."""

    headers: Pairs = field(default=(), repr=False)
    key: ApiKey | None = None
    user: str | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()


def client_auth(type_: str, fields: Mapping[str, str]) -> ClientAuth:
    """Return what an authentication adds. fields: as Insomnia or Postman call them."""
    match _ALIASES.get(type_, type_):
        case "bearer":
            prefix = fields.get("prefix") or "Bearer"
            return ClientAuth(headers=(("Authorization", f"{prefix} {fields.get('token', '')}"),))
        case "basic":
            return ClientAuth(user=f"{fields.get('username', '')}:{fields.get('password', '')}")
        case "api_key":
            in_query = "query" in (fields.get("in") or fields.get("addTo") or "").lower()
            return ClientAuth(key=ApiKey(fields.get("key") or "X-API-Key", fields.get("value", ""), in_query))
        case "oauth2":
            return _oauth2(fields)
        case "jwt" | "asap":
            return ClientAuth(notes=("The request signs a JWT itself. Enter the credentials",))
        case other if other in _UNSUPPORTED:
            return ClientAuth(notes=(_UNSUPPORTED[other],))
    return ClientAuth()


def _oauth2(fields: Mapping[str, str]) -> ClientAuth:
    url = fields.get("accessTokenUrl") or "the token URL"
    return ClientAuth(
        notes=(f"The request uses OAuth 2.0. Choose authType oauth2 and enter tokenUrl: {url}",)
    )
