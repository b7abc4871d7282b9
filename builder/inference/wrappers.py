"""Keys that wrap an item's own fields: `.metadata.name` is the name of the item itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from builder.inference.property_names import WRAPPERS, Keys
from builder.inference.value_columns import ValueColumn
from builder.inference.words import squash_name

# Objects with these names hold fields of the item itself, not of another entity.
_ITEM_WRAPPERS = WRAPPERS | {"metadata", "meta", "sys", "data", "info", "details", "id", "_id", "$id"}
# Kubernetes' objects, which also have `metadata`. Elsewhere `status` is often an entity of its own.
_KUBERNETES = frozenset({"spec", "status"})
# Objects that are the thing an item is about, if the item has no name of its own.
_SUBJECTS = frozenset({"entity", "resource", "object", "item", "record", "subject", "target", "package"})
# Objects that refer to another entity, even if the item has no identifier of its own.
_REFERENCES = frozenset(
    {
        *("owner", "author", "assignee", "creator", "createdby", "updatedby", "modifiedby", "reporter"),
        *("sender", "actor", "parent", "project", "organization", "repository", "status", "type"),
        *("state", "condition", "endpoint", "labels", "annotations", "tags", "license", "color", "owners"),
        *("priority", "category", "commit", "version", "links", "self", "location", "address"),
    }
)
# An item with more fields of its own does more than refer to the object.
_MAX_SCALARS_BESIDE = 4
_OWN_NAMES = frozenset(
    {"id", "uuid", "guid", "gid", "uid", "key", "name", "slug", "title", "sid", "identifier"}
)


@dataclass(frozen=True, slots=True)
class Wrappers:
    """The keys that wrap the fields of some items.

    is_kubernetes: `spec` and `status` wrap, too. subject: the object that the items are about, "" for none:
    they have neither an id nor a name of their own.
    """

    is_kubernetes: bool = False
    subject: str = ""

    @classmethod
    def of(cls, columns: Iterable[ValueColumn], nouns: frozenset[str] = frozenset()) -> "Wrappers":
        """Return the wrappers of the items with these columns. nouns: what the items are called."""
        all_columns = list(columns)
        objects = {column.keys for column in all_columns if dict in column.types}
        is_kubernetes = ("metadata",) in objects or {("spec",), ("status",)} <= objects
        own = cls(is_kubernetes)
        names = _OWN_NAMES | {f"{noun}{suffix}" for noun in nouns for suffix in _OWN_NAMES}
        named = [column for column in all_columns if squash_name(column.keys[-1]) in names]
        if any(column.is_complete and not own.outer(column.keys) for column in named):
            return own
        others = [
            key
            for key in dict.fromkeys(column.keys[0] for column in named if _is_identified(column, own))
            if squash_name(key) not in _REFERENCES
        ]
        subjects = [key for key in others if squash_name(key) in _SUBJECTS]
        scalars = sum(1 for column in all_columns if len(column.keys) == 1 and dict not in column.types)
        if not subjects and scalars <= _MAX_SCALARS_BESIDE:
            subjects = others
        return cls(is_kubernetes, subjects[0] if len(subjects) == 1 else "")

    def outer(self, keys: Sequence[str]) -> Keys:
        """Return the keys of the objects around a field that are other entities than the item."""
        return tuple(
            key
            for number, key in enumerate(keys[:-1])
            if key not in _ITEM_WRAPPERS
            and not (self.is_kubernetes and number == 0 and key in _KUBERNETES)
            and not (self.subject and number == 0 and key == self.subject)
        )


def _is_identified(column: ValueColumn, own: Wrappers) -> bool:
    """True for the id or name of an object that every item has."""
    return column.is_complete and len(column.keys) == 2 and len(own.outer(column.keys)) == 1
