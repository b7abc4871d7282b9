"""The result of trying a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mapping import Entity
from rest.bodies import Json
from rest.errors import SyncError

type Status = Literal["verified", "rejected", "not signed", "hint"]


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the integration would accept a delivery.

    detail: the reason for a rejection, or what was not checked. hint: what to change.
    """

    status: Status
    detail: str = ""
    hint: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the delivery was not rejected."""
        return self.status != "rejected"

    @property
    def line(self) -> str:
        """The verification as one sentence."""
        return f"{self.status}: {self.detail}" if self.detail else self.status


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """One item that changed.

    values: of the placeholders. requests: what was sent, with the status of the response; secrets are masked.
    entities: those that Port would receive. deleted: the identifiers that would be deleted, with blueprints.
    notes: problems and what is left to the resync. error: why the item is not known.
    content: the body of the last response, masked and perhaps cut.
    """

    values: Mapping[str, Json]
    requests: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    deleted: tuple[Entity, ...] = ()
    notes: tuple[str, ...] = ()
    error: SyncError | None = None
    content: str = field(default="", repr=False)

    @property
    def has_entity(self) -> bool:
        """Whether something would be written or deleted."""
        return bool(self.deleted) or any(each.get("identifier") for each in self.entities)

    @property
    def document(self) -> dict[str, Any]:
        """The change as JSON."""
        return {
            "values": dict(self.values),
            "requests": list(self.requests),
            "entities": list(self.entities),
            "deleted": list(self.deleted),
            "notes": list(self.notes),
            "error": str(self.error) if self.error else None,
        }


@dataclass(frozen=True, slots=True)
class KindReport:
    """What an event means for one mapping entry.

    why_not: why it is not for this kind, "" if it is.
    errors: expressions that failed.
    """

    kind: str
    why_not: str = ""
    changes: tuple[ChangeReport, ...] = ()
    errors: tuple[SyncError, ...] = ()

    @property
    def is_matched(self) -> bool:
        """Whether the event is for this kind."""
        return not self.why_not

    @property
    def has_failed(self) -> bool:
        """Whether something could not be evaluated or read."""
        return bool(self.errors) or any(each.error for each in self.changes)

    @property
    def document(self) -> dict[str, Any]:
        """The kind as JSON."""
        return {
            "kind": self.kind,
            "matched": self.is_matched,
            "whyNot": self.why_not or None,
            "changes": [each.document for each in self.changes],
            "errors": [str(each) for each in self.errors],
        }


@dataclass(frozen=True, slots=True)
class EventReport:
    """What would happen with a delivery. challenge: the body of the answer to one, None for an event."""

    verification: Verification
    challenge: str | None = None
    kinds: tuple[KindReport, ...] = field(default=())

    @property
    def has_failed(self) -> bool:
        """Whether the delivery would be rejected, matches no kind, or leads to an error."""
        if self.challenge is not None:
            return not self.verification.is_good
        matched = any(each.is_matched for each in self.kinds)
        return not (self.verification.is_good and matched) or any(each.has_failed for each in self.kinds)

    @property
    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "verification": {"status": self.verification.status, "detail": self.verification.detail},
            "challenge": self.challenge,
            "kinds": [each.document for each in self.kinds],
        }
