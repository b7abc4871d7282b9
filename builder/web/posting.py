"""What a browser posts, read in memory alone: a file may hold secrets, and shall not be written anywhere."""

from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from builder.web.safety import MOST_BYTES

# A table of 500 fields with five inputs each, and some more.
_MOST_INPUTS = 5000


async def posted(request: Request) -> dict[str, str]:
    """A form's inputs by name, files as their text, line ends as `\\n`."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        pairs = await _parts(request)
    else:
        body = (await request.body()).decode("utf-8", "replace")
        pairs = parse_qsl(body, keep_blank_values=True)
    return {name: text.replace("\r\n", "\n") for name, text in pairs[:_MOST_INPUTS]}


async def _parts(request: Request) -> list[tuple[str, str]]:
    parser = MultiPartParser(request.headers, request.stream(), max_part_size=MOST_BYTES)
    parser.spool_max_size = MOST_BYTES
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
