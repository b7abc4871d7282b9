"""Names that have the items' own noun in them: `hasMoreUsers`, `total_users`, `release-count`.

The noun is the key that holds the items, or the last word of the request's path. Without it, the rest of the
name is read by the vocabulary. Only fields beside the items, or in an object such as `meta` there, count: the
`user_count` of a team is not the total of a listing.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile
from urllib.parse import urlsplit

from pagination.vocabulary import Meaning, key_of, meaning_of
from rest.bodies import Json
from rest.envelope import EnvelopeField
from rest.page import Page
from rest.steps import Iterate

_DESCRIPTIONS = frozenset({"meta", "metadata", "pagination", "paging", "pageinfo", "responsemetadata"})
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST_NAME = 100
_SHORTEST_NOUN = 3


def meaning_beside_items(page: Page, field: EnvelopeField) -> Meaning | None:
    """Return the meaning of a field whose name has the noun of the items in it; None: it has none."""
    if not _is_beside_items(page, field):
        return None
    meanings = (_without(field.name, noun) for noun in _nouns(page))
    return next((meaning for meaning in meanings if meaning and _fits(meaning, field.value)), None)


def _fits(meaning: Meaning, value: Json) -> bool:
    """Return whether a value can be meant: `next_event: {...}` and `last_order: 70` are things, not pages."""
    match meaning:
        case Meaning.MORE | Meaning.TOTAL:
            return True
        case Meaning.LAST:
            return isinstance(value, bool)
        case Meaning.NEXT:
            return isinstance(value, str) and "?" in value
        case Meaning.CURSOR:
            return isinstance(value, str) and not value.isdigit()
        case _:
            return False


def _is_beside_items(page: Page, field: EnvelopeField) -> bool:
    keys = _keys_of_items(page)
    if not keys or len(field.name) > _LONGEST_NAME:
        return False
    parent = field.keys[:-1]
    return parent == keys[:-1] or (parent[:-1] == keys[:-1] and key_of(str(parent[-1])) in _DESCRIPTIONS)


def _keys_of_items(page: Page) -> tuple[str | int, ...]:
    """Return the path to the items, up to a `[]`."""
    steps = takewhile(lambda step: not isinstance(step.at, Iterate), page.steps or ())
    return tuple(step.at for step in steps if not isinstance(step.at, Iterate))


def _nouns(page: Page) -> Iterator[str]:
    yield str(_keys_of_items(page)[-1])
    yield urlsplit(page.request.url).path.rstrip("/").rpartition("/")[2][:_LONGEST_NAME]


@lru_cache(1024)
def _without(name: str, noun: str) -> Meaning | None:
    """Return the meaning of a name without a noun in its singular or plural."""
    parts, own = _parts(name), _parts(noun)
    if len(noun) < _SHORTEST_NOUN or not own:
        return None
    for last in _forms(own[-1]):
        form = (*own[:-1], last)
        for start in range(len(parts) - len(form) + 1):
            if parts[start : start + len(form)] == form:
                rest = (*parts[:start], *parts[start + len(form) :])
                return meaning_of("_".join(rest)) if rest else None
    return None


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in _PART.findall(name))


def _forms(word: str) -> tuple[str, ...]:
    """Return a plural with its singulars: entries, entrie, entry."""
    if not word.endswith("s"):
        return (word, f"{word}s")
    singular = f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
    return (word, singular, word[:-2]) if word.endswith("es") else (word, singular)
