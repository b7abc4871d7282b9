"""jq that makes a value what Port wants it to be, and null where there is none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from builder.draft import PropertyType
from rest.bodies import Json
from rest.steps import quoted_key

# Port's pattern of an entity's identifier, without the backslash that it also has: each other character.
ILLEGAL_TO_UNDERSCORE = 'gsub("[^\\\\p{L}0-9@_.+:/=-]"; "_")'
AS_TEXT = "tostring"
_NUMBERS = frozenset({int, float})
_SCALARS = _NUMBERS | {str, bool}
# Where an object that stands for another is known to say which.
_IDS = ("id", "_id", "uuid", "key", "identifier", "slug", "login", "name", "value")


@dataclass(frozen=True, slots=True)
class Mended:
    """What becomes of values of mixed types. steps: jq from one to the next, each given no null."""

    type: PropertyType
    steps: tuple[str, ...] = ()
    note: str = ""


def null_safe(path: str, steps: Sequence[str], also_null: Sequence[str] = ()) -> str:
    """A path and what is done to its value, which a null never reaches.

    `tostring` alone would make the text "null" of it. also_null: jq of other values that mean none.
    """
    is_null = " or ".join(f". == {value}" for value in ("null", *also_null))
    done = [*steps] or ["."] * bool(also_null)
    first = [f" | {_unless(is_null, step)}" for step in done[:1]]
    return path + "".join([*first, *(f" | {_unless('. == null', step)}" for step in done[1:])])


def _unless(is_null: str, step: str) -> str:
    start = f"if {is_null} then null"
    return f"{start} el{step}" if step.startswith("if ") else f"{start} else {step} end"


def mended(types: Counter[type], values: Sequence[Json]) -> Mended:
    """One type of property for all values, and the jq that makes each of that type."""
    found = frozenset(types) - {type(None)}
    if not found:
        return Mended("string", note="Null in every item of the sample: the type is a guess")
    if list in found:
        return _mended_lists(found, values)
    if dict in found:
        return _mended_objects(found, values)
    return _mended_scalars(found)


def _mended_scalars(found: frozenset[type]) -> Mended:
    if found == {str}:
        return Mended("string")
    if found == {bool}:
        return Mended("boolean")
    if found <= _NUMBERS:
        return Mended("number")
    return Mended("string", (AS_TEXT,), f"Values are {_named(found)}: all become text")


def _mended_lists(found: frozenset[type], values: Sequence[Json]) -> Mended:
    if found == {list}:
        return Mended("array")
    if found == {list, dict} and not any(isinstance(value, list) and value for value in values):
        step = 'if type == "array" then null else . end'
        return Mended("object", (step,), "An empty list stands where an object has nothing; it becomes null")
    step = 'if type == "array" then . else [.] end'
    return Mended("array", (step,), "Some items have one value instead of a list; it becomes a list of one")


def _mended_objects(found: frozenset[type], values: Sequence[Json]) -> Mended:
    if found == {dict}:
        return Mended("object")
    name = next((name for name in _IDS if _all_have(name, values)), None)
    if name is None:
        return Mended("string", (AS_TEXT,), f"Values are {_named(found)}: an object becomes its JSON")
    key = quoted_key(name)
    inner = {type(value[name]) for value in values if isinstance(value, dict)}
    scalars = _mended_scalars((found | inner) - {dict, type(None)})
    step = f'if type == "object" then {key} else . end'
    return Mended(scalars.type, (step, *scalars.steps), f"{key} of it where it is an object")


def _all_have(name: str, values: Sequence[Json]) -> bool:
    return all(type(value.get(name)) in _SCALARS for value in values if isinstance(value, dict))


def _named(found: frozenset[type]) -> str:
    """Types in words, in an order that does not change."""
    names = {str: "text", int: "number", float: "number", bool: "boolean", dict: "object"}
    return " and ".join(sorted({names[each] for each in found}))
