"""What writing a mapping to Port changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from builder.field_changes import FieldChange, field_changes
from builder.json_values import as_object, is_same
from mapping import named_blueprint
from rest.bodies import Json

# The first keys of fields whose change gives entities other identifiers, or selects others.
_IDENTITY = (
    ("kind",),
    ("selector",),
    ("port", "entity", "mappings", "identifier"),
    ("port", "entity", "mappings", "blueprint"),
    ("port", "itemsToParse"),
)

# What a mapping may lack.
_PARTS: Mapping[str, Json] = MappingProxyType({"properties": {}, "relations": {}})


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """An entry of a mapping. position: in Port, None for an added entry. blueprint: of its entities."""

    kind: str
    state: Literal["added", "changed", "removed", "unchanged"]
    changes: tuple[FieldChange, ...] = ()
    position: int | None = None
    blueprint: str | None = None

    @property
    def changes_entities(self) -> bool:
        """Whether the next resync may delete entities of the entry, because it no longer finds them."""
        changed = [each.keys for each in self.changes]
        is_other = any(keys[: len(place)] == place for keys in changed for place in _IDENTITY)
        return self.state == "removed" or (self.state == "changed" and is_other)


@dataclass(frozen=True, slots=True)
class MappingDifference:
    """What writing a mapping changes.

    existing: the mapping in Port, None without an integration. entries: those of the new mapping, then those
    that are removed. settings: the changed keys besides `resources`.
    """

    identifier: str
    existing: Mapping[str, Json] | None
    target: Mapping[str, Json]
    entries: tuple[EntryDifference, ...] = ()
    settings: tuple[FieldChange, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether there is no mapping yet that could be overwritten."""
        return not (self.existing or {}).get("resources")

    @property
    def is_unchanged(self) -> bool:
        """Whether Port has this mapping."""
        return self.existing is not None and is_same(self.existing, self.target)

    @property
    def is_extended(self) -> bool:
        """Whether entries are added, and nothing else changes."""
        states = {each.state for each in self.entries}
        return not self.is_unchanged and states <= {"added", "unchanged"} and not self._is_overwriting

    @property
    def _is_overwriting(self) -> bool:
        places = [each.position for each in self.entries if each.position is not None]
        return any(each.kind != "added" for each in self.settings) or places != sorted(places)


def mapping_difference(
    identifier: str,
    target: Mapping[str, Json],
    existing: Mapping[str, Json] | None,
    positions: Sequence[int | None] = (),
) -> MappingDifference:
    """Compare a mapping with the one in Port.

    positions: the place of each entry in Port, as far as it is known. Other entries are matched by content.
    """
    old, new = _resources(existing), _resources(target)
    origins = _origins(old, new, positions)
    entries = [*(_entry(old, each, origin) for each, origin in zip(new, origins, strict=True))]
    removed = [position for position in range(len(old)) if position not in origins]
    entries += [_removed(old[position], position) for position in removed]
    settings = tuple(field_changes(_settings(existing), _settings(target)))
    return MappingDifference(identifier, existing, target, tuple(entries), settings)


def _entry(old: Sequence[Json], entry: Json, origin: int | None) -> EntryDifference:
    kind = str(as_object(entry).get("kind"))
    if origin is None:
        return EntryDifference(kind, "added", blueprint=_blueprint(entry))
    changes = tuple(field_changes(_flat(old[origin]), _flat(entry)))
    blueprint = _blueprint(old[origin])
    return EntryDifference(kind, "changed" if changes else "unchanged", changes, origin, blueprint)


def _removed(entry: Json, position: int) -> EntryDifference:
    kind = str(as_object(entry).get("kind"))
    return EntryDifference(kind, "removed", position=position, blueprint=_blueprint(entry))


def _origins(old: Sequence[Json], new: Sequence[Json], positions: Sequence[int | None]) -> list[int | None]:
    """Return for each new entry the old one that it replaces."""
    origins: list[int | None] = [None] * len(new)
    if len(positions) == len(new):
        origins = [each if each is not None and each < len(old) else None for each in positions]
    for is_match in (is_same, _same_target, _same_kind):
        for place, entry in enumerate(new):
            if origins[place] is None:
                free = (each for each in range(len(old)) if each not in origins)
                origins[place] = next((each for each in free if is_match(old[each], entry)), None)
    return origins


def _same_target(old: Json, new: Json) -> bool:
    return _same_kind(old, new) and _blueprint(old) == _blueprint(new)


def _same_kind(old: Json, new: Json) -> bool:
    return as_object(old).get("kind") == as_object(new).get("kind")


def _mappings(entry: Json) -> Json:
    return as_object(as_object(as_object(entry).get("port")).get("entity")).get("mappings")


def _blueprint(entry: Json) -> str | None:
    mappings = _mappings(entry)
    first = mappings[0] if isinstance(mappings, list) and mappings else mappings
    return named_blueprint(as_object(first).get("blueprint"))


def _flat(entry: Json) -> Json:
    """Return the entry in the form that is compared: a single mapping as an object, with all of its parts."""
    mappings = _mappings(entry)
    if isinstance(mappings, list) and len(mappings) == 1:
        mappings = mappings[0]
    if not isinstance(mappings, dict):
        return entry
    port = as_object(as_object(entry).get("port"))
    entity = {**as_object(port.get("entity")), "mappings": {**_PARTS, **mappings}}
    return {"selector": {}, **as_object(entry), "port": {**port, "entity": entity}}


def _resources(mapping: Mapping[str, Json] | None) -> list[Json]:
    resources = (mapping or {}).get("resources")
    return resources if isinstance(resources, list) else []


def _settings(mapping: Mapping[str, Json] | None) -> dict[str, Json]:
    return {name: value for name, value in (mapping or {}).items() if name != "resources"}
