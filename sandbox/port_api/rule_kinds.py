"""The kinds of rules in Port's search language, each compiled to a test of an entity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import cast

from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.errors import invalid
from sandbox.port_api.graph import Graph
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.operators import EMPTY_OPERATORS, OPERATORS, Test, is_expired
from sandbox.port_api.query_shapes import OF_USER, PROPERTY_SCHEMA
from sandbox.port_api.related import match_path, related_to
from sandbox.port_api.shapes import Shape, one_of, record
from sandbox.port_api.times import iso

type Predicate = Callable[[Entity], bool]

EXPIRY_OPERATORS = frozenset(("isExpired", "isNotExpired"))
_META: Mapping[str, Callable[[Entity], Json]] = MappingProxyType(
    {
        "$identifier": lambda entity: entity.identifier,
        "$blueprint": lambda entity: entity.blueprint,
        "$datasource": lambda entity: entity.datasource,
        "$title": lambda entity: entity.content.get("title"),
        "$icon": lambda entity: entity.content.get("icon"),
        "$team": lambda entity: entity.content.get("team"),
        "$createdAt": lambda entity: iso(entity.created_at),
        "$updatedAt": lambda entity: iso(entity.updated_at),
        "$createdBy": lambda entity: entity.datasource,
        "$updatedBy": lambda entity: entity.datasource,
    }
)
_TEXT: Document = {"type": "string"}
_OF_USER = Shape(OF_USER)
_PROPERTY_SCHEMA = Shape(PROPERTY_SCHEMA)
_TARGET = Shape(
    record(
        {"relation": _TEXT, "operator": _TEXT},
        {"targetProperty": one_of("$title", "$identifier"), "value": {}},
    )
)
_SCORECARD = Shape(record({"scorecard": _TEXT, "operator": _TEXT}, {"scorecardRule": _TEXT, "value": {}}))


@dataclass(frozen=True, slots=True)
class Language:
    """What a query may say. operators: all of them; plain: only about properties, as Port wants it where a
    query stands for an identifier; of_blueprint: rules about relations and scorecards are known too.
    """

    operators: frozenset[str]
    plain: bool = False
    of_blueprint: bool = False


SEARCH = Language(frozenset((*OPERATORS, *EXPIRY_OPERATORS, "relatedTo", "matchAny")))
BLUEPRINT_SEARCH = Language(SEARCH.operators, of_blueprint=True)
IDENTIFYING = Language(frozenset(("=", "in", "contains", "containsAny")), plain=True)


def compile_rule(body: dict[str, Json], graph: Graph, language: Language) -> Predicate:
    """Raises PortError (422): no rule of this language."""
    operator = body.get("operator")
    if not isinstance(operator, str) or operator not in language.operators:
        raise invalid(f"unknown operator {operator!r:.60}; known: {', '.join(sorted(language.operators))}")
    if operator == "relatedTo":
        nodes = related_to(body, graph)
        return lambda entity: (entity.blueprint, entity.identifier) in nodes
    if operator == "matchAny":
        return _match_any(body, graph)
    if operator in EXPIRY_OPERATORS:
        return _expiry(operator, body)
    if "propertySchema" in body and not language.plain:
        return _any_of_schema(operator, body, graph)
    if language.of_blueprint and "relation" in body:
        return _relation(operator, _TARGET.check(body), graph)
    if language.of_blueprint and "scorecard" in body:
        return _scorecard(operator, _SCORECARD.check(body))
    return _comparison(operator, body)


def reader_of(name: Json) -> Callable[[Entity], Json]:
    """What a rule's `property` stands for: `$identifier` and the like, a property, or a relation.

    `{"context": "user", ...}` is a property of who asks: nobody, as tokens of the sandbox belong to no user.
    """
    if _is_of_user(name):
        return lambda _entity: None
    if not isinstance(name, str):
        raise invalid("a rule must name its property")
    meta = _META.get(name)
    if meta is not None:
        return meta
    if name.startswith("$"):
        raise invalid(f"unknown meta-property {name:.60}; known: {', '.join(_META)}")

    def read(entity: Entity) -> Json:
        content = entity.content
        value: Json = content["properties"].get(name, content["relations"].get(name))
        return value

    return read


def _is_of_user(value: Json) -> bool:
    """Whether it stands for a property of who asks. Raises PortError (422): it should and does not."""
    if not isinstance(value, dict) or "context" not in value:
        return False
    _OF_USER.check(value)
    return True


def _comparison(operator: str, body: dict[str, Json]) -> Predicate:
    _demand(body, {"property", "operator"} | (set() if operator in EMPTY_OPERATORS else {"value"}))
    read, test = reader_of(body["property"]), _test(operator, body)
    return lambda entity: test(read(entity))


def _test(operator: str, body: Mapping[str, Json]) -> Test:
    """The test of a value; a wanted value of the user who asks is never met."""
    if operator not in OPERATORS:
        raise invalid(f"the operator {operator:.60} does not fit this kind of rule")
    if operator not in EMPTY_OPERATORS and "value" not in body:
        raise invalid(f"a rule with operator {operator} must have a value")
    wanted = body.get("value")
    if _is_of_user(wanted):
        return lambda _value: False
    return OPERATORS[operator](wanted)


def _expiry(operator: str, body: dict[str, Json]) -> Predicate:
    _demand(body, {"property", "operator"})
    read, wanted = reader_of(body["property"]), operator == "isExpired"
    return lambda entity: is_expired(read(entity)) is wanted


def _match_any(body: dict[str, Json], graph: Graph) -> Predicate:
    """Equal to one of the values, in the entity itself or where a path of relations leads."""
    _demand(body, {"property", "operator", "value"})
    prop, value = body["property"], body["value"]
    if _is_of_user(value):
        return lambda _entity: False
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        raise invalid("the operator matchAny takes a string or an array of strings")
    wanted = frozenset(cast("list[str]", values))
    if isinstance(prop, dict) and "path" in prop:
        nodes = match_path(prop, wanted, graph)
        return lambda entity: (entity.blueprint, entity.identifier) in nodes
    read = reader_of(prop)
    return lambda entity: not wanted.isdisjoint(targets_of(read(entity)))


def _any_of_schema(operator: str, body: dict[str, Json], graph: Graph) -> Predicate:
    """Holds when one of the properties with this type and format does; with `!=`, when none is equal."""
    _demand(body, {"propertySchema", "operator"}, frozenset(("value",)))
    schema = _PROPERTY_SCHEMA.check(body["propertySchema"])
    if operator not in ("=", "!=", "contains"):
        raise invalid(f"the operator {operator:.60} does not fit a propertySchema")
    test = _test("=" if operator == "!=" else operator, {"value": body.get("value")})

    @cache
    def names(blueprint: str) -> list[str]:
        definitions = graph.blueprints.get(blueprint).document["schema"]["properties"]
        return [name for name, definition in definitions.items() if _is_like(definition, schema)]

    def any_holds(entity: Entity) -> bool:
        properties = entity.content["properties"]
        return any(test(properties[name]) for name in names(entity.blueprint) if name in properties)

    return (lambda entity: not any_holds(entity)) if operator == "!=" else any_holds


def _is_like(definition: Document, schema: Document) -> bool:
    items = schema.get("items")
    return (
        definition["type"] == schema["type"]
        and schema.get("format") in (None, definition.get("format"))
        and (items is None or items.items() <= definition.get("items", {}).items())
    )


def _relation(operator: str, body: Document, graph: Graph) -> Predicate:
    """About the related entities' identifiers, or their titles."""
    name, test = body["relation"], _test(operator, body)

    def read(entity: Entity) -> Json:
        value: Json = entity.content["relations"].get(name)
        relation = graph.blueprints.get(entity.blueprint).rules.relations.get(name)
        if body.get("targetProperty") != "$title" or relation is None:
            return value
        found = graph.entities.named(relation.target, targets_of(value)).values()
        titles = [cast("Json", related.content.get("title")) for related in found]
        return titles if relation.many else next(iter(titles), None)

    return lambda entity: test(read(entity))


def _scorecard(operator: str, body: Document) -> Predicate:
    """Scorecards are stored and not evaluated: no entity has a level."""
    fits = _test(operator, body)(None)
    return lambda _entity: fits


def _demand(body: dict[str, Json], required: set[str], optional: frozenset[str] = frozenset()) -> None:
    if not required <= body.keys() <= required | optional:
        known = ", ".join(sorted(required | optional))
        raise invalid(f"a rule with operator {body['operator']} must have exactly {known}")
