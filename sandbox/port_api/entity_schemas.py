"""Schemas of request bodies that write or search entities. Source: Port's reference.

Bulk upserts are validated by hand for speed (`routes/upserts.py`). Their schema here is documentation.
"""

from sandbox.port_api.body_schema import BodySchema, one_of, record
from sandbox.port_api.json_codec import Document

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

QUERY = BodySchema(_QUERY)
NEW_ENTITY = BodySchema(_ENTITY)
NEW_ENTITIES = BodySchema(
    record({"entities": {"type": "array", "items": _ENTITY, "minItems": 1, "maxItems": MAX_BULK}})
)
REPLACED_ENTITY = BodySchema(record({}, {"identifier": _TEXT, **_FIELDS}, closed=False))
CHANGED_ENTITY = BodySchema(record({}, {"identifier": _TEXT, **_FIELDS}))
DELETED_ENTITIES = BodySchema(record({"entities": {**_TEXTS, "minItems": 1, "maxItems": 100}}))
SEARCH_PAGE = BodySchema(
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
DATASOURCE_PAGE = BodySchema(
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
