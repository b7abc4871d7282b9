"""Port's search language: `{"combinator": "and", "rules": [{"property", "operator", "value"}, ...]}`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox.port_api.entities import Entities, Entity, Slice
from sandbox.port_api.errors import invalid
from sandbox.port_api.graph import Graph
from sandbox.port_api.jsontext import Json
from sandbox.port_api.rule_kinds import SEARCH, Language, Predicate, compile_rule

_MAX_DEPTH = 20


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


def compile_query(body: Json, graph: Graph, language: Language = SEARCH) -> Query:
    """Raises PortError (422): not a query of this language."""
    return Query(_group(body, graph, language, 0), _reach(body))


def _group(body: Json, graph: Graph, language: Language, depth: int) -> Predicate:
    if not isinstance(body, dict) or body.keys() != {"combinator", "rules"}:
        raise invalid("a query must be an object with combinator and rules, and nothing else")
    if body["combinator"] not in ("and", "or") or not isinstance(body["rules"], list):
        raise invalid("a query must have the combinator and/or, and an array of rules")
    if depth > _MAX_DEPTH:
        raise invalid(f"a query can be nested {_MAX_DEPTH} deep")
    rules = [_rule(rule, graph, language, depth) for rule in body["rules"]]
    if not rules:
        return EVERYTHING.matches
    if body["combinator"] == "and":
        return lambda entity: all(rule(entity) for rule in rules)
    return lambda entity: any(rule(entity) for rule in rules)


def _rule(body: Json, graph: Graph, language: Language, depth: int) -> Predicate:
    if not isinstance(body, dict):
        raise invalid("a rule must be an object")
    if "combinator" in body:
        return _group(body, graph, language, depth + 1)
    return compile_rule(body, graph, language)


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
    """The texts that a rule compares with; None when it is no comparison with given texts."""
    if not isinstance(rule, dict) or rule.get("operator") not in ("=", "in") or "property" not in rule:
        return None
    value = rule.get("value")
    if isinstance(value, dict):
        return None
    values = value if isinstance(value, list) else [value]
    return tuple(name for name in values if isinstance(name, str))
