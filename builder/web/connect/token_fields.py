"""The inputs for OAuth 2.0 tokens, for signed tokens, and for secrets in files."""

from collections.abc import Iterable, Iterator, Mapping

from builder.web.connect.setting_field import SettingField, shown_for
from rest.bodies import Json

_SIGNED = ("oauth2", "jwt", "custom")
OAUTH2 = shown_for(
    "authType",
    ("oauth2",),
    SettingField(
        "grant",
        "Grant",
        "choice",
        choices=(
            ("client_credentials", "Client credentials (usual)"),
            ("password", "User name and password"),
            ("refresh_token", "Refresh token"),
            ("jwt_bearer", "Signed assertion (JWT bearer)"),
        ),
    ),
    SettingField(
        "tokenUrl", "Token URL", help="A URL, or a path under the base URL.", example="/oauth/token"
    ),
    SettingField(
        "refreshToken",
        "Refresh token",
        help="If the API replaces it, store it in a file: then the new one survives a restart.",
        grants=("refresh_token",),
    ),
    SettingField(
        "clientAuth",
        "Proof of the client",
        "choice",
        choices=(("secret", "Client secret (usual)"), ("private_key_jwt", "Signed by a private key")),
    ),
    SettingField("clientSecret", "Client secret"),
    SettingField(
        "tokenAuth",
        "Send ID and secret",
        "choice",
        choices=(("body", "In the form (usual)"), ("basic", "As HTTP Basic")),
    ),
    SettingField(
        "tokenFormat",
        "Send the token request as",
        "choice",
        choices=(("form", "Form (usual)"), ("json", "JSON")),
    ),
    SettingField(
        "tokenParams",
        "Additional form fields",
        "params",
        help="One per line, for example scope or audience.",
        example="scope=read:all",
    ),
    SettingField("tokenPath", "Path of the token", help="In the token response.", example="access_token"),
)
CLIENT_ID = shown_for(
    "authType", _SIGNED, SettingField("clientId", "Client ID", help="Also the issuer (iss) of signed tokens.")
)
SIGNING = shown_for(
    "authType",
    _SIGNED,
    SettingField(
        "privateKey",
        "Private key",
        "lines",
        help="PEM, a JWK, or the JSON key of a Google service account. It signs tokens.",
        example="-----BEGIN PRIVATE KEY-----",
    ),
    SettingField("privateKeyPassword", "Password of the private key"),
    SettingField(
        "jwt",
        "Signed token",
        "json",
        help="JSON with claims, algorithm, headers, ttl in seconds. A claim can be computed by jq.",
        example='{"claims": {"aud": "https://api.example.com", "scope": "read"}, "ttl": 180}',
    ),
)
SHARED_SECRET = shown_for(
    "authType",
    ("jwt",),
    SettingField("authValue", "Shared secret", help="For HS256, instead of a private key."),
)
EXPIRES_PATH = shown_for(
    "authType",
    ("oauth2", "custom"),
    SettingField(
        "expiresPath",
        "Path of the expiry",
        help="In the response of the login. Seconds or a date.",
        example="expires_in",
    ),
)


def required_secret(settings: Mapping[str, Json]) -> str:
    """Return the secret that the authentication requires, "" if there is none or it is in a JSON object."""
    auth_type = str(settings.get("authType", "none"))
    if auth_type != "oauth2":
        return _REQUIRED.get(auth_type, "")
    if settings.get("clientAuth") == "private_key_jwt":
        return "privateKey"
    return _REQUIRED_BY_GRANT.get(str(settings.get("grant", "")), "clientSecret")


_REQUIRED = {
    "bearer_token": "apiToken",
    "api_key": "apiKey",
    "basic": "password",
    "digest": "password",
    "signature": "authValue",
    "aws": "awsSecretAccessKey",
    "jwt": "privateKey",
}
_REQUIRED_BY_GRANT = {
    "password": "password",
    "refresh_token": "refreshToken",
    "jwt_bearer": "privateKey",
}


def file_fields(fields: Iterable[SettingField]) -> Iterator[SettingField]:
    """Yield an input for the file of each secret, which is shown for the auth types of the secret."""
    types: dict[str, tuple[SettingField, tuple[str, ...]]] = {}
    for field in fields:
        if field.is_secret:
            known = types.get(field.name, (field, ()))[1]
            types[field.name] = (field, (*known, *field.only_for))
    for name, (field, only_for) in types.items():
        yield SettingField(
            f"{name}File",
            f"{field.label}: file",
            example="/etc/secrets/token",
            chooser=field.chooser,
            only_for=only_for,
            grants=field.grants,
        )
