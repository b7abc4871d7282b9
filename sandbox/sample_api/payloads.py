"""The payloads of events, as vendors write them: what happened, to what, and a part of it."""

from sandbox.sample_api.changes import Change
from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.sample_data import Item, Json


def payload_of(change: Change, *, stale: bool = False) -> Item:
    """Return {"action": "updated", "task": {<id and title>}, "project": {<id>}, …}.

    The item is not complete. stale: its title is from before the change, as from a vendor's replica.
    """
    collection = COLLECTIONS[change.collection]
    shown = change.before if stale and change.before else change.item
    payload: Item = {
        "action": change.action,
        "occurred_at": f"{change.moment:%Y-%m-%dT%H:%M:%SZ}",
        collection.noun: {name: shown[name] for name in _shown_fields(change) if name in shown},
    }
    if change.before is not None:
        payload["changes"] = _changes(change.before, change.item)
    return payload | _parents(change)


def _shown_fields(change: Change) -> tuple[str, str]:
    collection = COLLECTIONS[change.collection]
    return collection.id_field, collection.title_field


def _changes(before: Item, after: Item) -> Json:
    """Return {"title": {"from": "…"}} for each field that is different."""
    return {name: {"from": before.get(name)} for name in after if after[name] != before.get(name)}


def _parents(change: Change) -> Item:
    """Return {"project": {"project_id": "P-001"}} for each parent."""
    parents: Item = {}
    collection = COLLECTIONS[change.collection]
    while collection.parent:
        name = collection.parents[-1]
        collection = COLLECTIONS[collection.parent]
        parents[collection.noun] = {collection.id_field: change.item[name]}
    return parents
