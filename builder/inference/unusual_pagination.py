"""Propose pagination that the engine does not recognise by itself, because it needs the items' name."""

from collections.abc import Iterator

from builder.inference.singular import singular
from builder.inference.value_columns import path_expression
from builder.inference.words import split_words
from pagination.values import whole_number
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json
from rest.envelope import EnvelopeField
from rest.page import Page

_MORE_WORDS = frozenset({"more", "next"})
_LINK_WORDS = frozenset({"url", "uri", "link", "href", "path"})
_LINK_STARTS = ("http://", "https://", "/", "?")


def unusual_mapping(page: Page) -> dict[str, Json]:
    """Return the pagination of a page as a mapping, empty if it has none of these kinds.

    Discourse: `more_topics_url` beside `topics`. Airtable: a text named `offset`, which is a cursor.
    """
    for place in page.envelope:
        if isinstance(place.value, str) and place.value and all(isinstance(key, str) for key in place.keys):
            path = path_expression([str(key) for key in place.keys])
            if _is_link_to_more(place, page):
                return {"type": "next_link", "next_link_path": path}
            if meaning_of(place.name) is Meaning.OFFSET and whole_number(place.value) is None:
                return {"type": "cursor", "param": place.name, "cursor_path": path}
    return {}


def _is_link_to_more(place: EnvelopeField, page: Page) -> bool:
    """True for a URL named after the list of the items: more_topics_url, nextUsersLink."""
    words = [word.lower() for word in split_words(place.name)]
    is_link = isinstance(place.value, str) and place.value.startswith(_LINK_STARTS)
    if not is_link or len(words) < 3 or words[0] not in _MORE_WORDS or words[-1] not in _LINK_WORDS:
        return False
    return singular(words[-2]) in set(_item_names(page))


def _item_names(page: Page) -> Iterator[str]:
    """Yield the last words of the keys that lead to the items."""
    for step in page.steps or ():
        words = split_words(step.at) if isinstance(step.at, str) else []
        if words:
            yield singular(words[-1].lower())
