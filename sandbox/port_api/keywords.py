"""JSON schema's words for types and bounds, as functions."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

TYPES: Mapping[str, frozenset[type]] = MappingProxyType(
    {
        "string": frozenset((str,)),
        "number": frozenset((int, float)),
        "integer": frozenset((int,)),
        "boolean": frozenset((bool,)),
        "object": frozenset((dict,)),
        "array": frozenset((list,)),
        "null": frozenset((type(None),)),
    }
)
"""The exact types that JSON is read as: to Python, but not to JSON, true is a number."""

BOUNDS: Mapping[str, tuple[str, Callable[[Any, Any], bool], str]] = MappingProxyType(
    {
        "minLength": ("string", lambda value, limit: len(value) >= limit, "must have at least {} characters"),
        "maxLength": ("string", lambda value, limit: len(value) <= limit, "must have at most {} characters"),
        "minimum": ("number", lambda value, limit: value >= limit, "must be >= {}"),
        "maximum": ("number", lambda value, limit: value <= limit, "must be <= {}"),
        "exclusiveMinimum": ("number", lambda value, limit: value > limit, "must be > {}"),
        "exclusiveMaximum": ("number", lambda value, limit: value < limit, "must be < {}"),
        "minItems": ("array", lambda value, limit: len(value) >= limit, "must have at least {} items"),
        "maxItems": ("array", lambda value, limit: len(value) <= limit, "must have at most {} items"),
        "maxProperties": ("object", lambda value, limit: len(value) <= limit, "must have at most {} keys"),
    }
)
"""By keyword: the type that it bounds, whether a value keeps to a limit, and what to say when it does not."""
