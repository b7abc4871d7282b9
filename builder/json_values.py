"""Access to JSON values of unknown shape, and changes of JSON documents."""

import json
from collections.abc import Iterable, Mapping

from rest.bodies import Json

# Differs from each JSON value.
_ABSENT = "\0absent"


def as_object(value: Json) -> dict[str, Json]:
    """Return the value if it is an object, otherwise an empty object."""
    return value if isinstance(value, dict) else {}


def value_at(value: Json, keys: Iterable[str]) -> Json:
    """Return the value under nested keys, null if there is none."""
    for key in keys:
        value = as_object(value).get(key)
    return value


def is_same(one: object, other: object) -> bool:
    """Return whether two values are the same JSON. Unlike in Python, `1` and `true` differ."""
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def with_changes(document: Json, before: Json, after: Json) -> Json:
    """Return the document with the changes that lead from `before` to `after`.

    What `before` and `after` have in common, or do not mention, stays as it is in the document.
    """
    if is_same(before, after):
        return document
    match document, before, after:
        case dict(), dict(), dict():
            return _changed_object(document, before, after)
        case list(), list(), list() if len(document) == len(before) == len(after):
            return [with_changes(*values) for values in zip(document, before, after, strict=True)]
    return after


def _changed_object(
    document: Mapping[str, Json], before: Mapping[str, Json], after: Mapping[str, Json]
) -> dict[str, Json]:
    changed = dict(document)
    for name in dict.fromkeys([*before, *after]):
        if is_same(before.get(name, _ABSENT), after.get(name, _ABSENT)):
            continue
        # An object may hold more than was mentioned, so it is neither added nor removed as a whole.
        old, new = before.get(name, {}), after.get(name, {})
        value = with_changes(document.get(name, {}), old, new)
        if name in after or (value and isinstance(value, dict) and isinstance(old, dict)):
            changed[name] = value
        else:
            changed.pop(name, None)
    return changed
