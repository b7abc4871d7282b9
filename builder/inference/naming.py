"""Names of properties: legal for Port, unique, and close to what the API calls them."""

import re
import unicodedata
from collections.abc import Sequence

from builder.inference.words import camel, title_of, words_of

type Keys = tuple[str, ...]

# Objects that say nothing about what is in them: `.attributes.name` is the name.
WRAPPERS = frozenset({"attributes", "attrs", "properties", "fields", "node", "_source"})
# Port's pattern for properties has more, but these need no quotes anywhere.
_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_HUMP = re.compile(r"[a-z0-9][A-Z]")
_LONGEST = 100
_UNNAMED = "field"


def property_names(paths: Sequence[Keys]) -> list[str]:
    """A name for each path, none twice; the shortest paths choose first."""
    is_camel = _is_camel(paths)
    names: dict[int, str] = {}
    taken: set[str] = set()
    for index in sorted(range(len(paths)), key=lambda index: len(paths[index])):
        names[index] = _free(_wishes(paths[index], is_camel=is_camel), taken)
        taken.add(names[index].lower())
    return [names[index] for index in range(len(paths))]


def field_title(keys: Keys) -> str:
    """A path as a person reads it: Created at, Owner login."""
    words = [word for key in _telling(keys) for word in words_of(key)]
    return title_of(words) or title_of([keys[-1]]) or _UNNAMED.capitalize()


def _is_camel(paths: Sequence[Keys]) -> bool:
    keys = {key for path in paths for key in path}
    humps = sum(1 for key in keys if _HUMP.search(key))
    return humps > sum(1 for key in keys if "_" in key.strip("_"))


def _wishes(keys: Keys, *, is_camel: bool) -> list[str]:
    """The names that a path would like to have, the best first."""
    return [_joined(_telling(keys), is_camel=is_camel), _joined(keys, is_camel=is_camel)]


def _telling(keys: Keys) -> Keys:
    *above, last = keys
    return (*(key for key in above if key not in WRAPPERS), last)


def _joined(keys: Keys, *, is_camel: bool) -> str:
    if len(keys) == 1 and _LEGAL.fullmatch(keys[0].lstrip("_@$")):
        return keys[0].lstrip("_@$")[:_LONGEST]
    words = [word for key in keys for word in words_of(_ascii(key))]
    if not words:
        return _UNNAMED
    return (camel(words) if is_camel else "_".join(words).lower())[:_LONGEST]


def _ascii(text: str) -> str:
    """Letters without their accents; those of other scripts are lost."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _free(wishes: Sequence[str], taken: set[str]) -> str:
    for wish in wishes:
        if wish.lower() not in taken:
            return wish
    stem = wishes[-1]
    number = 2
    while (name := f"{stem[: _LONGEST - 6]}_{number}").lower() in taken:
        number += 1
    return name
