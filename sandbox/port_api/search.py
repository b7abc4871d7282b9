"""Port's search language: `{"combinator": "and", "rules": [{"property", "operator", "value"}, ...]}`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sandbox.port_api.entities import Entities, Entity, Slice
from sandbox.port_api.errors import invalid
from sandbox.port_api.jsontext import Json
from sandbox.port_api.operators import EMPTY_OPERATORS, OPERATORS, Test
from sandbox.port_api.times import iso

type Predicate = Callable[[Entity], bool]

IDENTIFYING_OPERATORS = frozenset(("=", "in", "contains", "containsAny"))
"""What may stand in a query that is used as an identifier or as the value of a relation."""
_MAX_DEPTH = 20
_META: dict[str, Callable[[Entity], Json]] = {
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


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled search. reach: what the database can narrow down by itself, never too little."""

    matches: Predicate
    reach: Slice

    def run(self, entities: Entities, blueprint: str | None = None, after: int = 0) -> Iterator[Entity]:
        """The matching entities, oldest first; `blueprint`: only of this one; `after`: an entity's id."""
        reach = replace(self.reach, after=after)
        if blueprint is not None:
            reach = replace(reach, blueprints=(blueprint,))
        return (entity for entity in entities.read(reach) if self.matches(entity))


EVERYTHING = Query(lambda _entity: True, Slice())


def compile_query(body: Json, operators: frozenset[str] = frozenset(OPERATORS)) -> Query:
    """Raises PortError (422): not a query, or with an operator that is unknown or not among `operators`."""
    return Query(_group(body, operators, 0), _reach(body))


def _group(body: Json, operators: frozenset[str], depth: int) -> Predicate:
    if not isinstance(body, dict) or body.keys() != {"combinator", "rules"}:
        raise invalid("a query must be an object with combinator and rules, and nothing else")
    if body["combinator"] not in ("and", "or") or not isinstance(body["rules"], list):
        raise invalid("a query must have the combinator and/or, and an array of rules")
    if depth > _MAX_DEPTH:
        raise invalid(f"a query can be nested {_MAX_DEPTH} deep")
    rules = [_rule(rule, operators, depth) for rule in body["rules"]]
    if not rules:
        return EVERYTHING.matches
    if body["combinator"] == "and":
        return lambda entity: all(rule(entity) for rule in rules)
    return lambda entity: any(rule(entity) for rule in rules)


def _rule(body: Json, operators: frozenset[str], depth: int) -> Predicate:
    if not isinstance(body, dict):
        raise invalid("a rule must be an object")
    if "combinator" in body:
        return _group(body, operators, depth + 1)
    operator, name = body.get("operator"), body.get("property")
    if not isinstance(operator, str) or operator not in operators:
        raise invalid(f"unknown operator {operator!r:.60}; known: {', '.join(sorted(operators))}")
    if not isinstance(name, str):
        raise invalid("a rule must name its property; the sandbox knows no other kind of rule")
    demanded = {"property", "operator"} if operator in EMPTY_OPERATORS else {"property", "operator", "value"}
    if body.keys() != demanded:
        raise invalid(f"a rule with operator {operator} must have exactly {', '.join(sorted(demanded))}")
    test: Test = OPERATORS[operator](body.get("value"))
    read = _reader(name)
    return lambda entity: test(read(entity))


def _reader(name: str) -> Callable[[Entity], Json]:
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


def _reach(body: Json) -> Slice:
    """What rules that must all hold say about blueprint and identifier."""
    reach = Slice()
    if not isinstance(body, dict) or body.get("combinator") != "and" or not isinstance(body["rules"], list):
        return reach
    for rule in body["rules"]:
        names = _names(rule)
        if isinstance(rule, dict) and names is not None:
            if rule["property"] == "$blueprint" and reach.blueprints is None:
                reach = replace(reach, blueprints=names)
            elif rule["property"] == "$identifier" and reach.identifiers is None:
                reach = replace(reach, identifiers=names)
    return reach


def _names(rule: Json) -> tuple[str, ...] | None:
    if not isinstance(rule, dict) or rule.get("operator") not in ("=", "in"):
        return None
    value = rule.get("value")
    values = value if isinstance(value, list) else [value]
    return tuple(name for name in values if isinstance(name, str))
