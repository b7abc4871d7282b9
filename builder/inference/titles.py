"""Propose jq expressions for the entity title."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from builder.inference.property_names import Keys
from builder.inference.secret_fields import is_secret
from builder.inference.singular import singular
from builder.inference.type_coercion import AS_TEXT, null_safe
from builder.inference.value_columns import ValueColumn, path_expression
from builder.inference.words import squash_name
from builder.inference.wrappers import Wrappers

_MAX_PROPOSALS = 5
_MAX_LENGTH = 200
_MIN_SHARE = 0.5
_TITLE_NAMES = (
    *("name", "title", "displayname", "fullname", "realname", "label", "subject", "summary", "headline"),
    *("shortdescription", "message", "username", "login", "email", "hostname", "filename", "slug", "key"),
    *("identifier", "code", "descriptor", "context", "description", "domain", "info", "version"),
)
# Longer texts whose first line is a title, as in Git.
_FIRST_LINE_NAMES = frozenset({"message", "description", "summary"})
_FIRST_LINE = 'split("\\n")[0]'
_SENTENCE_SPACES = 4
_STATES = frozenset({"availability", "status", "state", "health", "condition", "phase", "result", "outcome"})
_CONSTANT = 1000
_FIRST_NAMES = frozenset({"firstname", "givenname", "forename"})
_LAST_NAMES = frozenset({"lastname", "familyname", "surname"})
_PROFILE_NAMES = frozenset({"profile", "user", "person"})


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """A jq expression that returns an item's title, or null. why: the reason for the proposal."""

    expression: str
    why: str
    keys: tuple[Keys, ...] = ()


def find_titles(
    columns: Sequence[ValueColumn], nouns: frozenset[str], wrappers: Wrappers
) -> list[FoundTitle]:
    """Return up to five proposals, the best first. The list is empty if no field looks like a title.

    nouns: what the items are called, in lower case without separators.
    """
    shown = (_first_text(column) or column for column in columns)
    texts = [column for column in shown if _is_short_text(column) and not is_secret(column)]
    ranked = [(rank, _title(each)) for each in texts if (rank := _rank(each, nouns, wrappers)) is not None]
    ranked += [(_TITLE_NAMES.index("username"), title) for title in _person_titles(texts)]
    ranked.sort(key=lambda pair: pair[0])
    return [title for _, title in ranked[:_MAX_PROPOSALS]]


def _first_text(column: ValueColumn) -> ValueColumn | None:
    """Return the first texts of a field with lists of text: Crossref's title, Docker's Names. Else None.

    Lists of one text for most items: longer ones are tags and aliases, and name nothing.
    """
    lists = [value for value in column.values if isinstance(value, list) and value]
    texts = [value[0] for value in lists if isinstance(value[0], str)]
    is_list = all(isinstance(value, list) or value is None for value in column.values)
    are_single = sum(1 for value in lists if len(value) == 1) * 2 > len(lists)
    name = singular(squash_name(column.keys[-1]))
    if not texts or len(texts) < len(lists) or not is_list or not are_single or name not in _TITLE_NAMES:
        return None
    return replace(column, values=texts, is_first=True)


def _is_short_text(column: ValueColumn) -> bool:
    """True for a field with short values in at least half of the items."""
    values = [value for value in column.values if value not in (None, "")]
    if not values or not {type(value) for value in values} <= {str, int}:
        return False
    has_text = any(isinstance(value, str) for value in values)
    texts = [_shown(column, str(value)) for value in values]
    is_short = all(0 < len(text) <= _MAX_LENGTH and "\n" not in text for text in texts)
    return has_text and is_short and len(values) >= column.items * _MIN_SHARE


def _is_varied(column: ValueColumn) -> bool:
    values = [value for value in column.values if value not in (None, "")]
    return len(values) == 1 or len(Counter(map(str, values))) > 1


def _shown(column: ValueColumn, text: str) -> str:
    is_first_line = squash_name(column.keys[-1]) in _FIRST_LINE_NAMES
    return text.split("\n", 1)[0] if is_first_line else text


def _rank(column: ValueColumn, nouns: frozenset[str], wrappers: Wrappers) -> int | None:
    """Return the rank of a field by its name, None if the name does not suggest a title."""
    leaf = squash_name(column.keys[-1].rpartition(".")[2])  # Azure's System.Title
    leaf = singular(leaf) if column.is_first else leaf
    own_names = {
        f"{noun}{suffix}": rank for noun in nouns for rank, suffix in enumerate(("name", "title", ""))
    }
    if leaf in _TITLE_NAMES:
        rank = _TITLE_NAMES.index(leaf)
    elif leaf in own_names:
        rank = own_names[leaf]
    else:
        return None
    if _is_state_or_sentence(column, leaf, nouns):
        return None
    if not _is_varied(column):  # any title that differs is better
        rank += _CONSTANT
    outer = [key for key in wrappers.outer(column.keys) if squash_name(key) not in nouns]
    if len(outer) > 1 or (outer and squash_name(outer[0]) not in _PROFILE_NAMES):
        return None
    return rank + len(_TITLE_NAMES) * len(outer)


def _is_state_or_sentence(column: ValueColumn, leaf: str, nouns: frozenset[str]) -> bool:
    """True for a description in sentences, and for a field named like the items whose values repeat."""
    texts = [value for value in column.values if isinstance(value, str) and value]
    if leaf == "description":
        return any(text.count(" ") >= _SENTENCE_SPACES or text.endswith(".") for text in texts)
    if leaf in _STATES:
        return True
    return leaf in nouns and leaf not in _TITLE_NAMES and len(set(texts)) < len(texts)


def _title(column: ValueColumn) -> FoundTitle:
    is_text = {type(value) for value in column.values} <= {str, type(None)}
    path = path_expression(column.keys) + "[0]" * column.is_first
    steps = [] if is_text else [AS_TEXT]
    if any(isinstance(value, str) and "\n" in value for value in column.values):
        steps = [*steps, _FIRST_LINE]
    # A list whose first text is the title stays a property of its own.
    keys = () if column.is_first else (column.keys,)
    return FoundTitle(null_safe(column.path, steps), f"{path} names the item", keys)


def _person_titles(columns: Sequence[ValueColumn]) -> Iterator[FoundTitle]:
    """Yield titles of first and last name, for objects that have both."""
    lasts = {column.keys[:-1]: column for column in columns if squash_name(column.keys[-1]) in _LAST_NAMES}
    for first in columns:
        last = lasts.get(first.keys[:-1])
        if last and squash_name(first.keys[-1]) in _FIRST_NAMES:
            joined = f'[{first.path}, {last.path}] | map(values) | if . == [] then null else join(" ") end'
            yield FoundTitle(joined, "first and last name", (first.keys, last.keys))
