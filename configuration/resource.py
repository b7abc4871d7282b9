"""A validated mapping entry: endpoint, parameters, pagination."""

from dataclasses import dataclass, replace
from dataclasses import field as field_of
from datetime import datetime

from configuration.endpoint import CURSOR_NAME as CURSOR_NAME  # re-exported, as the next three are
from configuration.endpoint import JOB_ID as JOB_ID
from configuration.endpoint import Endpoint as Endpoint
from configuration.endpoint import Job as Job
from configuration.incremental import Changes, Incremental
from configuration.parameter_values import Batch, Value
from configuration.partition import Partition
from configuration.placeholders import PLACEHOLDER as PLACEHOLDER  # re-exported
from configuration.shrinkage import DEFAULT_SHRINK_LIMIT, ShrinkLimit
from configuration.webhook import Webhook
from configuration.windows import Windows
from expressions.paths import Path
from rest.doubts import DoubtName
from rest.errors import ResourceError


@dataclass(frozen=True, slots=True)
class ParameterSource:
    """A source of values: the items of a parent endpoint, or fixed values.

    parent: the parent endpoint. None: the values are fixed.
    field, filter: jq on each parent item. parent_fields: other fields of it that the children get.
    label: its name in messages, like path_parameters.id, or path_parameters.id[0] in a list of sources.
    """

    parent: Endpoint | None = None
    values: tuple[Value, ...] = ()
    field: Path | None = None
    filter: Path | None = None
    parent_fields: tuple[tuple[str, Path], ...] = ()
    label: str = field_of(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PathParameter:
    """The sources of the values for one placeholder.

    batch: how many values one request takes. None: each value has its own requests.
    placeholders: the names among this parameter and its parent_fields that are placeholders somewhere.
    in_paths: those of them that a path has. The others are only in parameters, headers and bodies.
    as_urls: those of them that begin a path as {+name}, where a value may be a whole URL.
    """

    name: str
    sources: tuple[ParameterSource, ...] = ()
    batch: Batch | None = None
    placeholders: frozenset[str] = field_of(default=frozenset(), compare=False)
    in_paths: frozenset[str] = field_of(default=frozenset(), compare=False)
    as_urls: frozenset[str] = field_of(default=frozenset(), compare=False)

    @property
    def parents(self) -> tuple[Endpoint, ...]:
        """The parent endpoints of all sources."""
        return tuple(source.parent for source in self.sources if source.parent)

    @property
    def names(self) -> frozenset[str]:
        """The placeholders that this parameter can fill: its own, and the parent_fields of its sources."""
        fields = (name for source in self.sources for name, _ in source.parent_fields)
        return frozenset([self.name, *fields])

    @property
    def needed_placeholders(self) -> set[str]:
        """The placeholders of its own parent endpoints."""
        return set().union(*(parent.placeholders() for parent in self.parents))


@dataclass(frozen=True, slots=True)
class Resource:
    """A validated mapping entry.

    parameters: each after those that its own endpoint needs.
    accept: the doubts that are warnings.
    min_items: a complete listing with fewer items fails.
    incremental: how to read only the changed items. changes: those of this run. None: all items are read.
    max_shrink: how many items a complete listing may have fewer than the last one.
    accept_shrink: a listing with at least this many items passes max_shrink.
    windows: the windows of time in which the endpoint is read. None: it is read as a whole.
    webhook: how events of the API tell which items changed. None: they do not.
    partition: the share of the parents that is read. None: all of them.
    """

    kind: str
    endpoint: Endpoint
    parameters: tuple[PathParameter, ...] = ()
    min_items: int = 0
    incremental: Incremental | None = None
    changes: Changes | None = None
    accept: frozenset[DoubtName] = frozenset()
    max_shrink: ShrinkLimit = DEFAULT_SHRINK_LIMIT
    accept_shrink: int | None = None
    windows: Windows | None = None
    webhook: Webhook | None = None
    partition: Partition | None = None

    @property
    def value_names(self) -> frozenset[str]:
        """The values that each item receives: of parameters that are no batches, and of parent_fields."""
        return frozenset().union(*(each.names for each in self.parameters if each.batch is None))

    def since(self, moment: datetime) -> "Resource":
        """Return the resource for the changes since a time. Raises ResourceError: incremental is not set."""
        if self.incremental is None:
            raise ResourceError("selector.incremental is missing", hint="Set how to request changes")
        return replace(self, changes=Changes(self.incremental, moment), min_items=0)
