"""Request bodies other than JSON: forms, multipart forms and text."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from rest.bodies import Json
from rest.body_format import media_type_of
from rest.charsets import charset_of
from rest.errors import ResourceError
from rest.texts import Pairs, text_of

type BodyType = Literal["json", "form", "text", "multipart"]

_CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
    "multipart": "multipart/form-data",
}
_TYPES_BY_MEDIA = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_TEXT_VALUE = re.compile(r"\{([A-Za-z_]\w*)\}", re.ASCII)


def body_type_for(content_type: str, body: Json) -> BodyType:
    """Return the type of a body that a Content-Type header describes.

    A text with the header of another format is sent as it is.
    """
    media_type = media_type_of(content_type) or "application/json"
    match _TYPES_BY_MEDIA.get(media_type, "json" if media_type.endswith(("/json", "+json")) else "text"):
        case "form":
            return "form"
        case "multipart" if not isinstance(body, str):
            return "multipart"
        case "text" | "multipart" if isinstance(body, str):
            return "text"
    return "json"


def form_fields(body: Json) -> Pairs:
    """Return the fields of a form. A list repeats its field, an object gives `a[b]`, and null gives none.

    Raises ResourceError: the body is neither an object nor text, or has an object in a list.
    """
    if isinstance(body, str):
        return tuple(parse_qsl(body, keep_blank_values=True))
    if body is None:
        return ()
    if not isinstance(body, dict):
        raise ResourceError("a form needs a body that is an object or a text")
    return tuple(pair for name, value in body.items() for pair in _fields(name, value))


def _fields(name: str, value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(f"{name}[{key}]", inner)
    elif isinstance(value, list):
        for element in value:
            if isinstance(element, dict | list):
                raise ResourceError(
                    f"the form field {name} is a list with objects or lists in it",
                    hint=f"Write its fields as the API names them, like {name}[0][id]",
                )
            yield from _fields(name, element)
    elif value is not None:
        yield name, text_of(value)


def form_content(body: Json) -> str:
    """Return a form as application/x-www-form-urlencoded. A text is returned as it is."""
    return body if isinstance(body, str) else urlencode(form_fields(body))


def multipart_content(body: Json, boundary: str) -> str:
    """Return a form as multipart/form-data (RFC 7578)."""
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in form_fields(body)
    )
    return "".join(parts) + f"--{boundary}--\r\n"


def text_content(template: str, values: Pairs) -> str:
    """Return a text with values in place of their {placeholders}. Other braces stay."""
    known = dict(values)
    return _TEXT_VALUE.sub(lambda match: known.get(match[1], match[0]), template)


def with_text_value(template: Json, values: Pairs, name: str, value: Json) -> Pairs:
    """Return the values of a text's placeholders with one more.

    Raises ResourceError: the text has no such placeholder.
    """
    if not isinstance(template, str) or f"{{{name}}}" not in template:
        raise ResourceError(
            f"the text of the body has no {{{name}}}, so this parameter of the pagination has no place",
            hint=f"Write {{{name}}} where the API expects it, or choose another param_location. For a page "
            "size that is in the text already, set size_param to -",
        )
    return (*(pair for pair in values if pair[0] != name), (name, text_of(value)))


def encoded(
    body: Json, body_type: BodyType, values: Pairs, content_type: str | None
) -> tuple[bytes, str] | None:
    """Return the bytes of a body and their Content-Type; None: it is JSON, or there is none.

    values: of the placeholders of a text. content_type: the request's own header, which takes precedence.
    Raises ValueError: the charset of the header cannot represent the text.
    """
    if body_type == "json" or body is None:
        return None
    header = content_type or _CONTENT_TYPES[body_type]
    if body_type == "multipart":
        own = _BOUNDARY.search(header)
        boundary = own[1] if own else _boundary(body)
        header = header if own else f"{header}; boundary={boundary}"
        return multipart_content(body, boundary).encode(), header
    text = form_content(body) if body_type == "form" else text_content(text_of(body), values)
    return text.encode(charset_of(b"", header)), header


def _boundary(body: Json) -> str:
    """Return a boundary that is the same for equal bodies, so that their requests are equal, too."""
    return f"ocean-custom-{sha256(repr(form_fields(body)).encode()).hexdigest()[:32]}"


def _quoted(name: str) -> str:
    # As browsers do (HTML §4.10.21.8).
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
