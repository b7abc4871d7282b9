"""Where in a body the next page's link, or an empty place for it, stands."""

from collections.abc import Iterator

from builder.inference.columns import path_of
from builder.inference.naming import Keys
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json

_NEXT = frozenset({Meaning.NEXT, Meaning.CURSOR})
_DEEPEST = 6


def path_to(body: Json, wanted: str) -> str | None:
    """The jq path of a text in the objects of a body: one named next, else the shortest; None: nowhere.

    What stands in a list has no path that every page would have.
    """
    found = [keys for keys, value in _leaves(body) if value == wanted]
    ranked = sorted(found, key=lambda keys: (not _is_next(keys), len(keys)))
    return path_of(ranked[0]) if ranked else None


def empty_next(body: Json) -> str | None:
    """The jq path of a place for the next page's cursor or link that has none."""
    empty = (keys for keys, value in _leaves(body) if value in (None, "", False) and _is_next(keys))
    return next(map(path_of, empty), None)


def _is_next(keys: Keys) -> bool:
    return any(meaning_of(key) in _NEXT for key in keys)


def _leaves(body: Json, keys: Keys = ()) -> Iterator[tuple[Keys, Json]]:
    if isinstance(body, dict) and len(keys) < _DEEPEST:
        for key, value in body.items():
            yield from _leaves(value, (*keys, key))
    elif not isinstance(body, dict | list):
        yield keys, body
