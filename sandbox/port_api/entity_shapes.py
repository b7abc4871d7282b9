"""The shapes of bodies that write or look for entities, as Port's reference has them.

What is read with every bulk request is checked by hand where it is read; these say the same, for the reader.
"""

from sandbox.port_api.jsontext import Document
from sandbox.port_api.shapes import Shape, one_of, record

MAX_BULK = 20
_TEXT: Document = {"type": "string"}
_TEXTS: Document = {"type": "array", "items": _TEXT}
_OBJECT: Document = {"type": "object"}
_QUERY = record({"combinator": one_of("and", "or"), "rules": {"type": "array", "items": _OBJECT}})
_MAYBE_TEXT: Document = {"type": ["string", "null"]}
_TEAM: Document = {"anyOf": [_MAYBE_TEXT, _TEXTS, _QUERY]}
_RELATIONS: Document = {
    "type": "object",
    "additionalProperties": {"anyOf": [_MAYBE_TEXT, _TEXTS, _QUERY]},
}
_FIELDS: Document = {
    "title": _MAYBE_TEXT,
    "icon": _MAYBE_TEXT,
    "team": _TEAM,
    "properties": _OBJECT,
    "relations": _RELATIONS,
}
_ENTITY = record({"identifier": {"anyOf": [_TEXT, _QUERY]}}, _FIELDS, closed=False)

QUERY = Shape(_QUERY)
NEW_ENTITY = Shape(_ENTITY)
NEW_ENTITIES = Shape(
    record({"entities": {"type": "array", "items": _ENTITY, "minItems": 1, "maxItems": MAX_BULK}})
)
REPLACED_ENTITY = Shape(record({}, {"identifier": _TEXT, **_FIELDS}, closed=False))
CHANGED_ENTITY = Shape(record({}, {"identifier": _TEXT, **_FIELDS}))
DELETED_ENTITIES = Shape(record({"entities": {**_TEXTS, "minItems": 1, "maxItems": 100}}))
SEARCH_PAGE = Shape(
    record(
        {},
        {
            "query": _QUERY,
            "include": _TEXTS,
            "exclude": _TEXTS,
            "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
            "from": _TEXT,
        },
    )
)
DATASOURCE_PAGE = Shape(
    record(
        {
            "datasource_prefix": _TEXT,
            "datasource_suffix": _TEXT,
            "limit": {"type": "integer", "minimum": 1, "maximum": 5000},
        },
        {"before": _TEXT, "from": _TEXT},
        closed=False,
    )
)
