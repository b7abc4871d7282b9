"""The blueprint and the mappings of the lean API's items."""

from typing import Any

FIELDS = {
    "key": (".key", "string"),
    "description": (".description", "string"),
    "state": (".state", "string"),
    "url": (".url", "string"),
    "created_at": (".created_at", "string"),
    "updated_at": (".updated_at", "string"),
    "owner": (".owner.login", "string"),
    "email": (".owner.email", "string"),
    "labels": (".labels", "array"),
    "score": (".score", "number"),
    "active": (".active", "boolean"),
    "first_label": ('.labels[0] // "none"', "string"),
    "parent": (".parent.id | tostring", "string"),
}
BLUEPRINT = {
    "identifier": "benchItem",
    "title": "Item",
    "schema": {"properties": {name: {"type": kind} for name, (_, kind) in FIELDS.items()}},
}


def mapping_of(kind: str = "/items", query: str = "true", **selector: object) -> dict[str, Any]:
    """Return the mapping of the lean API's items. query: selects the items that become entities."""
    entity = {
        "identifier": ".id | tostring",
        "title": ".name",
        "blueprint": '"benchItem"',
        "properties": {name: expression for name, (expression, _) in FIELDS.items()},
    }
    wanted = {"query": query, "data_path": ".items", **selector}
    return {"resources": [{"kind": kind, "selector": wanted, "port": {"entity": {"mappings": entity}}}]}


def nested_mapping() -> dict[str, Any]:
    """Return the mapping of the children of the lean API's parents."""
    return mapping_of(
        "/parents/{id}/children",
        data_path=".children",
        # 20 is a common page size limit. Without a total, a second page of each child would be requested.
        pagination={"total_path": ".total"},
        path_parameters={"id": {"endpoint": "/parents", "data_path": ".parents", "field": ".id"}},
    )
