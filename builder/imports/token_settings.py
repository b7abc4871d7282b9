"""OAuth 2.0 and signed tokens of API clients, and requests for tokens, as settings."""

from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

from builder.imports.sample_redaction import SampleRedactor
from builder.imports.saved_request import SavedRequest
from builder.json_values import as_object
from rest.bodies import Json, parse_json
from rest.request import Pairs, text_of

# The names of grants in Postman and Insomnia, and in requests (RFC 6749, RFC 7523).
_GRANTS = {
    "client_credentials": "client_credentials",
    "password": "password",
    "password_credentials": "password",
    "refresh_token": "refresh_token",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "jwt_bearer",
}
_PEOPLE = ("authorization_code", "authorization_code_with_pkce", "implicit")
_FIELDS = {
    "client_id": "clientId",
    "client_secret": "clientSecret",
    "username": "username",
    "password": "password",
    "refresh_token": "refreshToken",
}
_PARAMS = ("scope", "audience", "resource")
# Signed anew for each request.
_COMPUTED = ("grant_type", "assertion", "client_assertion", "client_assertion_type")
# Fixed times of an example have passed.
_TIMES = ("iat", "nbf", "exp")

type Settings = dict[str, Json]


def client_oauth(fields: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings for the OAuth 2.0 of a client, and what the user has to complete.

    fields: as Postman or Insomnia call them.
    """
    url = fields.get("accessTokenUrl") or ""
    named = f" Enter tokenUrl: {SampleRedactor()(url)}" if url else " Enter tokenUrl"
    settings: Settings = {"authType": "oauth2"}
    if url and SampleRedactor()(url) == url:
        settings["tokenUrl"], named = url, ""
    type_ = fields.get("grant_type") or fields.get("grantType") or ""
    notes = (f"The request uses OAuth 2.0.{named}",) if named else ()
    if type_ in _PEOPLE:
        settings["grant"] = "refresh_token"
        notes = (*notes, "The request uses a login for people. Enter a refresh token that the login gave")
    elif grant := _GRANTS.get(type_):
        settings |= {"grant": grant} if grant != "client_credentials" else {}
    used = {"username", "password"} if settings.get("grant") == "password" else set()
    for name in ("clientId", "clientSecret", "refreshToken", *sorted(used)):
        if fields.get(name):
            settings[name] = fields[name]
    if fields.get("client_authentication") == "header":
        settings["tokenAuth"] = "basic"
    params: dict[str, Json] = {
        name: fields[name] for name in ("scope", "audience", "resource") if fields.get(name)
    }
    prefix = fields.get("headerPrefix") or fields.get("tokenPrefix") or "Bearer"
    own = {"bearerPrefix": prefix.strip()} if prefix.strip() not in ("Bearer", "") else {}
    return {**settings, **({"tokenParams": params} if params else {}), **own}, notes


def client_jwt(fields: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings for a token that a client signs, and what the user has to complete."""
    if fields.get("type") == "asap":
        claims: dict[str, Json] = {
            "iss": fields.get("issuer"), "sub": fields.get("subject"), "aud": fields.get("audience"),
            **_object(fields.get("additionalClaims")),
        }  # fmt: skip
        headers: dict[str, Json] = {"kid": fields.get("keyId")}
        algorithm = "RS256"
    else:
        claims = _object(fields.get("payload") or fields.get("claims"))
        headers = _object(fields.get("header"))
        algorithm = fields.get("algorithm") or "HS256"
    is_encoded = fields.get("isSecretBase64Encoded", "").lower() == "true"
    jwt: dict[str, Json] = {
        "algorithm": algorithm,
        "claims": {name: value for name, value in claims.items() if value and name not in _TIMES},
        "headers": {name: value for name, value in headers.items() if value and name not in ("alg", "typ")},
        "secretEncoding": "base64" if is_encoded else None,
    }
    settings: Settings = {"authType": "jwt", "jwt": {name: value for name, value in jwt.items() if value}}
    if algorithm.startswith("HS") and fields.get("secret"):
        settings["authValue"] = fields["secret"]
    elif fields.get("privateKey"):
        settings["privateKey"] = fields["privateKey"]
    prefix = (fields.get("headerPrefix") or "Bearer").strip()
    settings |= {"bearerPrefix": prefix} if prefix != "Bearer" else {}
    notes: tuple[str, ...] = ()
    if "query" in fields.get("addTokenTo", "").lower():
        notes = ("The token is a query parameter. The integration sends it in the header Authorization",)
    return settings, notes


def token_settings_of(request: SavedRequest) -> Settings | None:
    """Return the settings that a request for a token shows, None if it is another request."""
    fields, is_json = _posted(request.data or "")
    grant = _GRANTS.get(fields.get("grant_type", ""))
    if grant is None or request.method != "POST":
        return None
    user = request.user or _basic_user(request.headers)
    url = request.url if SampleRedactor()(request.url) == request.url else None
    settings: Settings = {"authType": "oauth2", **({"tokenUrl": url} if url else {})}
    settings |= {"grant": grant} if grant != "client_credentials" else {}
    settings |= {"tokenFormat": "json"} if is_json else {}
    settings |= {_FIELDS[name]: text for name, text in fields.items() if name in _FIELDS and text}
    if "client_assertion" in fields:
        settings["clientAuth"] = "private_key_jwt"
    elif user:
        client, _, secret = user.partition(":")
        settings |= {"tokenAuth": "basic", "clientId": client, "clientSecret": secret}
    others: dict[str, Json] = {
        name: text for name, text in fields.items() if name not in (*_FIELDS, *_COMPUTED)
    }
    return {**settings, **({"tokenParams": others} if others else {})}


def _basic_user(headers: Pairs) -> str:
    """Return the user and password of HTTP Basic, which a client form-encodes first (RFC 6749 §2.3.1)."""
    for name, text in headers:
        scheme, _, value = text.strip().partition(" ")
        if name.lower() == "authorization" and scheme.lower() == "basic":
            try:
                return unquote_plus(b64decode(value, validate=True).decode())
            except ValueError:
                return ""
    return ""


def _posted(data: str) -> tuple[dict[str, str], bool]:
    """Return the fields of a posted form or JSON object, and whether it is JSON."""
    if data.lstrip().startswith("{"):
        return {name: text_of(value) for name, value in _object(data).items()}, True
    return dict(parse_qsl(data.strip())), False


def _object(text: str | None) -> dict[str, Json]:
    try:
        return dict(as_object(parse_json(text or "{}")))
    except ValueError:
        return {}
