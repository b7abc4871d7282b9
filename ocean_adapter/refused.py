"""Kinds whose entities Port refused: Ocean logs each refusal in passing, and calls the resync completed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from port_ocean.context.event import event
from port_ocean.core.handlers.port_app_config.models import ResourceConfig

from ocean_adapter.mapped import tally_of
from ocean_adapter.written import LATER, written_of
from rest.errors import Place, WriteError

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RefusedKind:
    """What Port refused of one kind to the end of the resync. entities: those that its items gave."""

    kind: str
    entities: int
    reasons: Mapping[str, str]

    @property
    def is_most(self) -> bool:
        """True for more than half: the resync has then failed."""
        return 2 * len(self.reasons) > self.entities

    @property
    def error(self) -> WriteError:
        """What was refused, with Port's most frequent reason and the first identifiers."""
        reason, _ = Counter(self.reasons.values()).most_common(1)[0]
        more = len(self.reasons) - _SHOWN
        names = ", ".join(list(self.reasons)[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return WriteError(
            f"Port refused {len(self.reasons)} of {self.entities} entities: {reason} ({names})",
            place=Place(kind=self.kind),
        )


def refused_kinds(configs: Sequence[ResourceConfig]) -> Iterator[RefusedKind]:
    """The kinds of the current resync, of which Port refused something and did not take it later either."""
    attributes: dict[str, Any] = event.attributes
    later = written_of(attributes, LATER)
    for index, config in enumerate(configs):
        if reasons := written_of(attributes, index).still_lacking(later):
            yield RefusedKind(config.kind, tally_of(attributes, index).entities, reasons)
