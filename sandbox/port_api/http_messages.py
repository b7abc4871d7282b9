"""Parsing of requests and building of responses, shared by all routes."""

from typing import Annotated, Any, cast
from urllib.parse import unquote, unquote_plus

from fastapi import Path, Request
from pydantic import AfterValidator
from starlette.responses import Response

from sandbox.port_api.body_schema import BodySchema
from sandbox.port_api.errors import PortError, invalid
from sandbox.port_api.json_codec import Json, dump, parse
from sandbox.port_api.port import Port
from sandbox.port_api.upserts import Author

type Name = Annotated[str, Path(), AfterValidator(unquote)]
"""An identifier in a path. The middleware leaves paths percent-encoded."""
type Kind = Annotated[str, Path(), AfterValidator(unquote_plus)]
"""A kind in a path. Ocean encodes spaces as `+`."""

_FLAGS = {"true": True, "false": False}


def request_body(schema: BodySchema) -> dict[str, Any]:
    """Return the OpenAPI entry for a body: `@router.post(..., openapi_extra=request_body(SCHEMA))`."""
    return {"requestBody": {"content": {"application/json": {"schema": schema.schema}}}}


def port_of(request: Request) -> Port:
    """Return the state of the application that serves this request."""
    return cast("Port", request.app.state.port)


async def body_of(request: Request) -> Json:
    """Return the parsed body. Raises PortError (422): the body is not JSON."""
    return parse(await request.body())


async def optional_body_of(request: Request) -> Json:
    """Return the parsed body, or `{}` if it is empty. Raises PortError (422): the body is not JSON."""
    text = await request.body()
    return parse(text) if text.strip() else {}


def query_flag(request: Request, name: str) -> bool:
    """Return a boolean query parameter, false by default. Raises PortError (422): it is not a boolean."""
    value = request.query_params.get(name)
    if value is None:
        return False
    if value not in _FLAGS:
        raise invalid(f"querystring/{name} must be boolean")
    return _FLAGS[value]


def author_of(request: Request) -> Author:
    """Return the author of a write. Port calls the User-Agent the datasource."""
    return Author(request.headers.get("user-agent", ""), port_of(request).now())


def base_url(request: Request) -> str:
    """Return the base URL that the client used."""
    return f"{request.url.scheme}://{request.headers['host']}"


def ok_response(status: int = 200, /, **fields: object) -> Response:
    """Return `{"ok": true, ...fields}`."""
    return json_response({"ok": True, **fields}, status)


def error_response(error: PortError) -> Response:
    """Return `{"ok": false, "error": code, "message": text}`."""
    return json_response({"ok": False, "error": error.code, "message": error.message}, error.status)


def json_response(value: object, status: int = 200) -> Response:
    """Return the value as JSON."""
    return Response(dump(value).encode(errors="backslashreplace"), status, media_type="application/json")
