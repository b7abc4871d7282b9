"""The shapes of queries and their rules (facts of Port's reference).

A blueprint stores queries without an answer, so they are checked as a whole; `search` reads those that are
sent to be answered rule by rule, and says in better words what is wrong.
"""

from sandbox.port_api.jsontext import Document
from sandbox.port_api.shapes import one_of, record

_TEXT: Document = {"type": "string"}
_NUMBER: Document = {"type": "number"}
_FLAG: Document = {"type": "boolean"}
_TEXTS: Document = {"type": "array", "items": _TEXT}
OF_USER = record({"property": _TEXT, "context": one_of("user", "userTeams")}, closed=False)
"""A property of who asks."""
_PROPERTY: Document = {"anyOf": [_TEXT, OF_USER]}
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
"""What `matchAny` follows."""
PROPERTY_SCHEMA = record({"type": _TEXT}, {"format": _TEXT, "items": _TYPED})
RELATED_TO = record(
    {"operator": one_of("relatedTo"), "blueprint": _TEXT, "value": {"anyOf": [_TEXT, _TEXTS]}},
    {"direction": one_of("upstream", "downstream"), "required": _FLAG},
)


def _rule(prop: Document, operators: Document, *values: Document) -> Document:
    return record({"property": prop, "operator": operators, "value": {"anyOf": [*values, OF_USER]}})


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
    _rule({"anyOf": [_TEXT, PATH, OF_USER]}, one_of("matchAny"), _TEXT, _TEXTS),
)


def query_shape(nesting: int) -> Document:
    """The schema of a query. nesting: how deep a query in a query is looked into."""
    inner = query_shape(nesting - 1) if nesting else record({"combinator": _TEXT, "rules": {"type": "array"}})
    rule = {"anyOf": [*_RULES, inner]}
    return record({"combinator": one_of("and", "or"), "rules": {"type": "array", "items": rule}})
