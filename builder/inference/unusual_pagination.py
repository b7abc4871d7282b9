"""Propose pagination that the engine does not recognise by itself, because it needs names of the items."""

from collections.abc import Iterator

from builder.inference.singular import singular
from builder.inference.value_columns import path_expression
from builder.inference.words import camel_case, split_words, squash_name
from pagination.values import whole_number
from pagination.vocabulary import Meaning, meaning_of, role_of
from rest.bodies import Json
from rest.envelope import EnvelopeField
from rest.origin import Origin
from rest.page import Page

_MORE_WORDS = frozenset({"more", "next"})
_LINK_WORDS = frozenset({"url", "uri", "link", "href", "path"})
_LINK_STARTS = ("http://", "https://", "/", "?")
_COUNT_WORDS = frozenset({"total", "count", "num", "number", "of"})
# Texts with these names are cursors. Numbers with these names are offsets.
_TEXT_CURSORS = frozenset({"offset", "position", "pageoffset"})


def unusual_mapping(page: Page) -> dict[str, Json]:
    """Return the pagination of a page as a mapping, empty if it has none of these kinds.

    Discourse: `more_topics_url` beside `topics`. Airtable: a text named `offset`, which is a cursor. Splunk:
    an offset of 0 beside a size that only the response names.
    """
    for place in page.envelope:
        if isinstance(place.value, str) and place.value:
            if _is_link_to_more(place, page):
                return {"type": "next_link", "next_link_path": _path(place)}
            if squash_name(place.name) in _TEXT_CURSORS and whole_number(place.value) is None:
                return {"type": "cursor", "param": place.name, "cursor_path": _path(place)}
        if _is_offset_of_first_page(place, page):
            return {"type": "offset", "param": place.name}
    return {}


def next_offset_mapping(page: Page) -> dict[str, Json]:
    """Return HubSpot's pagination, empty for others: `offset` is the next one, beside `hasMore`."""
    for place in page.envelope:
        words = [word.lower() for word in split_words(place.name)]
        number = whole_number(place.value)
        if number and words[-1:] == ["offset"] and number >= page.count:
            param = camel_case(words) if "-" in place.name else place.name
            return {"type": "cursor", "param": param, "cursor_path": _path(place)}
    return {}


def unread_sign(page: Page) -> str | None:
    """Return where a page says that there is more in a form that nothing can follow, None if nowhere.

    DynamoDB: a cursor that is an object. Others: `total_orders` beside fewer `orders`.
    """
    names = set(_item_names(page))
    for place in page.envelope:
        is_cursor = meaning_of(place.name) in (Meaning.CURSOR, Meaning.NEXT)
        if is_cursor and isinstance(place.value, dict) and place.value and not _has_inner_name(place.value):
            return place.where
        words = [word.lower() for word in split_words(place.name)]
        counted = {singular(word) for word in words if word not in _COUNT_WORDS}
        is_count = len(words) > 1 and len(counted) == 1 and counted <= names and counted != set(words)
        total = whole_number(place.value)
        if is_count and total is not None and not isinstance(place.value, bool) and total > page.count:
            return place.where
    return None


def _has_inner_name(value: dict[str, Json]) -> bool:
    """True for {"next": {"after": ...}}: the parts have meanings of their own, or are null."""
    return any(meaning_of(key) or inner in (None, "") for key, inner in value.items())


def _path(place: EnvelopeField) -> str:
    return path_expression([str(key) for key in place.keys])


def _is_link_to_more(place: EnvelopeField, page: Page) -> bool:
    """True for a URL named after the list of the items (more_topics_url), and for a full URL of the API."""
    words = [word.lower() for word in split_words(place.name)]
    is_link = isinstance(place.value, str) and place.value.startswith(_LINK_STARTS)
    if not is_link or words[-1] not in _LINK_WORDS or _MORE_WORDS.isdisjoint(words):
        return False
    is_named = len(words) > 2 and words[0] in _MORE_WORDS and singular(words[-2]) in set(_item_names(page))
    return is_named or _is_address_of_api(str(place.value), page)


def _is_address_of_api(link: str, page: Page) -> bool:
    """True for a full URL with a query at the origin of the request: Launchpad's next_collection_link."""
    if not link.startswith(("http://", "https://")) or "?" not in link:
        return False
    try:
        return Origin.of(link) == Origin.of(page.request.full_url)
    except ValueError:
        return False


def _is_offset_of_first_page(place: EnvelopeField, page: Page) -> bool:
    """True for an offset of 0 beside the size of this full page."""
    is_offset = role_of(place.name) == "offset" and place.value == 0 and not isinstance(place.value, bool)
    siblings = (other for other in page.envelope if other.keys[:-1] == place.keys[:-1])
    sizes = (whole_number(other.value) for other in siblings if role_of(other.name) == "size")
    return is_offset and page.count > 0 and any(size == page.count for size in sizes)


def _item_names(page: Page) -> Iterator[str]:
    """Yield the last words of the keys that lead to the items."""
    for step in page.steps or ():
        words = split_words(step.at) if isinstance(step.at, str) else []
        if words:
            yield singular(words[-1].lower())
