"""Responses made up from their schemas: the same ones every time, small, and of the declared types."""

from collections.abc import Iterator, Sequence

from builder.imports.found import DocumentError
from builder.imports.names import item_noun, noun
from builder.imports.openapi.document import Node
from builder.imports.openapi.values import Spot, made_up, varied
from expressions.paths import ABSENT, Absent
from rest.bodies import Json

_ITEMS = 2
_DEEPEST = 5
_MOST_VALUES = 200
_MOST_CHOICES = 10
_NESTING = frozenset({"properties", "items", "allOf", "oneOf", "anyOf"})
_JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "string": str,
}


def with_two_items(body: Json, *, deepest: int = 2) -> Json:
    """An example whose lists have one object gets a second one, which differs where ids do."""
    if isinstance(body, list):
        return [*body, varied(body[0], "", 2)] if len(body) == 1 and isinstance(body[0], dict) else body
    if isinstance(body, dict) and deepest:
        return {name: with_two_items(inner, deepest=deepest - 1) for name, inner in body.items()}
    return body


class Samples:
    """The samples of one document, each schema's made once.

    left_out: why properties are missing in them.
    """

    def __init__(self) -> None:
        self.left_out: list[str] = []
        self._made: dict[tuple[str, int, tuple[str, ...]], Json | Absent] = {}
        self._left = 0

    def of(self, schema: Node, path: str) -> Json | Absent:
        """A response of this schema to the path; a list has two items, of no more than so many values.

        Ids speak of what the schema of the item, or the path, is called: they are the same wherever the same
        is spoken of. ABSENT: the schema leads only to itself. Raises DocumentError: it is malformed, a single
        property apart.
        """
        return self._once(schema, Spot("", item_noun(path)))

    def _once(self, schema: Node, spot: Spot) -> Json | Absent:
        key = (schema.ref, spot.number if spot.in_item else 0, spot.trail)
        if schema.ref and key in self._made:
            return self._made[key]
        self._left = _MOST_VALUES
        made = self._made[key] = self._value(schema, spot)
        return made

    def _value(self, schema: Node, spot: Spot) -> Json | Absent:
        """ABSENT: the schema contains itself here, or there is enough of the sample."""
        self._left -= 1
        if self._left < 0 or spot.depth > _DEEPEST or (schema.ref and schema.ref in spot.trail):
            return ABSENT
        if schema.ref:
            spot = spot.behind(schema.ref)
        types = _types(schema)
        example = _example(schema, spot, types)
        if example is not ABSENT:
            return example if spot.in_item else with_two_items(example, deepest=0)
        return _joined([*self._own(schema, spot, types), *self._parts(schema, spot)])

    def _parts(self, schema: Node, spot: Spot) -> Iterator[Json | Absent]:
        """What allOf adds, and one of the alternatives: another one for each item."""
        for part in schema.elements("allOf"):
            yield self._value(part, spot)
        alternatives = [
            each
            for key in ("oneOf", "anyOf")
            for each in schema.elements(key)
            if each.value.get("type") != "null"
        ]
        if alternatives:
            yield self._value(alternatives[(spot.number - 1) % len(alternatives)], spot)

    def _own(self, schema: Node, spot: Spot, types: Sequence[str]) -> Iterator[Json | Absent]:
        kind = types[0] if types else ""
        if kind == "object":
            yield self._object(schema, spot)
        elif kind == "array":
            yield self._list(schema, spot)
        elif kind:
            yield made_up(kind, schema, spot)

    def _object(self, schema: Node, spot: Spot) -> dict[str, Json]:
        is_thing = spot.in_item and bool(spot.name)
        thing = (noun(schema.ref.rpartition("/")[2]) or noun(spot.name)) if is_thing else spot.thing
        properties = dict(self._properties(schema))
        found: dict[str, Json] = {}
        # What lies deep may be cut off, what is the object's own not.
        for name in sorted(properties, key=lambda name: not _NESTING.isdisjoint(properties[name].value)):
            value = self._value(properties[name], spot.at(name, thing))
            if value is not ABSENT:
                found[name] = value
        return {name: found[name] for name in properties if name in found}

    def _properties(self, schema: Node) -> Iterator[tuple[str, Node]]:
        """Those that can be read; one that leads nowhere does not spoil the others."""
        properties = schema.child("properties")
        for name in properties.value if properties else ():
            try:
                inner = properties.child(name) if properties else None
            except DocumentError as error:
                self.left_out.append(str(error))
                continue
            if inner and not inner.is_true("writeOnly"):
                yield name, inner

    def _list(self, schema: Node, spot: Spot) -> list[Json]:
        items = schema.child("items")
        if items is None:
            return []
        if spot.in_item:
            made = [self._value(items, spot.at(noun(spot.name), spot.thing))]
        else:
            made = [self._item(items, spot, number) for number in range(1, _ITEMS + 1)]
        return [value for value in made if value is not ABSENT]

    def _item(self, schema: Node, spot: Spot, number: int) -> Json | Absent:
        thing = noun(schema.ref.rpartition("/")[2]) or spot.thing
        return self._once(schema, Spot("", thing, number, in_item=True, trail=spot.trail))


def _types(schema: Node) -> list[str]:
    """The types but null, from OpenAPI 3.1's list too; where none is said, what the schema speaks of."""
    said = schema.value.get("type")
    types = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    found = [each for each in types if isinstance(each, str) and each != "null"]
    if found or types:
        return found
    if "properties" in schema.value:
        return ["object"]
    if "items" in schema.value:
        return ["array"]
    return ["string"] if "format" in schema.value else []


def _example(schema: Node, spot: Spot, types: Sequence[str]) -> Json | Absent:
    """What the document itself gives: the same of it for the same item, another for another."""
    value = schema.value
    if "const" in value:
        return value["const"]
    examples, allowed = value.get("examples"), value.get("enum")
    given = [value[key] for key in ("example",) if key in value]
    given += examples if isinstance(examples, list) else []
    given = given or [value[key] for key in ("default",) if value.get(key) not in (None, "", [], {})]
    choices = [each for each in given if each is not None and _fits(each, types)]
    if isinstance(allowed, list):
        choices += [each for each in allowed[:_MOST_CHOICES] if each is not None and each not in choices]
    if not choices:
        return ABSENT
    chosen = choices[(spot.number - 1) % len(choices)]
    is_free = len(choices) == 1 and not isinstance(allowed, list)
    return varied(chosen, spot.name, spot.number) if is_free else chosen


def _fits(value: Json, types: Sequence[str]) -> bool:
    if isinstance(value, bool) and types:
        return "boolean" in types
    known = [_JSON_TYPES[each] for each in types if each in _JSON_TYPES]
    return not known or any(isinstance(value, each) for each in known)


def _joined(values: Sequence[Json | Absent]) -> Json | Absent:
    """Parts of one object together; of others the first."""
    there = [value for value in values if value is not ABSENT]
    objects = [value for value in there if isinstance(value, dict)]
    if objects:
        return {name: inner for value in objects for name, inner in value.items()}
    return there[0] if there else ABSENT
