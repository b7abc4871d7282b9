"""The rules of Port's search language, each compiled to a predicate on entities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import cast

from sandbox.port_api.body_schema import BodySchema, one_of, record
from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.errors import invalid
from sandbox.port_api.graph import Graph
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.operators import EMPTY_OPERATORS, OPERATORS, Test, is_expired
from sandbox.port_api.query_schemas import PROPERTY_SCHEMA, USER_PROPERTY
from sandbox.port_api.relation_search import match_path, related_to
from sandbox.port_api.timestamps import iso

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
_USER_PROPERTY = BodySchema(USER_PROPERTY)
_PROPERTY_SCHEMA = BodySchema(PROPERTY_SCHEMA)
_TARGET = BodySchema(
    record(
        {"relation": _TEXT, "operator": _TEXT},
        {"targetProperty": one_of("$title", "$identifier"), "value": {}},
    )
)
_SCORECARD = BodySchema(
    record({"scorecard": _TEXT, "operator": _TEXT}, {"scorecardRule": _TEXT, "value": {}})
)


@dataclass(frozen=True, slots=True)
class Language:
    """A dialect of the search language.

    operators: the allowed operators.
    plain: only property rules, as Port requires for a query in place of an identifier.
    of_blueprint: also rules about relations and scorecards.
    """

    operators: frozenset[str]
    plain: bool = False
    of_blueprint: bool = False


SEARCH = Language(frozenset((*OPERATORS, *EXPIRY_OPERATORS, "relatedTo", "matchAny")))
BLUEPRINT_SEARCH = Language(SEARCH.operators, of_blueprint=True)
IDENTIFYING = Language(frozenset(("=", "in", "contains", "containsAny")), plain=True)


def compile_rule(body: dict[str, Json], graph: Graph, language: Language) -> Predicate:
    """Compile a rule. Raises PortError (422): it is invalid in this language."""
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


def property_reader(name: Json) -> Callable[[Entity], Json]:
    """Return a function that reads a meta-property such as `$identifier`, a property or a relation.

    `{"context": "user", ...}` is a property of the current user. It reads null, because tokens of the sandbox
    do not belong to a user.
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
    """Return whether this is a property of the current user. Raises PortError (422): it is malformed."""
    if not isinstance(value, dict) or "context" not in value:
        return False
    _USER_PROPERTY.check(value)
    return True


def _comparison(operator: str, body: dict[str, Json]) -> Predicate:
    _check_keys(body, {"property", "operator"} | (set() if operator in EMPTY_OPERATORS else {"value"}))
    read, test = property_reader(body["property"]), _test(operator, body)
    return lambda entity: test(read(entity))


def _test(operator: str, body: Mapping[str, Json]) -> Test:
    """Return the test of a value. A comparison with the current user is always false."""
    if operator not in OPERATORS:
        raise invalid(f"the operator {operator:.60} does not fit this kind of rule")
    if operator not in EMPTY_OPERATORS and "value" not in body:
        raise invalid(f"a rule with operator {operator} must have a value")
    wanted = body.get("value")
    if _is_of_user(wanted):
        return lambda _value: False
    return OPERATORS[operator](wanted)


def _expiry(operator: str, body: dict[str, Json]) -> Predicate:
    _check_keys(body, {"property", "operator"})
    read, wanted = property_reader(body["property"]), operator == "isExpired"
    return lambda entity: is_expired(read(entity)) is wanted


def _match_any(body: dict[str, Json], graph: Graph) -> Predicate:
    """Match entities with one of the values, in a property of their own or along a path of relations."""
    _check_keys(body, {"property", "operator", "value"})
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
    read = property_reader(prop)
    return lambda entity: not wanted.isdisjoint(targets_of(read(entity)))


def _any_of_schema(operator: str, body: dict[str, Json], graph: Graph) -> Predicate:
    """Match entities if any property of this type and format matches. With `!=`, if none is equal."""
    _check_keys(body, {"propertySchema", "operator"}, frozenset(("value",)))
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
    """Compare the identifiers or the titles of related entities."""
    name, test = body["relation"], _test(operator, body)

    def read(entity: Entity) -> Json:
        value: Json = entity.content["relations"].get(name)
        relation = graph.blueprints.get(entity.blueprint).rules.relations.get(name)
        if body.get("targetProperty") != "$title" or relation is None:
            return value
        found = graph.entities.get_many(relation.target, targets_of(value)).values()
        titles = [cast("Json", related.content.get("title")) for related in found]
        return titles if relation.many else next(iter(titles), None)

    return lambda entity: test(read(entity))


def _scorecard(operator: str, body: Document) -> Predicate:
    """Compare with null, because scorecards are not evaluated and no entity has a level."""
    fits = _test(operator, body)(None)
    return lambda _entity: fits


def _check_keys(body: dict[str, Json], required: set[str], optional: frozenset[str] = frozenset()) -> None:
    if not required <= body.keys() <= required | optional:
        known = ", ".join(sorted(required | optional))
        raise invalid(f"a rule with operator {body['operator']} must have exactly {known}")
