"""What writing a blueprint to Port changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from builder.existing.reading import without_read_only
from builder.field_changes import FieldChange, field_changes
from builder.json_values import as_object, is_same, with_changes
from rest.bodies import Json

type Document = dict[str, Json]

# The parts of a blueprint with definitions by name.
_PARTS = (
    ("schema", "properties"),
    ("relations",),
    ("mirrorProperties",),
    ("calculationProperties",),
    ("aggregationProperties",),
)
# Without these keys, a definition accepts more values. So they are removed, too. Other keys are kept.
_RULES = ("format", "enum", "items")
# Entities that break a change of these keys are rejected.
_DECISIVE = frozenset({"type", "target", "many", *_RULES})


@dataclass(frozen=True, slots=True)
class BlueprintDifference:
    """What writing a blueprint changes.

    existing: as it is in Port, None if it is new. merged: with the additions only. target: with all changes.
    """

    identifier: str
    existing: Mapping[str, Json] | None
    merged: Mapping[str, Json]
    target: Mapping[str, Json]
    changes: tuple[FieldChange, ...] = ()

    @property
    def state(self) -> Literal["new", "changed", "extended", "unchanged"]:
        """How the blueprint changes."""
        if self.existing is None:
            return "new"
        return "changed" if self.overwritten else "extended" if self.added else "unchanged"

    @property
    def added(self) -> tuple[FieldChange, ...]:
        """The new properties, relations and computed properties."""
        return tuple(each for each in self.changes if _is_addition(each))

    @property
    def overwritten(self) -> tuple[FieldChange, ...]:
        """The changes to what exists."""
        return tuple(each for each in self.changes if not _is_addition(each))

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The existing properties and relations whose values would be rejected without the changes."""
        names = (_definition(each.keys) for each in self.overwritten if each.keys[-1] in _DECISIVE)
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def retyped(self) -> tuple[str, ...]:
        """The properties whose type changes. Port can only replace them, which deletes their values."""
        return tuple(
            each.keys[2]
            for each in self.overwritten
            if len(each.keys) == 4 and each.keys[0] == "schema" and each.keys[-1] == "type"
        )


def blueprint_difference(
    wanted: Mapping[str, Json], existing: Mapping[str, Json] | None, opened: Mapping[str, Json] | None = None
) -> BlueprintDifference:
    """Compare a blueprint with the one in Port. Nothing in Port is removed.

    opened: the blueprint when it was opened. Only what has changed since then is written, so that changes by
    others are kept.
    """
    identifier = str(wanted["identifier"])
    if existing is None:
        return BlueprintDifference(identifier, None, wanted, wanted)
    current = without_read_only(existing)
    if opened is None:
        target = _overwritten(current, wanted)
    else:
        target = as_object(with_changes(current, dict(opened), dict(wanted)))
    target = _without_unused_colors(target, current)
    changes = tuple(field_changes(_comparable(current), _comparable(target)))
    merged = dict(current)
    for change in changes:
        if _is_addition(change):
            merged = _with(merged, change.keys, change.new)
    return BlueprintDifference(identifier, current, merged, target, changes)


def _overwritten(current: Document, wanted: Mapping[str, Json]) -> Document:
    target = dict(current)
    parts = {keys[0] for keys in _PARTS}
    target |= {name: value for name, value in wanted.items() if name not in parts}
    for keys in _PARTS:
        theirs = as_object(_at(current, keys))
        for name, definition in as_object(_at(wanted, keys)).items():
            target = _with(target, (*keys, name), _definition_over(theirs.get(name), as_object(definition)))
    return target


def _definition_over(theirs: Json, ours: Document) -> Document:
    """Return our definition with the other keys of theirs, such as a description."""
    kept = {name: value for name, value in as_object(theirs).items() if name not in _RULES}
    # Whether a relation is required is not decided here.
    return {**kept, **ours, **({"required": kept["required"]} if "required" in kept else {})}


def _without_unused_colors(target: Document, current: Document) -> Document:
    """Return the blueprint without the colors of enum values that it no longer has."""
    theirs = as_object(_at(current, _PARTS[0]))
    for name, definition in as_object(_at(target, _PARTS[0])).items():
        colors = as_object(as_object(definition).get("enumColors"))
        if not colors or is_same(definition, theirs.get(name)):
            continue
        enum = as_object(definition).get("enum")
        values = set(map(str, enum)) if isinstance(enum, list) else set()
        kept: Document = {value: color for value, color in colors.items() if value in values}
        others = {key: each for key, each in as_object(definition).items() if key != "enumColors"}
        target = _with(target, (*_PARTS[0], name), {**others, **({"enumColors": kept} if kept else {})})
    return target


def _comparable(blueprint: Document) -> Document:
    """Return the blueprint with all parts, which Port and drafts omit or not."""
    found: Document = {name: value for name, value in blueprint.items() if value is not None}
    for keys in _PARTS:
        found = _with(found, keys, as_object(_at(found, keys)))
    return found


def _is_addition(change: FieldChange) -> bool:
    return change.kind == "added" and change.keys[:-1] in _PARTS


def _definition(keys: tuple[str, ...]) -> str | None:
    return next(
        (keys[len(part)] for part in _PARTS if keys[: len(part)] == part and len(keys) > len(part)), None
    )


def _at(document: Mapping[str, Json], keys: tuple[str, ...]) -> Json:
    value: Json = dict(document)
    for key in keys:
        value = as_object(value).get(key)
    return value


def _with(document: Document, keys: tuple[str, ...], value: Json) -> Document:
    key, *rest = keys
    inner = _with(as_object(document.get(key)), tuple(rest), value) if rest else value
    return {**document, key: inner}
