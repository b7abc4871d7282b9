"""Places in a JSON body, written with dots and indexes: `variables.after`, `0.variables.after`."""

from collections.abc import Sequence

from rest.bodies import Json
from rest.errors import ResourceError


def value_at(body: Json, name: str) -> Json:
    """Return the value at a place; None: there is none. A key that contains the dots takes precedence."""
    return _find(body, name.split("."))


def with_value_at(body: Json, name: str, value: Json) -> Json:
    """Return the body with a value at a place. Missing objects are created.

    Raises ResourceError: the place is in a text or a number, or outside of a list.
    """
    return _set(body, name.split("."), name, value)


def _find(body: Json, keys: Sequence[str]) -> Json:
    if not keys:
        return body
    if isinstance(body, dict):
        key, rest = _first_key(body, keys)
        return _find(body.get(key), rest)
    if isinstance(body, list) and (index := _index(body, keys[0])) is not None:
        return _find(body[index], keys[1:])
    return None


def _set(body: Json, keys: Sequence[str], name: str, value: Json) -> Json:
    if not keys:
        return value
    if isinstance(body, list):
        index = _index(body, keys[0])
        if index is None:
            raise ResourceError(
                f"cannot set {name} in the body, because {keys[0]} is not an index of the list there, which "
                f"has {len(body)} elements"
            )
        return [*body[:index], _set(body[index], keys[1:], name, value), *body[index + 1 :]]
    if body is not None and not isinstance(body, dict):
        raise ResourceError(f"cannot set {name} in the body, because its parent is not an object or a list")
    fields = body or {}
    key, rest = _first_key(fields, keys)
    return {**fields, key: _set(fields.get(key), rest, name, value)}


def _first_key(fields: dict[str, Json], keys: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the first key and the keys after it. The longest key that exists counts, else the first part."""
    counts = range(len(keys), 1, -1)
    count = next((count for count in counts if ".".join(keys[:count]) in fields), 1)
    return ".".join(keys[:count]), keys[count:]


def _index(body: list[Json], key: str) -> int | None:
    return int(key) if key.isdecimal() and int(key) < len(body) else None
