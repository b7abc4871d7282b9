"""What an entity can be called: the field that people know the item by."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.inference.columns import Column, path_of
from builder.inference.mending import AS_TEXT, null_safe
from builder.inference.naming import WRAPPERS, Keys
from builder.inference.resource_names import ResourceName, plain_name
from builder.inference.words import plain

_MOST = 5
_LONGEST = 200
_FEWEST = 0.5
_NAMES = (
    *("name", "title", "displayname", "fullname", "realname", "label", "subject", "summary", "headline"),
    *("message", "username", "login", "email", "hostname", "filename", "slug", "key", "identifier", "code"),
)
_FIRST = frozenset({"firstname", "givenname", "forename"})
_LAST = frozenset({"lastname", "familyname", "surname"})
_OWN = WRAPPERS | {"metadata", "meta", "data", "info", "details"}
_FROM_PROFILE = frozenset({"profile", "user", "person"})


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """jq that gives an item's title, null where it has none. why: what speaks for it, in words."""

    expression: str
    why: str
    keys: tuple[Keys, ...] = ()


def titles_found(columns: Sequence[Column], name: ResourceName) -> list[FoundTitle]:
    """The best first, at most five; empty where no field looks like a title."""
    texts = [column for column in columns if _is_text(column)]
    ranked = [(rank, _title(each)) for each in texts if (rank := _rank(each, name)) is not None]
    ranked += [(_NAMES.index("username"), person) for person in _of_persons(texts)]
    ranked.sort(key=lambda pair: pair[0])
    return [title for _, title in ranked[:_MOST]]


def _is_text(column: Column) -> bool:
    """Mostly there, short, and not the same everywhere."""
    values = [value for value in column.values if value not in (None, "")]
    if not values or not {type(value) for value in values} <= {str, int}:
        return False
    has_text = any(isinstance(value, str) for value in values)
    is_short = all(len(str(value)) <= _LONGEST and "\n" not in str(value) for value in values)
    is_varied = len(values) == 1 or len(Counter(map(str, values))) > 1
    return has_text and is_short and is_varied and len(values) >= column.items * _FEWEST


def _rank(column: Column, name: ResourceName) -> int | None:
    """None: nothing in its name says that it is a title."""
    resource = plain_name(name.identifier)
    leaf = plain(column.keys[-1])
    known = {f"{resource}name": 0, f"{resource}title": 1, resource: 2} if leaf not in _NAMES else {}
    if leaf in known:
        rank = known[leaf]
    elif leaf in _NAMES:
        rank = _NAMES.index(leaf)
    else:
        return None
    outside = [key for key in column.keys[:-1] if key not in _OWN and plain(key) != resource]
    if len(outside) > 1 or (outside and plain(outside[0]) not in _FROM_PROFILE):
        return None
    return rank + len(_NAMES) * len(outside)


def _title(column: Column) -> FoundTitle:
    is_text = {type(value) for value in column.values} <= {str, type(None)}
    path = path_of(column.keys)
    return FoundTitle(
        null_safe(column.path, [] if is_text else [AS_TEXT]), f"{path} names the item", (column.keys,)
    )


def _of_persons(columns: Sequence[Column]) -> Iterator[FoundTitle]:
    """First and last name, where they stand side by side."""
    lasts = {column.keys[:-1]: column for column in columns if plain(column.keys[-1]) in _LAST}
    for first in columns:
        last = lasts.get(first.keys[:-1])
        if last and plain(first.keys[-1]) in _FIRST:
            joined = f'[{first.path}, {last.path}] | map(values) | if . == [] then null else join(" ") end'
            yield FoundTitle(joined, "first and last name", (first.keys, last.keys))
