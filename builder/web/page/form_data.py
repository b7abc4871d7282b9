"""Form data read in memory only: an uploaded file may hold secrets and must not reach the disk."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from builder.web.page.safety import MAX_BYTES

type FormData = Mapping[str, str]

# Enough for a table of 500 fields with five inputs each.
_MAX_INPUTS = 5000


async def read_form(request: Request) -> dict[str, str]:
    """Return the inputs by name, files as text, line endings as `\\n`."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        pairs = await _multipart(request)
    else:
        body = (await request.body()).decode("utf-8", "replace")
        pairs = parse_qsl(body, keep_blank_values=True)
    return {name: text.replace("\r\n", "\n") for name, text in pairs[:_MAX_INPUTS]}


async def _multipart(request: Request) -> list[tuple[str, str]]:
    parser = MultiPartParser(request.headers, request.stream(), max_part_size=MAX_BYTES)
    parser.spool_max_size = MAX_BYTES
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from error
    return [(name, await _text(value)) for name, value in form.multi_items()]


async def _text(value: UploadFile | str) -> str:
    if isinstance(value, str):
        return value
    content = await value.read()
    await value.close()
    return content.decode("utf-8-sig", "replace")
