"""Parse and evaluate plain jq paths, such as `.data.items[0]`, and dot notation without jq."""

import json
import re
from collections.abc import Iterator

from rest.bodies import Json
from rest.errors import JqError
from rest.outline import type_name
from rest.steps import Iterate, Step, quoted_key

_STEP = re.compile(
    r"""(?: \.?\[ (?P<index>-?\d+) \] | \.?\[ (?P<each>) \]
          | \.?\[ (?P<bracket>"(?:[^"\\]|\\.)*") \]
          | \. (?P<quoted>"(?:[^"\\]|\\.)*") | \. (?P<name>[A-Za-z_]\w*) ) (?P<optional>\??)""",
    re.VERBOSE | re.ASCII,
)
_DOTTED_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."\[\]()|<>=\s]+)')


def plain_steps(text: str) -> tuple[Step, ...] | None:
    """Return the steps of a plain jq path, or None if only jq can read the expression."""
    if text == ".":
        return ()
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        # jq itself decides about `a[0]` without a leading dot, and about text after the last step.
        if not match or (position == 0 and not text.startswith(".")):
            return None
        at = _parsed_step(match)
        if at is None:
            return None
        steps.append(Step(at, optional=bool(match["optional"])))
        position = match.end()
    return tuple(steps) or None


def _parsed_step(match: re.Match[str]) -> str | int | Iterate | None:
    if match["index"]:
        return int(match["index"])
    if match["each"] is not None:
        return Iterate.EACH
    quoted = match["bracket"] or match["quoted"]
    if quoted is None:
        return match["name"]
    try:
        key: str = json.loads(quoted)
    except ValueError:  # not a JSON string, for example jq's string interpolation
        return None
    return key


def dotted_names(text: str) -> tuple[str, ...]:
    """Return the parts of dot notation: `meta.next` has two, `"@odata.nextLink"` has one.

    Raises JqError: the text is not dot notation.
    """
    names = tuple(
        json.loads(f'"{quoted}"') if quoted else name for quoted, name in _DOTTED_NAME.findall(text)
    )
    separators = _DOTTED_NAME.split(text)[::3]
    if not names or separators != ["", *["."] * (len(names) - 1), ""]:
        raise JqError(f"{text!r} is not a path")
    return names


def walk_steps(values: list[Json], steps: tuple[Step, ...], *, strict: bool) -> Iterator[Json]:
    """Yield the values at the end of a plain path, as jq would.

    strict: a missing key raises KeyError, where jq returns null.
    Raises JqError: a value has the wrong type for a step that is not optional.
    """
    if not steps:
        yield from values
        return
    for value in values:
        try:
            found = _apply_step(value, steps[0].at, strict=strict)
        except JqError:
            if not steps[0].optional:
                raise
            continue
        yield from walk_steps(found, steps[1:], strict=strict)


def has_index_out_of_range(value: Json, steps: tuple[Step, ...]) -> bool:
    """Return True if an index exceeds its list, on a path of keys and indexes."""
    for step in steps:
        if isinstance(step.at, int) and isinstance(value, list):
            if not -len(value) <= step.at < len(value):
                return True
            value = value[step.at]
        elif isinstance(step.at, str) and isinstance(value, dict):
            value = value.get(step.at)
        else:
            return False
    return False


def _apply_step(value: Json, at: str | int | Iterate, *, strict: bool) -> list[Json]:
    if isinstance(at, Iterate):
        return _elements(value)
    if isinstance(at, str):
        if isinstance(value, dict):
            return [value[at] if strict else value.get(at)]
        if value is None and not strict:
            return [None]
        if value is None:
            raise KeyError(at)
        raise JqError(f"cannot read {quoted_key(at)} of a {type_name(value)}")
    if isinstance(value, list):
        return [value[at] if -len(value) <= at < len(value) else None]
    if value is None:
        return [None]
    raise JqError(f"cannot read element {at} of a {type_name(value)}")


def _elements(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    raise JqError(f"cannot read the elements of a {type_name(value)}")
