"""Names and values as people type them, a pair a line, and JSON."""

import json
from collections.abc import Mapping

from rest.bodies import Json, parse_json
from rest.request import text_of


def pairs_of(text: str, sign: str) -> dict[str, Json]:
    """The pairs of `name=value` or `name: value` lines; a name that is repeated has a list.

    sign: what stands between them. Raises ValueError: a line has no sign, or no name.
    """
    found: dict[str, list[Json]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        name, between, value = line.partition(sign)
        if not between or not name.strip():
            raise ValueError(f"line {number} is no name{sign}value")
        found.setdefault(name.strip(), []).append(value.strip())
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def lines_of(pairs: Mapping[str, Json], sign: str) -> str:
    """The same pairs as lines."""
    between = f"{sign} " if sign == ":" else sign
    return "\n".join(
        f"{name}{between}{text_of(each)}"
        for name, value in pairs.items()
        for each in (value if isinstance(value, list) else [value])
    )


def words_in_lines(text: str) -> list[str]:
    """The lines that hold something."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def json_of(text: str) -> Json:
    """JSON, null for nothing. Raises ValueError: it is none."""
    try:
        return parse_json(text) if text.strip() else None
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from error


def object_of(text: str) -> dict[str, Json]:
    """A JSON object, an empty one for nothing. Raises ValueError: it is none."""
    value = json_of(text)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("is no object, like {…}")
    return value


def array_of(text: str) -> list[Json]:
    """A JSON array, an empty one for nothing. Raises ValueError: it is none."""
    value = json_of(text)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("is no list, like […]")
    return value


def json_text(value: Json) -> str:
    """A value to be edited; nothing for an empty one."""
    return "" if value in (None, {}) else json.dumps(value, indent=2, ensure_ascii=False)
