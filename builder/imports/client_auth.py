"""The authentication of a request in Postman or Insomnia, as what the request sends."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.imports.declared_auth import aws_settings, digest_settings
from builder.imports.saved_request import ApiKey
from builder.imports.token_settings import client_jwt, client_oauth
from rest.bodies import Json
from rest.request import Pairs

# Methods whose credentials are computed for each request, or that the settings describe in another way.
_SIGNATURE = "Choose authType signature; docs/authentication.md has its settings"
_UNSUPPORTED = {
    "hawk": f"The request is signed with Hawk. {_SIGNATURE}",
    "ntlm": "NTLM is not supported",
    "oauth1": "OAuth 1.0 is not supported",
    "edgegrid": f"The request is signed with Akamai EdgeGrid. {_SIGNATURE}",
    "netrc": "The user and password in the .netrc file were not read",
}
_ALIASES = {"apikey": "api_key", "aws-iam": "awsv4", "iam": "awsv4", "oauth_2": "oauth2"}


@dataclass(frozen=True, slots=True)
class ClientAuth:
    """What an authentication adds to a request.

    settings: those that it determines by itself. notes: what was left out, and what has to be completed.
    """

    headers: Pairs = field(default=(), repr=False)
    key: ApiKey | None = None
    user: str | None = field(default=None, repr=False)
    settings: Mapping[str, Json] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()


def client_auth(type_: str, fields: Mapping[str, str]) -> ClientAuth:
    """Return what an authentication adds. fields: as Insomnia or Postman call them."""
    match _ALIASES.get(type_, type_):
        case "bearer":
            prefix = fields.get("prefix") or "Bearer"
            return ClientAuth(headers=(("Authorization", f"{prefix} {fields.get('token', '')}"),))
        case "basic":
            return ClientAuth(user=f"{fields.get('username', '')}:{fields.get('password', '')}")
        case "digest":
            user = f"{fields.get('username', '')}:{fields.get('password', '')}"
            return ClientAuth(settings=digest_settings(user))
        case "awsv4":
            return ClientAuth(settings=_aws(fields))
        case "api_key":
            place = (fields.get("in") or fields.get("addTo") or "").lower()
            if "cookie" in place:
                return ClientAuth(
                    notes=("The API key is a cookie. Put the header Cookie into customHeaders",)
                )
            name = fields.get("key") or "X-API-Key"
            return ClientAuth(key=ApiKey(name, fields.get("value", ""), "query" in place))
        case "oauth2":
            settings, notes = client_oauth(fields)
            return ClientAuth(settings=settings, notes=notes)
        case "jwt" | "asap" as kind:
            settings, notes = client_jwt({**fields, "type": kind})
            return ClientAuth(settings=settings, notes=notes)
        case other if other in _UNSUPPORTED:
            return ClientAuth(notes=(_UNSUPPORTED[other],))
    return ClientAuth()


def _aws(fields: Mapping[str, str]) -> dict[str, Json]:
    """Return the settings of AWS Signature Version 4. Insomnia writes accessKeyId, Postman accessKey."""
    return aws_settings(
        "",
        fields.get("region", ""),
        fields.get("service", ""),
        fields.get("accessKeyId") or fields.get("accessKey", ""),
        fields.get("secretAccessKey") or fields.get("secretKey", ""),
        fields.get("sessionToken", ""),
    )
