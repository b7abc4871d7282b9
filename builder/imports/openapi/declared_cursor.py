"""Match the cursor of a response with the declared parameter that sends it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.page_words import is_next_page_token, is_point_in_time
from builder.imports.openapi.request_parameters import RequestParameter
from builder.imports.openapi.response_fields import field_description
from builder.imports.query_pagination import letters_of, page_role
from pagination.vocabulary import Meaning, meaning_of, own_words
from rest.bodies import Json
from rest.steps import quoted_key

_NEXT = (Meaning.NEXT, Meaning.CURSOR)
_LAST = (Meaning.LAST, Meaning.MORE)
_MAX_DEPTH = 3
_LINK_STARTS = ("http://", "https://", "/", "?")
# The end of a period. Listings that are paged by time start with the newest items.
_ENDS = ("until", "before", "till", "maxtime", "endtime", "end", "to")
_STARTS = ("since", "from", "after", "starttime", "start")
# Parameters that select items. Responses often echo them.
_SELECTIONS = re.compile(
    r"^(?:q|query|search|sort\w*|order\w*|filter\w*|fields?|lang\w*|locale|currency|version|format|kind|type"
    r"|status|state|etag|id|key|name|namespace|date|start|end|from|to|since|until|period|interval|range|mode"
    r"|view|region|country|scope|environment|symbol|group\w*|unit\w*|include|expand|select|prefix|delimiter"
    r"|direction|callback|account\w*|project\w*|user\w*|object\w*|resource\w*)$"
)
_SELECTS = re.compile(r"\bfilter|\bsearch|\bsort|\border\b|\bmatch", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CursorField:
    """A field of the envelope with the cursor of the next page. path: jq. description: of the document."""

    name: str
    path: str
    is_number: bool
    description: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredCursor:
    """The cursor of a listing. field: None if there is none. parameter: None if none is declared for it."""

    field: CursorField | None = None
    parameter: RequestParameter | None = None

    @property
    def mapping(self) -> dict[str, Json]:
        """The pagination, empty if the field or its parameter is missing."""
        if self.field is None or self.parameter is None:
            return {}
        return {"type": "cursor", "param": self.parameter.name, "cursor_path": self.field.path}


def find_declared_cursor(
    body: Json, schema: DocumentNode | None, parameters: Sequence[RequestParameter]
) -> DeclaredCursor:
    """Return the cursor of a sample body with the declared parameter that sends it."""
    candidates = [each for each in parameters if each.location == "query" and not each.is_required]
    envelope = body if isinstance(body, dict) else {}
    fields = [*_cursor_fields(envelope, schema), *_same_name(envelope, candidates)]
    best, found = 0.0, DeclaredCursor(fields[0] if fields else None)
    for field in fields:
        for parameter in candidates:
            score = _score(field, parameter)
            if score > best:
                best, found = score, DeclaredCursor(field, parameter)
    return found


def _cursor_fields(
    body: dict[str, Json], schema: DocumentNode | None, keys: tuple[str, ...] = ()
) -> Iterator[CursorField]:
    for name, value in body.items():
        place = (*keys, name)
        if isinstance(value, dict) and len(place) < _MAX_DEPTH:
            yield from _cursor_fields(value, schema, place)
        is_next = meaning_of(name) in _NEXT or (keys and meaning_of(keys[-1]) in _NEXT and name == "after")
        if is_next and _is_cursor(value):
            description = field_description(schema, place)
            yield CursorField(name, "".join(map(quoted_key, place)), isinstance(value, int), description)


def _is_cursor(value: Json) -> bool:
    if isinstance(value, str):
        return not value.startswith(_LINK_STARTS)
    return isinstance(value, int) and not isinstance(value, bool)


def _same_name(body: dict[str, Json], parameters: Sequence[RequestParameter]) -> Iterator[CursorField]:
    """Yield the text of the envelope that has the name of a parameter, if there is exactly one.

    The name can be any: `iterator`. Beside it, there is a flag for the last page, or no other text.
    """
    texts = [name for name, value in body.items() if isinstance(value, str) and meaning_of(name) is None]
    has_size = any(page_role(each.name) == "size" for each in parameters)
    # Beside several other texts, it is more likely an echo of a filter.
    is_paged = any(meaning_of(name) in _LAST for name in body) or (has_size and len(texts) == 1)
    echoed = [
        name
        for name, value in body.items()
        if isinstance(value, str)
        and _is_cursor(value)
        and any(each.name == name and _may_be_cursor(each) for each in parameters)
    ]
    if is_paged and len(echoed) == 1:
        yield CursorField(echoed[0], quoted_key(echoed[0]), is_number=False)


def _may_be_cursor(parameter: RequestParameter) -> bool:
    is_text = parameter.types <= {"string"} and not parameter.values
    selects = _SELECTIONS.match(letters_of(parameter.name)) or _SELECTS.search(parameter.description)
    return is_text and not selects and parameter.format not in ("date", "date-time", "uuid")


def _score(field: CursorField, parameter: RequestParameter) -> float:
    """Return how likely the parameter sends the cursor, 0 if nothing says so."""
    letters, role = letters_of(parameter.name), page_role(parameter.name)
    if role == "size" or meaning_of(parameter.name) is Meaning.BACK:
        return 0
    if letters in (letters_of(field.name), letters_of(own_words(field.name))):
        return 5
    if _mentions(field.description, parameter.name) or _mentions(parameter.description, field.name):
        return 4
    is_time = is_point_in_time(field.description) or (field.is_number and not field.description)
    if is_time and is_point_in_time(parameter.description) and letters in (*_ENDS, *_STARTS):
        return 3 - _STARTS.count(letters) - (letters in _ENDS[-3:]) * 0.5
    is_token = role is None and _may_be_cursor(parameter) and is_next_page_token(parameter.description)
    return 2.5 if role == "cursor" or is_token else 0


def _mentions(text: str, name: str) -> bool:
    """Return whether a text names a parameter or field. Short words need quotes: `next`."""
    if not re.search(r"[a-z][A-Z]|[_-]|\w{9}", name):
        return bool(re.search(rf"[`'\"]{re.escape(name)}[`'\"]", text))
    return bool(re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE))
