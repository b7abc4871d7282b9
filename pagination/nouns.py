"""Names that contain the items' own noun: `hasMoreUsers`, `total_users`, `release-count`.

The noun is the key that holds the items, or the last word of the request's path. Without it, the rest of the
name is read by the vocabulary. Only fields around the items, or in an object such as `meta` there, count: the
`user_count` of a team is not the total of a listing.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from urllib.parse import urlsplit

from pagination.vocabulary import Meaning, key_of, meaning_of
from pagination.words import split_words
from rest.bodies import Json
from rest.envelope import EnvelopeField
from rest.page import Page
from rest.steps import Iterate

_DESCRIPTIONS = frozenset({"meta", "metadata", "pagination", "paging", "pageinfo", "responsemetadata"})
_SHORTEST_NOUN = 3


@dataclass(frozen=True, slots=True)
class ItemNouns:
    """The nouns of a page's items. path: the keys that lead to the items, up to a `[]`."""

    path: tuple[object, ...]
    nouns: tuple[str, ...]

    @classmethod
    def of(cls, page: Page) -> "ItemNouns":
        """Return the nouns of a page. It has none if the path to its items is unknown."""
        path = tuple(takewhile(lambda key: key is not Iterate.EACH, (step.at for step in page.steps or ())))
        last_word = urlsplit(page.request.url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
        nouns = (key_of(str(key)) for key in (*path[-1:], last_word)) if path else ()
        return cls(path, tuple(noun for noun in nouns if len(noun) >= _SHORTEST_NOUN and _is_new(noun)))

    def meaning_of(self, field: EnvelopeField) -> Meaning | None:
        """Return the meaning of a field whose name contains a noun of the items; None: it has none."""
        if not self._is_around_items(field):
            return None
        meanings = (_without(key_of(field.name), noun) for noun in self.nouns)
        return next((meaning for meaning in meanings if meaning and _fits(meaning, field.value)), None)

    def _is_around_items(self, field: EnvelopeField) -> bool:
        parent = field.keys[:-1]
        if parent and key_of(str(parent[-1])) in _DESCRIPTIONS:
            parent = parent[:-1]
        return len(parent) < len(self.path) and parent == self.path[: len(parent)]


def _is_new(noun: str) -> bool:
    """Tell whether the vocabulary lacks a noun. It has `results`, and what `resultCount` means."""
    return split_words((noun,)) is None


def _fits(meaning: Meaning, value: Json) -> bool:
    """Tell whether a value can be meant: `next_event: {...}` and `last_order: 70` are things, not pages."""
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


@lru_cache(1024)
def _without(name: str, noun: str) -> Meaning | None:
    """Return the meaning of a name without a noun in its plural or singular. Both are read by `key_of`."""
    meanings = (meaning_of(name.replace(form, "", 1)) for form in _forms(noun) if form in name)
    return next((meaning for meaning in meanings if meaning), None)


def _forms(noun: str) -> tuple[str, ...]:
    """Return a noun in its plural and its possible singulars: entries, entrie, entry, entri."""
    if not noun.endswith("s"):
        return (f"{noun}s", noun)
    singular = (f"{noun[:-3]}y",) if noun.endswith("ies") else ()
    return (noun, noun[:-1], *singular, *((noun[:-2],) if noun.endswith("es") else ()))
