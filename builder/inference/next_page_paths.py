"""Find the path of the next page's link or cursor in a response body."""

from collections.abc import Iterator

from builder.inference.property_names import Keys
from builder.inference.value_columns import path_expression
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json

_NEXT = frozenset({Meaning.NEXT, Meaning.CURSOR})
_MAX_DEPTH = 6


def find_path(body: Json, text: str) -> str | None:
    """Return the jq path of a text in a body, None if there is none.

    Prefers a path named like a next page, then the shortest. Ignores lists, because the position in a list
    can differ between pages.
    """
    paths = [keys for keys, value in _leaves(body) if value == text]
    ranked = sorted(paths, key=lambda keys: (not _is_next(keys), len(keys)))
    return path_expression(ranked[0]) if ranked else None


def find_empty_next_path(body: Json) -> str | None:
    """Return the jq path of an empty field for the next page's cursor or link, None if there is none."""
    empty = (keys for keys, value in _leaves(body) if value in (None, "", False) and _is_next(keys))
    return next(map(path_expression, empty), None)


def _is_next(keys: Keys) -> bool:
    return any(meaning_of(key) in _NEXT for key in keys)


def _leaves(body: Json, keys: Keys = ()) -> Iterator[tuple[Keys, Json]]:
    if isinstance(body, dict) and len(keys) < _MAX_DEPTH:
        for key, value in body.items():
            yield from _leaves(value, (*keys, key))
    elif not isinstance(body, dict | list):
        yield keys, body
