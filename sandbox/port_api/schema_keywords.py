"""The types and the bounds of JSON Schema as Python values."""

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
"""The exact Python types for each JSON type. A bool is an int in Python but not a number in JSON."""

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
"""By keyword: the type that it applies to, a check of a value against a limit, and the error message."""
