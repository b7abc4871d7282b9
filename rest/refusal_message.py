"""An API's own message in an error response, in the shapes that APIs use."""

import json
import re
from collections.abc import Iterator

from rest.bodies import Json
from rest.response import Response
from rest.web_pages import page_title

_MAX_BYTES = 64 * 1024
# The start of a page or text, in which its message is.
_MAX_TEXT = 4000
_MAX_SHOWN = 200
_MAX_DEPTH = 4
# From the most to the least specific: OAuth 2.0 (RFC 6749 §5.2), JSON:API, problem details (RFC 9457), SOAP.
_KEYS = (
    *("error_description", "errordescription", "detail", "message", "msg", "error_message", "errormessage"),
    *("errormessages", "errors", "error", "faultstring", "fault", "title", "reason", "description"),
)
_XML_MESSAGE = re.compile(r"<(?:\w+:)?(message|faultstring|detail|error)\b[^>]*>([^<]+)<", re.IGNORECASE)


def refusal_message(response: Response) -> str:
    """Return the API's message on one line with secrets masked, "" if the body has none."""
    content = response.stored.reader().read(_MAX_BYTES)
    text = content.decode("utf-8-sig", "replace").strip()
    if text.startswith(("{", "[", '"')):
        try:
            message = next(_messages(json.loads(text), _MAX_DEPTH), "")
        except (ValueError, RecursionError):
            message = ""
    elif text.startswith("<"):
        found = _XML_MESSAGE.search(text[:_MAX_TEXT])
        message = page_title(text) or (found[2] if found else "")
    else:
        message = text[:_MAX_TEXT].partition("\n")[0]
    # Control characters could change the terminal or the log.
    if "\ufffd" in message:  # it is not text
        return ""
    shown = "".join(char if char.isprintable() else " " for char in response.redact(message))
    return " ".join(shown.split())[:_MAX_SHOWN]


def described(response: Response, status: str) -> str:
    """Return the API's message and the status, or the status and the start of the body."""
    if message := refusal_message(response):
        return f"{message} ({status})"
    return f"{status}: {response.excerpt!r}" if response.excerpt else status


def _messages(value: Json, depth: int) -> Iterator[str]:
    """Yield the texts of a body that may be its message, the most specific one first."""
    if isinstance(value, str):
        yield from filter(None, [value.strip()])
    elif isinstance(value, list) and depth:
        for each in value[:1]:
            yield from _messages(each, depth - 1)
    elif isinstance(value, dict) and depth:
        by_name = {name.lower(): each for name, each in value.items()}
        known = [by_name[key] for key in _KEYS if key in by_name]
        # Below a known key, other keys are names of fields: {"errors": {"email": ["is required"]}}.
        others = [each for name, each in by_name.items() if name not in _KEYS] if depth < _MAX_DEPTH else []
        for each in [*known, *(each for each in others if isinstance(each, list))]:
            yield from _messages(each, depth - 1)
