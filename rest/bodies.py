"""JSON values, and a strict parser for them."""

import json
import math
from collections.abc import Iterator
from contextlib import suppress

import msgspec

# Three times as fast as the json module, with integers of any length and without infinity.
_DECODER = msgspec.json.Decoder()

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


def parse_json(text: str) -> Json:
    """Parse JSON by RFC 8259. Raises ValueError: it is invalid, as are NaN and Infinity."""
    with suppress(msgspec.DecodeError, ValueError, RecursionError):
        fast: Json = _DECODER.decode(text)
        return fast
    # msgspec rejects some valid JSON, such as half of a surrogate pair. For invalid JSON, the json module
    # has the better error message.
    try:
        parsed: Json = json.loads(text, parse_constant=_reject_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return parsed


def strict_decoder() -> json.JSONDecoder:
    """Return a decoder for single JSON values inside a text, with the same rules as `parse_json`."""
    return json.JSONDecoder(parse_constant=_reject_constant, parse_float=_finite)


def texts_in(body: Json) -> Iterator[str]:
    """Yield the strings of a body at any depth, without the keys."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, list):
        for element in body:
            yield from texts_in(element)
    elif isinstance(body, dict):
        for value in body.values():
            yield from texts_in(value)


def texts_with_places(body: Json, place: str) -> Iterator[tuple[str, str]]:
    """Yield the strings of a body at any depth, each after its place: body.filter.0.id."""
    if isinstance(body, str):
        yield place, body
    elif isinstance(body, list):
        for number, element in enumerate(body):
            yield from texts_with_places(element, f"{place}.{number}")
    elif isinstance(body, dict):
        for name, value in body.items():
            yield from texts_with_places(value, f"{place}.{name}")


def _finite(text: str) -> Json:
    number = float(text)
    return number if math.isfinite(number) else _reject_constant(text)


def _reject_constant(name: str) -> Json:
    raise ValueError(f"{name} is not a valid JSON number")
