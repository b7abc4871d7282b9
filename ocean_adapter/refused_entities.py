"""The entities that Port refused. Ocean logs each one and still reports the resync as completed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from port_ocean.context.event import event
from port_ocean.core.handlers.port_app_config.models import ResourceConfig

from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.write_tally import write_tally
from rest.errors import Place, WriteError

_MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class KindRefusals:
    """The entities of one kind that Port had not accepted by the end of the resync.

    entities: the number of entities that the kind's items became. reasons: Port's reason by entity.
    """

    kind: str
    entities: int
    reasons: Mapping[str, str]

    @property
    def fails_resync(self) -> bool:
        """Whether Port refused more than half of the entities."""
        return 2 * len(self.reasons) > self.entities

    @property
    def error(self) -> WriteError:
        """An error with the count, Port's most frequent reason and the first identifiers."""
        reason, _ = Counter(self.reasons.values()).most_common(1)[0]
        more = len(self.reasons) - _MAX_SHOWN
        names = ", ".join(list(self.reasons)[:_MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return WriteError(
            f"Port refused {len(self.reasons)} of {self.entities} entities: {reason} ({names})",
            place=Place(kind=self.kind),
        )


def refusals_by_kind(configs: Sequence[ResourceConfig]) -> Iterator[KindRefusals]:
    """Yield the kinds of the current resync that have refused entities, without those accepted later."""
    attributes: dict[str, Any] = event.attributes
    for index, config in enumerate(configs):
        if reasons := write_tally(attributes, index).still_refused:
            yield KindRefusals(config.kind, entity_tally(attributes, index).entities, reasons)
