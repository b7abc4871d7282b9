"""The plan of a sync as data: its kinds, and the entities that change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.field_changes import FieldChange

type Name = tuple[str, str]
"""(blueprint, identifier) of an entity"""

# Ocean's default.
_THRESHOLD = 0.9


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """The keys of a mapping that hold for all kinds, with Ocean's defaults.

    merges: enableMergeEntity. creates_targets: createMissingRelatedEntities. deletes_dependents:
    deleteDependentEntities. threshold: entityDeletionThreshold, the largest share of the entities in Port
    that a sync deletes.
    """

    merges: bool = True
    creates_targets: bool = True
    deletes_dependents: bool = True
    threshold: float = _THRESHOLD

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "SyncOptions":
        """Return the options of a mapping."""
        threshold = mapping.get("entityDeletionThreshold")
        return cls(
            mapping.get("enableMergeEntity") is not False,
            mapping.get("createMissingRelatedEntities") is not False,
            mapping.get("deleteDependentEntities") is not False,
            float(threshold) if isinstance(threshold, int | float) else _THRESHOLD,
        )


@dataclass(frozen=True, slots=True)
class Target:
    """The integration in Port that a plan is for.

    blueprints: in Port's format; the plan is for Port with these added, as `apply --merge` does.
    """

    integration: str
    integration_type: str = "custom"
    blueprints: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class KindPlan:
    """The plan of one mapping entry.

    error: why it fails, "" if it does not. hint: what the user can change about it.
    verdict: why the listing counts as complete, or its doubts.
    overwritten: the number of entities with the identifier of another item of the kind.
    refused: the number of entities that Port would refuse. refusal: the most frequent reason, with examples.
    warnings: entities that overwrite each other.
    """

    kind: str
    items: int = 0
    entities: int = 0
    left_out: int = 0
    requests: int = 0
    error: str = ""
    hint: str = ""
    verdict: str = ""
    doubts: tuple[str, ...] = ()
    overwritten: int = 0
    refused: int = 0
    refusal: str = ""
    warnings: tuple[str, ...] = ()
    blueprint: Any = ""
    enable_delete: bool = True

    @property
    def fails(self) -> bool:
        """Whether the sync fails because of this kind. Up to half of its entities may be refused."""
        return bool(self.error) or 2 * self.refused > self.entities


@dataclass(frozen=True, slots=True)
class Update:
    """An entity in Port that a sync changes."""

    blueprint: str
    identifier: str
    changes: tuple[FieldChange, ...] = ()

    @property
    def name(self) -> Name:
        """The blueprint and identifier."""
        return self.blueprint, self.identifier


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of a sync.

    unchanged: the number of entities that are in Port as the API has them.
    kept: stale entities that the sync does not delete. kept_because: a sentence for each reason.
    """

    kinds: tuple[KindPlan, ...]
    create: tuple[Name, ...] = ()
    update: tuple[Update, ...] = ()
    delete: tuple[Name, ...] = ()
    unchanged: int = 0
    kept: tuple[Name, ...] = ()
    kept_because: tuple[str, ...] = field(default=())

    @property
    def failed(self) -> bool:
        """Whether the sync would fail."""
        return any(kind.fails for kind in self.kinds)

    @property
    def changes(self) -> int:
        """The number of entities that a sync would write or delete."""
        return len(self.create) + len(self.update) + len(self.delete)

    def deletes_more_than(self, limit: int | None) -> bool:
        """Return whether a sync would delete more entities than this. None: there is no limit."""
        return limit is not None and len(self.delete) > limit
