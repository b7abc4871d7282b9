"""The endpoints that issue tokens: /oauth/token and /login."""

import json
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.sample_api.auth import CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME, Sessions, basic_pair
from sandbox.sample_api.sample_data import Json

LOGIN_PATHS = ("/oauth/token", "/login")
_SECRETS = frozenset({"client_secret", "password"})
_NO_STORE = {"Cache-Control": "no-store"}  # RFC 6749 §5.1


async def issue_access_token(request: Request, sessions: Sessions) -> Response:
    """Issue a token for OAuth 2.0 client credentials (RFC 6749 §4.4).

    The response is {"access_token", "token_type", "expires_in"}, with `scope` if it was sent. `audience` and
    other fields are ignored.
    """
    fields = await _fields(request)
    grant = fields.get("grant_type")
    if grant is None:
        return _oauth_error(400, "invalid_request", "grant_type is missing")
    if grant != "client_credentials":
        return _oauth_error(400, "unsupported_grant_type", "only client_credentials")
    if _client(request, fields) != (CLIENT_ID, CLIENT_SECRET):
        return _oauth_error(401, "invalid_client", "unknown client, or a wrong secret")
    answer: dict[str, Json] = {
        "access_token": sessions.issue("oauth2", _redacted(fields)),
        "token_type": "Bearer",
        "expires_in": sessions.lifetime_s,
    }
    if "scope" in fields:
        answer["scope"] = fields["scope"]
    return JSONResponse(answer, headers=_NO_STORE)


async def log_in(request: Request, sessions: Sessions) -> Response:
    """Log in: {"username", "password"} as JSON or form -> {"session": {"token": "…"}, "expires_in": 3600}."""
    fields = await _fields(request)
    if (fields.get("username"), fields.get("password")) != (USERNAME, PASSWORD):
        return JSONResponse(
            {"error": "Username or password is wrong"},
            status_code=401,
            headers={"WWW-Authenticate": 'Session realm="sample"'},
        )
    token = sessions.issue("login", _redacted(fields))
    return JSONResponse({"session": {"token": token}, "expires_in": sessions.lifetime_s}, headers=_NO_STORE)


def _client(request: Request, fields: dict[str, Json]) -> tuple[Json, Json]:
    """Return the client's id and secret. In HTTP Basic both are form-encoded (RFC 6749 §2.3.1)."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        pair = basic_pair(credential) or ("", "")
        return unquote_plus(pair[0]), unquote_plus(pair[1])
    return fields.get("client_id"), fields.get("client_secret")


async def _fields(request: Request) -> dict[str, Json]:
    """Return the fields of a form or a JSON object, or {} if the body is neither."""
    text = (await request.body()).decode(errors="replace")
    if "json" not in request.headers.get("Content-Type", ""):
        return dict(parse_qsl(text))
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _redacted(fields: dict[str, Json]) -> dict[str, Json]:
    """Return the fields with redacted secrets."""
    return {name: "***" if name in _SECRETS else value for name, value in fields.items()}


def _oauth_error(status: int, error: str, description: str) -> Response:
    """Return an OAuth error (RFC 6749 §5.2)."""
    headers = _NO_STORE | ({"WWW-Authenticate": 'Basic realm="sample"'} if status == 401 else {})
    return JSONResponse(
        {"error": error, "error_description": description}, status_code=status, headers=headers
    )
