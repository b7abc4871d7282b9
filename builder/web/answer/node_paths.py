"""Paths to the values of a response: within its items, and to lists."""

from collections.abc import Sequence

from expressions.paths import jq_path
from rest.bodies import Json
from rest.errors import JqError
from rest.steps import Iterate, Step, quoted_key

type Keys = tuple[str | int, ...]


def field_expression(keys: Keys) -> str:
    """Return the keys within an item as jq. Below a list, the values of all its elements are collected."""
    path = "".join(f"{quoted_key(key)}" if isinstance(key, str) else "[]?" for key in keys)
    path = f".{path}" if path.startswith("[") else path
    return f"[{path}]" if any(isinstance(key, int) for key in keys) else path


def list_expression(keys: Keys) -> str:
    """Return the data_path that reads the elements of a list. An index above it stands for all elements.

    Elements without the list are skipped.
    """
    if not any(isinstance(key, int) for key in keys):
        return "".join(map(quoted_key, map(str, keys))) or "."
    path = "".join(quoted_key(key) if isinstance(key, str) else "[]?" for key in (*keys, 0))
    path = path if path.startswith(".") else f".{path}"
    return path.replace("[]?", "[]", 1)


def plain_steps(data_path: str) -> tuple[Step, ...] | None:
    try:
        return jq_path(data_path.strip() or ".").leading_steps
    except JqError:
        return None


def _matches(steps: Sequence[Step], keys: Keys) -> bool:
    """Return whether the keys begin with a path."""
    return len(keys) >= len(steps) and all(
        isinstance(step.at, Iterate) or step.at == key for step, key in zip(steps, keys, strict=False)
    )


def is_list_at(steps: tuple[Step, ...] | None, keys: Keys) -> bool:
    if steps is None:
        return False
    own = steps[:-1] if steps and isinstance(steps[-1].at, Iterate) else steps
    return len(own) == len(keys) and _matches(own, keys)


def item_keys(body: Json, steps: tuple[Step, ...] | None, keys: Keys) -> Keys | None:
    """Return the keys within an item. None: the keys lead elsewhere."""
    if steps is None or not _matches(steps, keys):
        return None
    rest = keys[len(steps) :]
    if any(isinstance(step.at, Iterate) for step in steps):
        return rest
    if isinstance(_value(body, keys[: len(steps)]), list):
        return rest[1:] if rest else None
    return rest


def _value(body: Json, keys: Keys) -> Json:
    for key in keys:
        if isinstance(body, dict) and isinstance(key, str):
            body = body.get(key)
        elif isinstance(body, list) and isinstance(key, int):
            body = body[key]
    return body


def first_item(body: Json, steps: tuple[Step, ...] | None) -> Keys:
    """Return the keys of the first item, as far as they lead."""
    keys: Keys = ()
    for step in steps or ():
        key = _first_key(body) if isinstance(step.at, Iterate) else step.at
        if key is None or not _has(body, key):
            return keys
        keys, body = (*keys, key), _value(body, (key,))
    is_item = bool(steps) and isinstance((steps or ())[-1].at, Iterate)
    return (*keys, 0) if isinstance(body, list) and body and not is_item else keys


def _has(value: Json, key: str | int) -> bool:
    if isinstance(value, dict):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value)


def _first_key(value: Json) -> str | int | None:
    if isinstance(value, dict):
        return next(iter(value), None)
    return 0 if isinstance(value, list) and value else None
