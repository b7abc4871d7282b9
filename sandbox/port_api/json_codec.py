"""Strict JSON parsing, and serialization that preserves numbers (1 stays 1, 1.0 stays 1.0)."""

import json
import math
from json.encoder import JSONEncoder
from typing import Any, NoReturn, cast

from sandbox.port_api.errors import invalid

_MAX_DEPTH = 100
_NESTING = frozenset((dict, list))

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None
type Document = dict[str, Any]
"""A JSON object that has been validated."""


def parse(text: bytes) -> Json:
    """Parse a request body. Raises PortError (422): it is not valid JSON."""
    try:
        value: Json = _DECODER.decode(text.decode())
        if b"\\u" in text:
            dump(value).encode()  # fails for lone surrogates, which JSON escapes can express
        if text.count(b"[") + text.count(b"{") > _MAX_DEPTH:
            _check_depth(value)
    except (ValueError, RecursionError) as error:
        raise invalid(f"the body is not valid JSON: {error}") from error
    return value


def dump(value: object) -> str:
    """Return compact JSON. Keys keep their order."""
    return _ENCODER.encode(value)


def sorted_dump(value: object) -> str:
    """Return compact JSON with sorted keys, for comparisons."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _check_depth(value: Json) -> None:
    level = [value] if type(value) in _NESTING else []
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else cast("list[Json]", outer))
            if type(inner) in _NESTING
        ]
    if level:
        raise ValueError(f"nested more than {_MAX_DEPTH} deep")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"number out of range: {text:.40}")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant)
_ENCODER = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
