"""The company's collections: their endpoints and their current items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sandbox.sample_api.filters import Filter, Flag, OneOf, Since
from sandbox.sample_api.item_ids import ItemIds
from sandbox.sample_api.sample_data import Item, Json, Sizes, generate


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection and how the API serves it.

    path: of the listing. Its placeholders are the ids of the parents, outermost first.
    noun: what one item is called, in the event about it; title_field: the field with an item's title.
    key: the path to the items in a response: () is a bare array, ("data", "users") {"data": {"users": []}}.
    id_field: the field with an item's id, which is also in its URL.
    parent: the collection that must contain the last parent id.
    hidden: fields with parent ids that responses omit.
    """

    path: str
    noun: str
    title_field: str
    id_field: str = "id"
    key: tuple[str, ...] = ()
    parent: str | None = None
    parents: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def id_names(self) -> tuple[str, ...]:
        """The fields with the parent ids and with the item's own."""
        return (*self.parents, self.id_field)


COLLECTIONS: Mapping[str, Collection] = MappingProxyType(
    {
        "users": Collection(
            "/api/v1/users",
            "user",
            "name",
            key=("users",),
            filters={"active": Flag("is_active"), "department": OneOf("department")},
        ),
        "projects": Collection(
            "/api/v1/projects",
            "project",
            "project_name",
            id_field="project_id",
            key=("data", "projects"),
            filters={"status": OneOf("status"), "tag": OneOf("tags")},
        ),
        "tasks": Collection(
            "/api/v1/projects/{project_id}/tasks",
            "task",
            "title",
            id_field="task_id",
            key=("tasks",),
            parent="projects",
            parents=("project_id",),
            hidden=("project_id",),
            filters={"state": OneOf("state")},
        ),
        "subtasks": Collection(
            "/api/v1/projects/{project_id}/tasks/{task_id}/subtasks",
            "subtask",
            "title",
            parent="tasks",
            parents=("project_id", "task_id"),
            hidden=("project_id", "task_id"),
        ),
        "tickets": Collection(
            "/api/tickets",
            "ticket",
            "subject",
            filters={
                "status": OneOf("status"),
                "priority": OneOf("priority"),
                "updated_since": Since("updated_at"),
            },
        ),
        "comments": Collection(
            "/api/tickets/{ticket_id}/comments", "comment", "body", parent="tickets", parents=("ticket_id",)
        ),
        "events": Collection(
            "/api/v1/events", "event", "type", key=("events",), filters={"type": OneOf("type")}
        ),
    }
)


class Rows:
    """The items of a collection in order, indexed by their parents and by their id.

    Raises ValueError: an item has no id or no parent id.
    """

    def __init__(self, collection: Collection, items: Iterable[Item]) -> None:
        self._collection = collection
        self.stored: list[Item] = []
        self.shown: list[Item] = []
        self._children: dict[tuple[str, ...], list[Item]] = {}
        self._by_id: dict[tuple[str, ...], tuple[Item, Item]] = {}
        self.new_ids = ItemIds(collection.noun)
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        """Append an item. Raises ValueError: it has no id or no parent id."""
        ids = self.ids_of(item)
        shown = {name: value for name, value in item.items() if name not in self._collection.hidden}
        self.stored.append(item)
        self.shown.append(shown)
        self._children.setdefault(ids[:-1], []).append(shown)
        self._by_id[ids] = (item, shown)
        self.new_ids.note(item[self._collection.id_field])

    def ids_of(self, item: Item) -> tuple[str, ...]:
        """Return the parent ids and the id of an item as text. Raises ValueError: one is missing."""
        names = self._collection.id_names
        if missing := [name for name in names if name not in item]:
            raise ValueError(f"an item lacks {', '.join(missing)}: {item}")
        return tuple(str(item[name]) for name in names)

    def children_of(self, parents: Sequence[str]) -> list[Item]:
        """Return the items of these parents, or all items if the collection has no parents."""
        return self._children.get(tuple(parents), [])

    def find(self, ids: Sequence[str]) -> Item | None:
        """Return the item with these ids, as responses show it. ids: parent ids, then its own."""
        found = self._by_id.get(tuple(ids))
        return found[1] if found else None

    def find_stored(self, ids: Sequence[str]) -> Item | None:
        """Return the item with these ids, with its parent ids."""
        found = self._by_id.get(tuple(ids))
        return found[0] if found else None

    def edit(self, ids: Sequence[str], fields: Item) -> None:
        """Set fields of an item. Its ids stay the same."""
        kept = {name: value for name, value in fields.items() if name not in self._collection.id_names}
        for each in self._by_id[tuple(ids)]:
            each.update(kept)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete an item. Its children stay."""
        stored, shown = self._by_id.pop(tuple(ids))
        self.stored = [item for item in self.stored if item is not stored]
        self.shown = [item for item in self.shown if item is not shown]
        parents = tuple(ids)[:-1]
        self._children[parents] = [item for item in self._children[parents] if item is not shown]

    def without(self, ids: Iterable[Json]) -> "Rows":
        """Return the rows without the items with these ids."""
        removed = {str(item_id) for item_id in ids}
        kept = [item for item in self.stored if str(item[self._collection.id_field]) not in removed]
        return Rows(self._collection, kept)


class Company:
    """The items of all collections. The control endpoints can change them."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._rows: dict[str, Rows] = {}
        self.reset()

    def reset(self) -> None:
        """Restore the generated items."""
        self.replace(generate(self._sizes))

    def rows(self, name: str) -> Rows:
        return self._rows[name]

    def replace(self, items: Mapping[str, Iterable[Item]]) -> None:
        """Replace the items of these collections. Nothing changes if an item is invalid."""
        self._rows |= {name: Rows(COLLECTIONS[name], new) for name, new in items.items()}

    def remove(self, name: str, ids: Iterable[Json]) -> None:
        """Remove items from a collection. Ids are compared as text; unknown ids are ignored."""
        self._rows[name] = self._rows[name].without(ids)

    def counts(self) -> dict[str, int]:
        return {name: len(rows.shown) for name, rows in self._rows.items()}
