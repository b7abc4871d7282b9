"""The difference between two JSON documents, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from builder.json_values import is_same
from rest.bodies import Json

type Keys = tuple[str, ...]

_PREFIXES = (("schema",), ("port", "entity", "mappings"))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs. keys: its place in the document. old, new: None if it is absent there."""

    keys: Keys
    kind: Literal["added", "changed", "removed"]
    old: Json = None
    new: Json = None

    @property
    def field(self) -> str:
        """The place as text, without the keys that all fields of its kind begin with."""
        prefix = next((each for each in _PREFIXES if self.keys[: len(each)] == each), ())
        return ".".join(self.keys[len(prefix) :] or self.keys)


def field_changes(old: Json, new: Json, keys: Keys = ()) -> Iterator[FieldChange]:
    """Yield the fields that differ. Objects are compared by key, lists as a whole."""
    if is_same(old, new):
        return
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield FieldChange(keys, "changed", old, new)
        return
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield FieldChange((*keys, name), "removed", old=old[name])
        elif name not in old:
            yield FieldChange((*keys, name), "added", new=new[name])
        else:
            yield from field_changes(old[name], new[name], (*keys, name))
