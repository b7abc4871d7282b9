"""Changes to single items of the company, as people make them in its application."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sandbox.sample_api.company import COLLECTIONS, Company, Rows
from sandbox.sample_api.new_items import new_item
from sandbox.sample_api.sample_data import Item

type Action = Literal["created", "updated", "deleted"]
ACTIONS: tuple[Action, ...] = ("created", "updated", "deleted")
_TIME_OF_CHANGE = "updated_at"


class ChangeError(ValueError):
    """A change is not possible. status: as the API answers; the message says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was made.

    item: after the change, or what was deleted, with parent ids; before: an updated item before the change.
    """

    action: Action
    collection: str
    item: Item
    moment: datetime
    before: Item | None = None


def make_change(company: Company, action: Action, name: str, fields: Item, now: datetime) -> list[Change]:
    """Change an item. Return the change, after the deletions of the item's children.

    fields: the ids of the item and of its parents, and the fields to set. Created items get an id if it is
    missing, and defaults for their other fields. Raises ChangeError.
    """
    if name not in COLLECTIONS:
        raise ChangeError(422, f"unknown collection {name!r:.80}. Known: {', '.join(COLLECTIONS)}")
    if action == "created":
        return [_create(company, name, fields, now)]
    ids = _ids_of(company.rows(name), fields)
    if company.rows(name).find(ids) is None:
        raise ChangeError(404, f"Item not found in {name}: {', '.join(ids)}")
    if action == "updated":
        return [_update(company, name, ids, fields, now)]
    return [*_delete(company, name, ids, now)]


def _create(company: Company, name: str, fields: Item, now: datetime) -> Change:
    collection, rows = COLLECTIONS[name], company.rows(name)
    own_id = fields.get(collection.id_field, rows.new_ids.next())
    if isinstance(own_id, bool) or not isinstance(own_id, int | str) or own_id == "":
        raise ChangeError(422, f"{collection.id_field} must be a number or a text, not {own_id!r:.80}")
    item = {**new_item(name, now), **fields, collection.id_field: own_id}
    ids = _ids_of(rows, item)
    if rows.find(ids) is not None:
        raise ChangeError(409, f"{name} already has the item {', '.join(ids)}")
    if collection.parent:
        parent = company.rows(collection.parent).find_stored(ids[:-1])
        if parent is None:
            raise ChangeError(404, f"Item not found in {collection.parent}: {', '.join(ids[:-1])}")
        # Ids in a form are text, and those of the parent have their type.
        parent_ids = COLLECTIONS[collection.parent].id_names
        item |= {own: parent[other] for own, other in zip(collection.parents, parent_ids, strict=True)}
    rows.add(item)
    return Change("created", name, copy.deepcopy(item), now)


def _update(company: Company, name: str, ids: tuple[str, ...], fields: Item, now: datetime) -> Change:
    rows = company.rows(name)
    before = copy.deepcopy(_stored(rows, ids))
    moment: Item = {_TIME_OF_CHANGE: _iso(now)} if _TIME_OF_CHANGE in before else {}
    rows.edit(ids, moment | fields)
    return Change("updated", name, copy.deepcopy(_stored(rows, ids)), now, before)


def _delete(company: Company, name: str, ids: tuple[str, ...], now: datetime) -> Iterator[Change]:
    """Delete an item after its children."""
    for child, collection in COLLECTIONS.items():
        if collection.parent == name:
            rows = company.rows(child)
            for item in [*rows.children_of(ids)]:
                own = (*ids, str(item[collection.id_field]))
                if rows.find(own) is not None:  # a listing may have an item twice
                    yield from _delete(company, child, own, now)
    item = _stored(company.rows(name), ids)
    company.rows(name).delete(ids)
    yield Change("deleted", name, item, now)


def _ids_of(rows: Rows, fields: Item) -> tuple[str, ...]:
    try:
        return rows.ids_of(fields)
    except ValueError as error:
        raise ChangeError(422, str(error)) from error


def _stored(rows: Rows, ids: tuple[str, ...]) -> Item:
    item = rows.find_stored(ids)
    assert item is not None  # noqa: S101 - the caller has found it
    return item


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
