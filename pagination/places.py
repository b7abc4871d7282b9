"""Values in a response by what they mean for pagination: in the body around the items, and in the headers."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from pagination.nouns import ItemNouns
from pagination.vocabulary import Meaning, header_meaning, is_quota, meaning_of
from rest.bodies import Json
from rest.envelope import EnvelopeField, envelope_of
from rest.page import Page

# RFC 9110 §14.4: which items came, and of how many. The unit `bytes` counts parts of a file, not items.
_RANGE = re.compile(
    r"(?:(?P<unit>[a-z]+)[ =])?\s*(?P<first>\d{1,18})-(?P<last>\d{1,18})/(?P<size>\d{1,18}|\*)", re.IGNORECASE
)
_LARGEST_HEADER = 8192
LINK_NAMES = ("href", "url", "link", "uri", "@href", "@url", "#text")
_RELATIONS = ("rel", "relation", "@rel", "@relation")
# A total with its accuracy: Elasticsearch's {"total": {"value": 21, "relation": "eq"}}.
_VALUE = "value"


@dataclass(frozen=True, slots=True)
class Found:
    """A value and its place: as a person would write it, and as keys. A header has no keys."""

    where: str
    value: Json
    keys: tuple[str | int, ...] = ()
    name: str = ""


type _Meaningful = tuple[tuple[Meaning, Found], ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A Content-Range header: the first and last item, counted from 0, and the total; None: not reported."""

    first: int
    last: int
    size: int | None


def found(page: Page, *meanings: Meaning) -> Iterator[Found]:
    """Yield every value of one of these meanings: the body before the headers, the outermost first."""
    return (place for meaning, place in _meaningful(page) if meaning in meanings)


def in_headers(headers: Mapping[str, str], *meanings: Meaning) -> Iterator[Found]:
    """Yield every header of one of these meanings, and what stands inside headers that hold a JSON object."""
    return (place for meaning, place in _meaningful_headers(headers) if meaning in meanings)


def _meaningful(page: Page) -> _Meaningful:
    """Return every value that has a meaning. A page is asked for many meanings, so this is kept."""
    key = (_meaningful, page.steps)
    known: _Meaningful | None = page.response.derived.get(key)
    if known is None:
        known = (*_meaningful_fields(page), *_meaningful_headers(page.response.headers))
        page.response.derived[key] = known
    return known


def _meaningful_fields(page: Page) -> Iterator[tuple[Meaning, Found]]:
    nouns = ItemNouns.of(page)
    for place in (*page.envelope, *_in_lists_of_links(page)):
        meaning = meaning_of(place.name) or nouns.meaning_of(place)
        if meaning and not is_quota(place.keys):
            yield meaning, Found(place.where, _counted(place.value), place.keys, place.name)


def _meaningful_headers(headers: Mapping[str, str]) -> Iterator[tuple[Meaning, Found]]:
    for name, text in headers.items():
        inside = ((meaning_of(place.name), place) for place in _json_of(name, text))
        yield from (
            (meaning, Found(f"the header {name}: {place.where}", _counted(place.value), name=place.name))
            for meaning, place in inside
            if meaning
        )
        if meaning := header_meaning(name):
            yield meaning, Found(f"the header {name}", text.strip(), name=name)
    if (part := range_of(headers)) and part.size is not None:
        yield Meaning.TOTAL, Found("the header content-range", part.size, name="content-range")


def range_of(headers: Mapping[str, str]) -> Range | None:
    """Return what Content-Range says about items; None: nothing."""
    match = _RANGE.fullmatch(headers.get("content-range", "").strip())
    if match is None or (match["unit"] or "").lower() == "bytes":
        return None
    size = None if match["size"] == "*" else int(match["size"])
    return Range(int(match["first"]), int(match["last"]), size)


def link_of(value: Json) -> Json:
    """Return the link inside a link object, or inside a list of a single one; any other value as it is."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        link = link_of(value[0])
        return link if isinstance(link, str) else value
    if isinstance(value, dict):
        return next((value[name] for name in LINK_NAMES if name in value), value or None)
    return value


def _in_lists_of_links(page: Page) -> Iterator[EnvelopeField]:
    """Read [{"rel": "next", "href": "..."}] as {"next": "..."}."""
    for place in page.envelope:
        # A single link of XML is no list.
        for link in place.value if isinstance(place.value, list) else (place.value,):
            named = (
                next((link[name] for name in _RELATIONS if name in link), None)
                if isinstance(link, dict)
                else None
            )
            # Siren's relations are lists: {"rel": ["next"], "href": "..."}.
            for relation in named if isinstance(named, list) else (named,):
                if isinstance(relation, str) and isinstance(link_of(link), str):
                    yield EnvelopeField((*place.keys, relation), link_of(link))


def _json_of(name: str, text: str) -> tuple[EnvelopeField, ...]:
    """Return the fields of a header that holds an object: X-Pagination: {"TotalCount": 21}."""
    if not text.lstrip().startswith("{") or len(text) > _LARGEST_HEADER or "policy" in name.lower():
        return ()
    with suppress(ValueError, RecursionError):
        return envelope_of(json.loads(text), None)
    return ()


def _counted(value: Json) -> Json:
    is_count = isinstance(value, dict) and _VALUE in value and value.get("relation", "eq") == "eq"
    return value[_VALUE] if is_count and isinstance(value, dict) else value
