"""Values as users type them: name and value pairs, one per line, and JSON."""

import json
from collections.abc import Mapping

from rest.bodies import Json, parse_json
from rest.request import text_of


def parse_pairs(text: str, separator: str) -> dict[str, Json]:
    """Return the pairs of `name=value` or `name: value` lines. A repeated name has a list of values.

    Raises ValueError: a line has no separator or no name.
    """
    found: dict[str, list[Json]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        name, sign, value = line.partition(separator)
        if not sign or not name.strip():
            raise ValueError(f"Line {number} must have the form name{separator}value")
        found.setdefault(name.strip(), []).append(value.strip())
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def format_pairs(pairs: Mapping[str, Json], separator: str) -> str:
    """Return pairs as lines. The inverse of `parse_pairs`."""
    sign = f"{separator} " if separator == ":" else separator
    return "\n".join(
        f"{name}{sign}{text_of(each)}"
        for name, value in pairs.items()
        for each in (value if isinstance(value, list) else [value])
    )


def non_empty_lines(text: str) -> list[str]:
    """Return the lines that are not blank, stripped."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def parse_json_text(text: str) -> Json:
    """Return the JSON value, None for blank text. Raises ValueError: invalid JSON."""
    try:
        return parse_json(text) if text.strip() else None
    except ValueError as error:
        raise ValueError(f"Invalid JSON: {error}") from error


def parse_object(text: str) -> dict[str, Json]:
    """Return the JSON object, {} for blank text. Raises ValueError: not a JSON object."""
    value = parse_json_text(text)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("Enter a JSON object: {…}")
    return value


def parse_array(text: str) -> list[Json]:
    """Return the JSON array, [] for blank text. Raises ValueError: not a JSON array."""
    value = parse_json_text(text)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("Enter a JSON array: […]")
    return value


def format_json(value: Json) -> str:
    """Return a value as indented JSON, "" for None and {}."""
    return "" if value in (None, {}) else json.dumps(value, indent=2, ensure_ascii=False)
