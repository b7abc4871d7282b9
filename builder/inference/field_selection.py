"""Select the fields that become properties by default: those that people expect on an entity page."""

from collections.abc import Sequence

from builder.draft import Property
from builder.inference.property_names import WRAPPERS
from builder.inference.value_columns import ValueColumn
from builder.inference.words import split_words, squash_name

_MAX_SELECTED = 20
_MAX_TEXT_LENGTH = 500
_CHECKED_VALUES = 50
_MAX_NULL_SHARE = 0.98
# Links and technical fields of the API itself.
_TECHNICAL_NAMES = frozenset(
    {"links", "link", "href", "self", "etag", "nodeid", "gravatarid", "class", "embedded"}
)
_WEB_PAGE_NAMES = frozenset(
    {"url", "htmlurl", "weburl", "website", "homepage", "permalink", "link", "siteurl"}
)
_BEST_WEB_PAGE_NAMES = ("htmlurl", "weburl", "permalink")
_SECRET_WORDS = frozenset({"password", "secret", "token", "passwd", "credential", "credentials"})
_PREFERRED_WORDS = frozenset(
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
_ID_WORDS = frozenset({"id", "key", "slug", "login", "username"})


def select_fields(columns: Sequence[ValueColumn], properties: Sequence[Property]) -> set[int]:
    """Return the positions of the selected fields, at most 20, scalars first."""
    best = _best_web_pages(columns)
    ranked = sorted(
        (_rank(column, proposed), index)
        for index, (column, proposed) in enumerate(zip(columns, properties, strict=True))
        if _is_useful(column, proposed, best)
    )
    return {index for _, index in ranked[:_MAX_SELECTED]}


def _rank(column: ValueColumn, proposed: Property) -> tuple[int, int]:
    words = {word.lower() for word in split_words(column.keys[-1])}
    return _depth(column) + (proposed.type == "array"), 0 if words & _PREFERRED_WORDS else 1


def _is_useful(column: ValueColumn, proposed: Property, best: frozenset[str]) -> bool:
    if proposed.type == "object" or _is_technical(column) or not _describes_item(column):
        return False
    values = [value for value in column.values if value is not None]
    if not values or len(values) < column.items * (1 - _MAX_NULL_SHARE):
        return False
    if proposed.type == "array" and any(
        isinstance(part, dict | list) for value in values[:_CHECKED_VALUES] for part in _parts(value)
    ):
        return False
    if any(isinstance(value, str) and len(value) > _MAX_TEXT_LENGTH for value in values):
        return False
    return _is_web_page(column, best) if _is_link(column, proposed) else True


def _parts(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _depth(column: ValueColumn) -> int:
    return sum(1 for key in column.keys[:-1] if key not in WRAPPERS) + 1


def _describes_item(column: ValueColumn) -> bool:
    """True for a field of the item itself, or a field that identifies a related entity."""
    words = {word.lower() for word in split_words(column.keys[-1])}
    depth = _depth(column)
    return depth == 1 or (depth == 2 and not words.isdisjoint(_PREFERRED_WORDS | _ID_WORDS))


def _is_technical(column: ValueColumn) -> bool:
    words = {word.lower() for key in column.keys for word in split_words(key)}
    inner = (key for key in column.keys if key not in WRAPPERS)
    has_prefix = any(key[:1] in ("", "_", "@", "$") for key in inner)
    is_technical_name = any(squash_name(key) in _TECHNICAL_NAMES for key in column.keys)
    return has_prefix or bool(words & _SECRET_WORDS) or is_technical_name


def _is_link(column: ValueColumn, proposed: Property) -> bool:
    words = [word.lower() for word in split_words(column.keys[-1])]
    return proposed.format == "url" or (bool(words) and words[-1] in ("url", "uri", "href"))


def _is_web_page(column: ValueColumn, best: frozenset[str]) -> bool:
    """True for the URL that a person would open: html_url if there is one, else url."""
    name = squash_name(column.keys[-1])
    return len(column.keys) == 1 and (name in best if best else name in _WEB_PAGE_NAMES)


def _best_web_pages(columns: Sequence[ValueColumn]) -> frozenset[str]:
    names = {squash_name(column.keys[-1]) for column in columns if len(column.keys) == 1}
    return frozenset(name for name in _BEST_WEB_PAGE_NAMES if name in names)
