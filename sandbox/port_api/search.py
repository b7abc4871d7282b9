"""Port's search language: `{"combinator": "and", "rules": [{"property", "operator", "value"}, ...]}`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox.port_api.entities import Entities, Entity, EntityFilter
from sandbox.port_api.errors import invalid
from sandbox.port_api.graph import Graph
from sandbox.port_api.json_codec import Json
from sandbox.port_api.search_rules import SEARCH, Language, Predicate, compile_rule

_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled search. prefilter: selects a superset of the matches in the database."""

    matches: Predicate
    prefilter: EntityFilter

    def run(self, entities: Entities, blueprint: str | None = None, after: int = 0) -> Iterator[Entity]:
        """Iterate over matching entities, oldest first. after: only entities with a greater id."""
        prefilter = replace(self.prefilter, after=after)
        if blueprint is not None:
            prefilter = replace(prefilter, blueprints=(blueprint,))
        return (entity for entity in entities.read(prefilter) if self.matches(entity))


EVERYTHING = Query(lambda _entity: True, EntityFilter())


def compile_query(body: Json, graph: Graph, language: Language = SEARCH) -> Query:
    """Compile a query. Raises PortError (422): it is invalid in this language."""
    return Query(_group(body, graph, language, 0), _prefilter(body))


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


def _prefilter(body: Json) -> EntityFilter:
    """Return the filter implied by `and` rules about `$blueprint` and `$identifier`."""
    prefilter = EntityFilter()
    if not isinstance(body, dict) or body.get("combinator") != "and" or not isinstance(body["rules"], list):
        return prefilter
    for rule in body["rules"]:
        names = _names(rule)
        if isinstance(rule, dict) and names is not None:
            if rule["property"] == "$blueprint" and prefilter.blueprints is None:
                prefilter = replace(prefilter, blueprints=names)
            elif rule["property"] == "$identifier" and prefilter.identifiers is None:
                prefilter = replace(prefilter, identifiers=names)
    return prefilter


def _names(rule: Json) -> tuple[str, ...] | None:
    """Return the strings that a rule compares with, or None if it does not compare with strings."""
    if not isinstance(rule, dict) or rule.get("operator") not in ("=", "in") or "property" not in rule:
        return None
    value = rule.get("value")
    if isinstance(value, dict):
        return None
    values = value if isinstance(value, list) else [value]
    return tuple(name for name in values if isinstance(name, str))
