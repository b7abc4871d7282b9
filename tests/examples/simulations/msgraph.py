"""Microsoft's token endpoint: client credentials of an application."""

from urllib.parse import parse_qsl

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, RefusalError, Vendor

_LOGIN = Vendor("login", {}, lambda message: {"error": "invalid_request", "error_description": message})
_APPLICATION = {
    "grant_type": "client_credentials",
    "client_id": "example-client",
    "client_secret": "example-secret",
    "scope": "https://graph.microsoft.com/.default",
}


def _token(request: ApiRequest) -> JSONResponse:
    """Return the token that the API's contract accepts."""
    if dict(parse_qsl(request.body.decode())) != _APPLICATION:
        raise RefusalError("AADSTS7000215: Invalid client secret provided.", 401)
    return JSONResponse(
        {"token_type": "Bearer", "expires_in": 3599, "access_token": "eyJ0eXAiOiJKV1Qi.graph"}
    )


ROUTES: list[Route] = [_LOGIN.listing("/example-tenant/oauth2/v2.0/token", _token, set(), method="POST")]
