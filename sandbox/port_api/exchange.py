"""A request's parts as the routes want them, and the answers they give."""

from typing import Annotated, Any, cast
from urllib.parse import unquote, unquote_plus

from fastapi import Path, Request
from pydantic import AfterValidator
from starlette.responses import Response

from sandbox.port_api.errors import PortError, invalid
from sandbox.port_api.jsontext import Json, dump, parse
from sandbox.port_api.port import Port
from sandbox.port_api.shapes import Shape
from sandbox.port_api.writing import Author

type Name = Annotated[str, Path(), AfterValidator(unquote)]
"""An identifier in a path; the gate leaves paths encoded."""
type Kind = Annotated[str, Path(), AfterValidator(unquote_plus)]
"""A kind in a path; Ocean encodes its spaces as `+`."""

_FLAGS = {"true": True, "false": False}


def takes(shape: Shape) -> dict[str, Any]:
    """What a route's documentation says of its body: `@router.post(..., openapi_extra=takes(SHAPE))`."""
    return {"requestBody": {"content": {"application/json": {"schema": shape.schema}}}}


def port_of(request: Request) -> Port:
    """The state of the app that serves this request."""
    return cast("Port", request.app.state.port)


async def body_of(request: Request) -> Json:
    """The parsed body. Raises PortError (422): no JSON."""
    return parse(await request.body())


async def optional_body_of(request: Request) -> Json:
    """The parsed body, `{}` when there is none. Raises PortError (422): no JSON."""
    text = await request.body()
    return parse(text) if text.strip() else {}


def flag(request: Request, name: str) -> bool:
    """A query flag, false when absent. Raises PortError (422): neither true nor false."""
    value = request.query_params.get(name)
    if value is None:
        return False
    if value not in _FLAGS:
        raise invalid(f"querystring/{name} must be boolean")
    return _FLAGS[value]


def author_of(request: Request) -> Author:
    """Who writes, and when: the User-Agent is what Port calls the datasource."""
    return Author(request.headers.get("user-agent", ""), port_of(request).now())


def base_url(request: Request) -> str:
    """The sandbox's address as this client knows it."""
    return f"{request.url.scheme}://{request.headers['host']}"


def answer(status: int = 200, /, **fields: object) -> Response:
    """`{"ok": true, ...fields}`."""
    return bare({"ok": True, **fields}, status)


def refusal(error: PortError) -> Response:
    """`{"ok": false, "error": code, "message": text}`."""
    return bare({"ok": False, "error": error.code, "message": error.message}, error.status)


def bare(value: object, status: int = 200) -> Response:
    """Just this value as JSON."""
    return Response(dump(value).encode(errors="backslashreplace"), status, media_type="application/json")
