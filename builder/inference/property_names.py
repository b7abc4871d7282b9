"""Property names that Port accepts, unique and close to the API's own field names."""

import re
import unicodedata
from collections.abc import Sequence

from builder.inference.words import camel_case, sentence_case, split_words

type Keys = tuple[str, ...]

# Keys that add no meaning to a path: `.attributes.name` is the name.
WRAPPERS = frozenset({"attributes", "attrs", "properties", "fields", "node", "_source"})
# Port's pattern allows more characters, but these never need quotes.
_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_CAMEL_HUMP = re.compile(r"[a-z0-9][A-Z]")
_MAX_LENGTH = 100
_DEFAULT_NAME = "field"


def property_names(paths: Sequence[Keys]) -> list[str]:
    """Return a unique name for each path. Shorter paths get the shorter names."""
    is_camel = _uses_camel_case(paths)
    names: dict[int, str] = {}
    taken: set[str] = set()
    for index in sorted(range(len(paths)), key=lambda index: len(paths[index])):
        names[index] = _unused_name(_preferred_names(paths[index], is_camel=is_camel), taken)
        taken.add(names[index].lower())
    return [names[index] for index in range(len(paths))]


def field_title(keys: Keys) -> str:
    """Return a path as a title: Created at, Owner login."""
    words = [word for key in _without_wrappers(keys) for word in split_words(key)]
    return sentence_case(words) or sentence_case([keys[-1]]) or _DEFAULT_NAME.capitalize()


def _uses_camel_case(paths: Sequence[Keys]) -> bool:
    keys = {key for path in paths for key in path}
    humps = sum(1 for key in keys if _CAMEL_HUMP.search(key))
    return humps > sum(1 for key in keys if "_" in key.strip("_"))


def _preferred_names(keys: Keys, *, is_camel: bool) -> list[str]:
    """Return the possible names of a path, the best first."""
    return [_join(_without_wrappers(keys), is_camel=is_camel), _join(keys, is_camel=is_camel)]


def _without_wrappers(keys: Keys) -> Keys:
    *above, last = keys
    return (*(key for key in above if key not in WRAPPERS), last)


def _join(keys: Keys, *, is_camel: bool) -> str:
    if len(keys) == 1 and _LEGAL.fullmatch(keys[0].lstrip("_@$")):
        return keys[0].lstrip("_@$")[:_MAX_LENGTH]
    words = [word for key in keys for word in split_words(_ascii(key))]
    if not words:
        return _DEFAULT_NAME
    return (camel_case(words) if is_camel else "_".join(words).lower())[:_MAX_LENGTH]


def _ascii(text: str) -> str:
    """Remove accents and drop the letters of other scripts."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _unused_name(preferred: Sequence[str], taken: set[str]) -> str:
    for name in preferred:
        if name.lower() not in taken:
            return name
    stem = preferred[-1]
    number = 2
    while (name := f"{stem[: _MAX_LENGTH - 6]}_{number}").lower() in taken:
        number += 1
    return name
