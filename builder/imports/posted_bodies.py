"""The body of a request as a mapping has it: JSON, the fields of a form, or text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from builder.imports.pasted_documents import is_too_deep
from rest.bodies import Json, parse_json
from rest.request import Pairs
from rest.request_bodies import BodyType, body_type_for

# A form without a Content-Type header, as curl and browsers send it.
_FORM = re.compile(r"[^\s=&{}<>\"]+=[^\s&]*(?:&[^\s=&{}<>\"]+=[^\s&]*)*&?")


@dataclass(frozen=True, slots=True)
class PostedBody:
    """A body, and how it is sent."""

    body: Json = field(repr=False)
    body_type: BodyType = "json"

    @property
    def selector(self) -> dict[str, Json]:
        """The keys of the selector."""
        body_type: dict[str, Json] = {} if self.body_type == "json" else {"body_type": self.body_type}
        return {"body": self.body, **body_type}

    def headers_of(self, headers: Mapping[str, Json]) -> dict[str, Json]:
        """Return the headers without the Content-Type that the body type implies."""
        if self.body_type not in ("form", "multipart"):
            return dict(headers)
        return {name: text for name, text in headers.items() if name.lower() != "content-type"}


def read_posted(text: str, content_type: str = "") -> PostedBody:
    """Return a body. content_type: "" if unknown.

    Raises ValueError: it is neither a JSON object or list, nor a form, nor a text with its own type.
    """
    body_type = body_type_for(content_type, text)
    if body_type == "form" or (not content_type and _FORM.fullmatch(text)):
        return PostedBody(form_object(parse_qsl(text, keep_blank_values=True)), "form")
    try:
        parsed = parse_json(text)
    except ValueError:
        if body_type == "text" and "multipart" not in content_type.lower():
            return PostedBody(text, "text")
        raise
    if not isinstance(parsed, dict | list) or is_too_deep(parsed):
        raise ValueError
    return PostedBody(parsed)


def form_object(pairs: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """Return the fields of a form. A field that occurs more than once is a list."""
    fields: dict[str, list[Json]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def multipart_of(fields: Pairs) -> PostedBody:
    """Return the body of a multipart form."""
    return PostedBody(form_object(fields), "multipart")
