"""Generate sample responses from schemas: deterministic, small, and of the declared types."""

from collections.abc import Iterator, Sequence

from builder.imports.imported import DocumentError
from builder.imports.name_parts import item_noun, subject_noun
from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.example_values import ValueContext, example_value, vary_example
from expressions.paths import ABSENT, Absent
from rest.bodies import Json

_ITEMS = 2
_MAX_DEPTH = 5
_MAX_SAMPLE_VALUES = 200
_MAX_ENUM_VALUES = 10
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
    """Add a second object, with other ids, to each list of one object in an example."""
    if isinstance(body, list):
        return [*body, vary_example(body[0], "", 2)] if len(body) == 1 and isinstance(body[0], dict) else body
    if isinstance(body, dict) and deepest:
        return {name: with_two_items(inner, deepest=deepest - 1) for name, inner in body.items()}
    return body


class SchemaSamples:
    """The samples of one document. The sample of each schema is generated once.

    left_out: why properties are missing in the samples.
    """

    def __init__(self) -> None:
        self.left_out: list[str] = []
        self._made: dict[tuple[str, int, tuple[str, ...]], Json | Absent] = {}
        self._left = 0

    def of(self, schema: DocumentNode, path: str) -> Json | Absent:
        """Return a response with this schema. Lists have two items of limited size.

        Ids depend on the name of the item's schema, or on the path, so that references to an entity match its
        id. A malformed property is left out. ABSENT: the schema refers only to itself.
        Raises DocumentError: the schema is malformed.
        """
        return self._once(schema, ValueContext("", item_noun(path)))

    def _once(self, schema: DocumentNode, context: ValueContext) -> Json | Absent:
        key = (schema.ref, context.number if context.in_item else 0, context.trail)
        if schema.ref and key in self._made:
            return self._made[key]
        self._left = _MAX_SAMPLE_VALUES
        made = self._made[key] = self._value(schema, context)
        return made

    def _value(self, schema: DocumentNode, context: ValueContext) -> Json | Absent:
        """Return a value, ABSENT if the schema contains itself here or the sample is large enough."""
        self._left -= 1
        if self._left < 0 or context.depth > _MAX_DEPTH or (schema.ref and schema.ref in context.trail):
            return ABSENT
        if schema.ref:
            context = context.behind(schema.ref)
        types = _types(schema)
        example = _example(schema, context, types)
        if example is not ABSENT:
            return example if context.in_item else with_two_items(example, deepest=0)
        return _joined([*self._own(schema, context, types), *self._parts(schema, context)])

    def _parts(self, schema: DocumentNode, context: ValueContext) -> Iterator[Json | Absent]:
        """Yield the parts of allOf and one alternative of oneOf or anyOf, which varies with the item."""
        for part in schema.elements("allOf"):
            yield self._value(part, context)
        alternatives = [
            each
            for key in ("oneOf", "anyOf")
            for each in schema.elements(key)
            if each.value.get("type") != "null"
        ]
        if alternatives:
            first = (context.number - 1) % len(alternatives)
            made = (self._value(each, context) for each in alternatives[first:] + alternatives[:first])
            # Some alternatives allow any object.
            yield next((value for value in made if value not in ({}, ABSENT)), {})

    def _own(
        self, schema: DocumentNode, context: ValueContext, types: Sequence[str]
    ) -> Iterator[Json | Absent]:
        kind = types[0] if types else ""
        if kind == "object":
            yield self._object(schema, context)
        elif kind == "array":
            yield self._list(schema, context)
        elif kind:
            yield example_value(kind, schema, context)

    def _object(self, schema: DocumentNode, context: ValueContext) -> dict[str, Json]:
        is_thing = context.in_item and bool(context.name)
        thing = (
            (subject_noun(schema.ref.rpartition("/")[2]) or subject_noun(context.name))
            if is_thing
            else context.thing
        )
        properties = dict(self._properties(schema))
        found: dict[str, Json] = {}
        # Scalars come first, because the size limit cuts off nested values.
        for name in sorted(properties, key=lambda name: not _NESTING.isdisjoint(properties[name].value)):
            value = self._value(properties[name], context.at(name, thing))
            if value is not ABSENT:
                found[name] = value
        return {name: found[name] for name in properties if name in found}

    def _properties(self, schema: DocumentNode) -> Iterator[tuple[str, DocumentNode]]:
        """Yield the properties of a response. A property that cannot be read is left out."""
        properties = schema.child("properties")
        for name in properties.value if properties else ():
            try:
                inner = properties.child(name) if properties else None
            except DocumentError as error:
                self.left_out.append(str(error))
                continue
            if inner and not inner.is_true("writeOnly"):
                yield name, inner

    def _list(self, schema: DocumentNode, context: ValueContext) -> list[Json]:
        items = schema.child("items")
        if items is None:
            return []
        if context.in_item:
            made = [self._value(items, context.at(subject_noun(context.name), context.thing))]
        else:
            made = [self._item(items, context, number) for number in range(1, _ITEMS + 1)]
        return [value for value in made if value is not ABSENT]

    def _item(self, schema: DocumentNode, context: ValueContext, number: int) -> Json | Absent:
        thing = subject_noun(schema.ref.rpartition("/")[2]) or context.thing
        return self._once(schema, ValueContext("", thing, number, in_item=True, trail=context.trail))


def _types(schema: DocumentNode) -> list[str]:
    """Return the types except null, inferred from other keys if the schema declares none."""
    declared = schema.value.get("type")
    types = [declared] if isinstance(declared, str) else declared if isinstance(declared, list) else []
    if types:
        return [each for each in types if isinstance(each, str) and each != "null"]
    if "properties" in schema.value:
        return ["object"]
    if "items" in schema.value:
        return ["array"]
    return ["string"] if "format" in schema.value else []


def _example(schema: DocumentNode, context: ValueContext, types: Sequence[str]) -> Json | Absent:
    """Return the document's own example for the item, ABSENT if there is none."""
    value = schema.value
    if "const" in value:
        return value["const"]
    examples, allowed = value.get("examples"), value.get("enum")
    candidates = [value["example"]] if "example" in value else []
    candidates += examples if isinstance(examples, list) else []
    if not candidates and value.get("default") not in (None, "", [], {}):
        candidates = [value["default"]]
    choices = [each for each in candidates if each is not None and _has_type(each, types)]
    if isinstance(allowed, list):
        choices += [each for each in allowed[:_MAX_ENUM_VALUES] if each is not None and each not in choices]
    if not choices:
        return ABSENT
    chosen = choices[(context.number - 1) % len(choices)]
    may_vary = len(choices) == 1 and not isinstance(allowed, list)
    return vary_example(chosen, context.name, context.number) if may_vary else chosen


def _has_type(value: Json, types: Sequence[str]) -> bool:
    if isinstance(value, bool) and types:
        return "boolean" in types
    known = [_JSON_TYPES[each] for each in types if each in _JSON_TYPES]
    return not known or any(isinstance(value, each) for each in known)


def _joined(values: Sequence[Json | Absent]) -> Json | Absent:
    """Merge objects into one. For other types, return the first value."""
    there = [value for value in values if value is not ABSENT]
    objects = [value for value in there if isinstance(value, dict)]
    if objects:
        return {name: inner for value in objects for name, inner in value.items()}
    return there[0] if there else ABSENT
