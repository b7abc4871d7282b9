"""Which fields are worth having without a thought: what a person would put on the entity's page."""

from collections.abc import Sequence

from builder.draft import Property
from builder.inference.columns import Column
from builder.inference.naming import WRAPPERS
from builder.inference.words import plain, words_of

_MOST = 20
_LONGEST_TEXT = 500
_SEEN = 50
_MOST_ITEMS_WITHOUT = 0.98
# An API's own pages about itself.
_CLUTTER = frozenset({"links", "link", "href", "self", "etag", "nodeid", "gravatarid", "class", "embedded"})
_PAGES = frozenset({"url", "htmlurl", "weburl", "website", "homepage", "permalink", "link", "siteurl"})
_BEST_PAGES = ("htmlurl", "weburl", "permalink")
_SECRETS = frozenset({"password", "secret", "token", "passwd", "credential", "credentials"})
_TELLING = frozenset(
    {
        *(
            "name",
            "title",
            "status",
            "state",
            "type",
            "description",
            "email",
            "owner",
            "priority",
            "severity",
        ),
        *(
            "created",
            "updated",
            "url",
            "role",
            "language",
            "version",
            "team",
            "environment",
            "tags",
            "labels",
        ),
    }
)
_IDS = frozenset({"id", "key", "slug", "login", "username"})


def ticked(columns: Sequence[Column], properties: Sequence[Property]) -> set[int]:
    """The positions of the fields to choose: scalars first, at most 20."""
    best = _best_pages(columns)
    ranked = sorted(
        (_rank(column, made), index)
        for index, (column, made) in enumerate(zip(columns, properties, strict=True))
        if _is_worth_having(column, made, best)
    )
    return {index for _, index in ranked[:_MOST]}


def _rank(column: Column, made: Property) -> tuple[int, int]:
    words = {word.lower() for word in words_of(column.keys[-1])}
    return _depth(column) + (made.type == "array"), 0 if words & _TELLING else 1


def _is_worth_having(column: Column, made: Property, best: frozenset[str]) -> bool:
    if made.type == "object" or _is_clutter(column) or not _is_near(column):
        return False
    values = [value for value in column.values if value is not None]
    if not values or len(values) < column.items * (1 - _MOST_ITEMS_WITHOUT):
        return False
    if made.type == "array" and any(
        isinstance(part, dict | list) for value in values[:_SEEN] for part in _parts(value)
    ):
        return False
    if any(isinstance(value, str) and len(value) > _LONGEST_TEXT for value in values):
        return False
    return _is_page(column, best) if _is_link(column, made) else True


def _parts(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _depth(column: Column) -> int:
    return sum(1 for key in column.keys[:-1] if key not in WRAPPERS) + 1


def _is_near(column: Column) -> bool:
    """Of the item itself; of what it belongs to, only what says which that is."""
    words = {word.lower() for word in words_of(column.keys[-1])}
    depth = _depth(column)
    return depth == 1 or (depth == 2 and not words.isdisjoint(_TELLING | _IDS))


def _is_clutter(column: Column) -> bool:
    words = {word.lower() for key in column.keys for word in words_of(key)}
    inner = (key for key in column.keys if key not in WRAPPERS)
    is_odd = any(key[:1] in ("", "_", "@", "$") for key in inner)
    return is_odd or bool(words & _SECRETS) or any(plain(key) in _CLUTTER for key in column.keys)


def _is_link(column: Column, made: Property) -> bool:
    words = [word.lower() for word in words_of(column.keys[-1])]
    return made.format == "url" or (bool(words) and words[-1] in ("url", "uri", "href"))


def _is_page(column: Column, best: frozenset[str]) -> bool:
    """True for the address that a person would open: html_url where there is one, else url."""
    name = plain(column.keys[-1])
    return len(column.keys) == 1 and (name in best if best else name in _PAGES)


def _best_pages(columns: Sequence[Column]) -> frozenset[str]:
    names = {plain(column.keys[-1]) for column in columns if len(column.keys) == 1}
    return frozenset(name for name in _BEST_PAGES if name in names)
