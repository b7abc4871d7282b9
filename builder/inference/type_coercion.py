"""jq that coerces values of mixed JSON types to one property type and keeps null."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from builder.draft import PropertyType
from rest.bodies import Json
from rest.steps import quoted_key

# Matches each character outside Port's pattern for entity identifiers, and the backslash, which Port allows.
ILLEGAL_TO_UNDERSCORE = 'gsub("[^\\\\p{L}0-9@_.+:/=-]"; "_")'
AS_TEXT = "tostring"
_NUMBERS = frozenset({int, float})
_SCALARS = _NUMBERS | {str, bool}
# Keys that identify the entity in an expanded object, in order of preference.
_ID_KEYS = ("id", "_id", "uuid", "key", "identifier", "slug", "login", "name", "value")


@dataclass(frozen=True, slots=True)
class Coercion:
    """How values of mixed types become one type. steps: jq filters applied in order, never to null."""

    type: PropertyType
    steps: tuple[str, ...] = ()
    note: str = ""


def null_safe(path: str, steps: Sequence[str], also_null: Sequence[str] = ()) -> str:
    """Return jq that applies the steps to the value at a path and returns null for null.

    `tostring` alone would turn null into the text "null". also_null: jq literals of other values that mean
    null.
    """
    is_null = " or ".join(f". == {value}" for value in ("null", *also_null))
    filters = [*steps] or ["."] * bool(also_null)
    first = [f" | {_unless(is_null, step)}" for step in filters[:1]]
    return path + "".join([*first, *(f" | {_unless('. == null', step)}" for step in filters[1:])])


def _unless(is_null: str, step: str) -> str:
    start = f"if {is_null} then null"
    return f"{start} el{step}" if step.startswith("if ") else f"{start} else {step} end"


def coerce_types(types: Counter[type], values: Sequence[Json]) -> Coercion:
    """Return one property type for all values and the jq that converts each value to it."""
    value_types = frozenset(types) - {type(None)}
    if not value_types:
        return Coercion("string", note="Null in every item of the sample: the type is a guess")
    if list in value_types:
        return _coerce_lists(value_types, values)
    if dict in value_types:
        return _coerce_objects(value_types, values)
    return _coerce_scalars(value_types)


def _coerce_scalars(value_types: frozenset[type]) -> Coercion:
    if value_types == {str}:
        return Coercion("string")
    if value_types == {bool}:
        return Coercion("boolean")
    if value_types <= _NUMBERS:
        return Coercion("number")
    return Coercion("string", (AS_TEXT,), f"Values are {_type_names(value_types)}. All become text")


def _coerce_lists(value_types: frozenset[type], values: Sequence[Json]) -> Coercion:
    if value_types == {list}:
        return Coercion("array")
    if value_types == {list, dict} and not any(isinstance(value, list) and value for value in values):
        step = 'if type == "array" then null else . end'
        return Coercion(
            "object", (step,), "Some items have an empty list instead of an object. It becomes null"
        )
    step = 'if type == "array" then . else [.] end'
    return Coercion("array", (step,), "Some items have one value instead of a list. It becomes a list of one")


def _coerce_objects(value_types: frozenset[type], values: Sequence[Json]) -> Coercion:
    if value_types == {dict}:
        return Coercion("object")
    name = next((name for name in _ID_KEYS if _all_have_scalar(name, values)), None)
    if name is None:
        return Coercion(
            "string", (AS_TEXT,), f"Values are {_type_names(value_types)}. An object becomes JSON text"
        )
    key = quoted_key(name)
    inner = {type(value[name]) for value in values if isinstance(value, dict)}
    scalars = _coerce_scalars((value_types | inner) - {dict, type(None)})
    step = f'if type == "object" then {key} else . end'
    return Coercion(scalars.type, (step, *scalars.steps), f"Some values are objects. Their {key} is used")


def _all_have_scalar(name: str, values: Sequence[Json]) -> bool:
    return all(type(value.get(name)) in _SCALARS for value in values if isinstance(value, dict))


def _type_names(value_types: frozenset[type]) -> str:
    """Return the types in words, sorted."""
    names = {str: "text", int: "number", float: "number", bool: "boolean", dict: "object"}
    return " and ".join(sorted({names[each] for each in value_types}))
