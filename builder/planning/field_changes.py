"""The fields of an entity that a write changes."""

from collections.abc import Iterator, Mapping

from builder.field_changes import FieldChange
from builder.json_values import as_object
from mapping import Entity
from rest.bodies import Json

# The fields of an entity that a mapping sets. The integration does not own the others.
_SINGLE = ("title", "icon", "team")
_PARTS = ("properties", "relations")


def entity_changes(before: Entity, after: Entity) -> Iterator[FieldChange]:
    """Yield the fields that differ. after: the complete entity."""
    for name in _SINGLE:
        old, new = before.get(name), after.get(name)
        if new is not None and _teams(old) != _teams(new):
            yield _change((name,), old, new)
    for part in _PARTS:
        old_values, new_values = as_object(before.get(part)), as_object(after.get(part))
        for name in dict.fromkeys([*old_values, *new_values]):
            old, new = old_values.get(name), new_values.get(name)
            if not is_search(new) and _normalized(old) != _normalized(new):
                yield _change((part, name), old, new)


def conflicts(first: Entity, second: Entity) -> Iterator[FieldChange]:
    """Yield the fields to which two entities with the same identifier give different values."""
    for name in _SINGLE:
        if None not in (first.get(name), second.get(name)) and first[name] != second[name]:
            yield _change((name,), first[name], second[name])
    for part in _PARTS:
        values = as_object(second.get(part))
        for name, old in as_object(first.get(part)).items():
            if None not in (old, values.get(name)) and old != values[name]:
                yield _change((part, name), old, values[name])


def written(before: Entity | None, entity: Entity, *, merges: bool) -> Entity:
    """Return the entity in Port after a write. before: None, if it does not exist."""
    if before is None or not merges:
        return entity
    fields: dict[str, Json] = {
        **before,
        **{key: entity[key] for key in _SINGLE if entity.get(key) is not None},
    }
    for part in _PARTS:
        fields[part] = {**as_object(before.get(part)), **as_object(entity.get(part))}
    return fields


def is_search(value: Json) -> bool:
    """Return whether Port searches for the related or identified entities."""
    return isinstance(value, Mapping) and "rules" in value


def _change(keys: tuple[str, ...], old: Json, new: Json) -> FieldChange:
    """Return a change. An entity in Port has null where a field was never set."""
    return FieldChange(keys, "added" if old is None else "removed" if new is None else "changed", old, new)


def _normalized(value: Json) -> Json:
    """Return the value, None for an empty list: both mean that there is no related entity."""
    return None if value == [] else value


def _teams(value: Json) -> Json:
    """Return the value. The order of teams has no meaning, and one team may come without a list."""
    if isinstance(value, list):
        teams = sorted(map(str, value))
        return teams[0] if len(teams) == 1 else ",".join(teams)
    return value
