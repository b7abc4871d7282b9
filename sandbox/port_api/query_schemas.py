"""Schemas of queries and their rules. Source: Port's reference.

They validate the queries that blueprints store. Queries that are executed are validated rule by rule in
`search`, with better error messages.
"""

from sandbox.port_api.body_schema import one_of, record
from sandbox.port_api.json_codec import Document

_TEXT: Document = {"type": "string"}
_NUMBER: Document = {"type": "number"}
_FLAG: Document = {"type": "boolean"}
_TEXTS: Document = {"type": "array", "items": _TEXT}
USER_PROPERTY = record({"property": _TEXT, "context": one_of("user", "userTeams")}, closed=False)
"""A property of the current user."""
_PROPERTY: Document = {"anyOf": [_TEXT, USER_PROPERTY]}
_PRESET = one_of(
    *("today", "tomorrow", "yesterday", "lastDay", "lastWeek", "last2Weeks"),
    *("lastMonth", "last3Months", "last6Months", "last12Months"),
)
_RANGE = [record({"from": _TEXT, "to": _TEXT}, closed=False), record({"preset": _PRESET}, closed=False)]
_LIST: Document = {
    "anyOf": [{"type": "array", "items": item} for item in (_TEXT, _NUMBER, _FLAG)],
}
_PLAIN = [{"type": "null"}, _TEXT, _NUMBER, _FLAG]
_COMPARISONS = (
    *("=", "!=", "containsAny", "contains", "doesNotContains", "beginsWith", "doesNotBeginsWith"),
    *("endsWith", "doesNotEndsWith", "in", "notIn"),
)
_TYPED = record({"type": _TEXT}, {"format": _TEXT}, closed=False)
_HOPS = record(
    {}, {"relation": _TEXT, "maxHops": {"type": "number", "minimum": 1, "maximum": 15}}, closed=False
)
PATH = record({"path": {"type": "array", "items": {"anyOf": [_TEXT, _HOPS]}}}, {"fromBlueprint": _TEXT})
"""A path of relations for `matchAny`."""
PROPERTY_SCHEMA = record({"type": _TEXT}, {"format": _TEXT, "items": _TYPED})
RELATED_TO = record(
    {"operator": one_of("relatedTo"), "blueprint": _TEXT, "value": {"anyOf": [_TEXT, _TEXTS]}},
    {"direction": one_of("upstream", "downstream"), "required": _FLAG},
)


def _rule(prop: Document, operators: Document, *values: Document) -> Document:
    return record({"property": prop, "operator": operators, "value": {"anyOf": [*values, USER_PROPERTY]}})


_RULES: tuple[Document, ...] = (
    _rule(_PROPERTY, one_of(*_COMPARISONS), *_PLAIN, _LIST),
    _rule(_PROPERTY, one_of("between", "notBetween", "="), *_RANGE),
    _rule(_PROPERTY, one_of(">", ">=", "<", "<="), _NUMBER, _TEXT),
    record({"property": _TEXT, "operator": one_of("isEmpty", "isNotEmpty", "isExpired", "isNotExpired")}),
    RELATED_TO,
    record(
        {"propertySchema": PROPERTY_SCHEMA, "operator": one_of("=", "!=", "contains")},
        {"value": {"anyOf": _PLAIN}},
    ),
    _rule({"anyOf": [_TEXT, PATH, USER_PROPERTY]}, one_of("matchAny"), _TEXT, _TEXTS),
)


def query_schema(nesting: int) -> Document:
    """Return the schema of a query. nesting: how many levels of nested queries are validated."""
    inner = (
        query_schema(nesting - 1) if nesting else record({"combinator": _TEXT, "rules": {"type": "array"}})
    )
    rule = {"anyOf": [*_RULES, inner]}
    return record({"combinator": one_of("and", "or"), "rules": {"type": "array", "items": rule}})
