"""What the page holds: what the user typed, as it was typed, and what was found. It is in memory alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from builder.draft import Property, Relation
from builder.imports import Imported
from builder.inference import FoundField, Proposal
from builder.sampling import Answer
from rest.page import Item

type Origin = Literal["fetched", "pasted", "imported"]


@dataclass(frozen=True, slots=True)
class ConnectionForm:
    """Settings by their own names, as texts. secrets: those that no page shows again."""

    texts: Mapping[str, str] = field(default_factory=lambda: {"authType": "none", "paginationType": "auto"})
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ParameterForm:
    """Where a path parameter's values come from. values: one a line. more: further keys, as JSON."""

    source: Literal["endpoint", "values"] = "endpoint"
    endpoint: str = ""
    data_path: str = ""
    field: str = ""
    filter: str = ""
    values: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A property to be. reading: its type and format, `string:date-time`, or `string:enum`.

    found: the field of the sample that it was made of, None for one of the user's own.
    """

    name: str
    title: str
    reading: str
    expression: str
    is_selected: bool = False
    found: FoundField | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation that is proposed. why: the hit rate in words."""

    relation: Relation
    why: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, and what was made of it.

    kind: the path as it was then. url: what was asked first, or would be. items: with the parents' values.
    """

    answer: Answer = field(repr=False)
    origin: Origin
    kind: str
    url: str
    proposal: Proposal
    items: list[Item] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndpointForm:
    """One endpoint as the page has it. number: what the page calls it; it stays when others are removed.

    more: further keys of the selector, as JSON. notes: what an import left to the user.
    """

    number: int
    kind: str = ""
    method: str = "GET"
    query_params: str = ""
    headers: str = ""
    body: str = ""
    min_items: str = ""
    more: str = ""
    parameters: Mapping[str, ParameterForm] = field(default_factory=dict)
    data_path: str = ""
    query: str = ""
    blueprint: str = ""
    blueprint_title: str = ""
    icon: str = ""
    identifier: str = ""
    title: str = ""
    rows: tuple[FieldRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()
    notes: tuple[str, ...] = ()
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class InstallationForm:
    """How the integration will run. region: one of the known, or `other` with its address."""

    identifier: str = "ocean-custom"
    type: str = "custom"
    region: str = "eu"
    port_base_url: str = ""
    event_listener: str = "POLLING"
    resync_minutes: str = "60"
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Workspace:
    """All that the page holds; each change makes another one.

    current: the number of the endpoint that is shown. imported: the document whose endpoints can be added.
    """

    connection: ConnectionForm = ConnectionForm()
    endpoints: tuple[EndpointForm, ...] = (EndpointForm(1),)
    current: int = 1
    installation: InstallationForm = InstallationForm()
    imported: Imported | None = None

    @property
    def endpoint(self) -> EndpointForm:
        """The one that is shown."""
        return self.numbered(self.current)

    @property
    def sampled(self) -> tuple[EndpointForm, ...]:
        """The endpoints that have a sample."""
        return tuple(each for each in self.endpoints if each.seen)

    def numbered(self, number: int) -> EndpointForm:
        """An endpoint by its number; the first one where it was removed in another window."""
        return next((each for each in self.endpoints if each.number == number), self.endpoints[0])

    def with_param(self, endpoint: EndpointForm) -> "Workspace":
        """With this endpoint in the place of its number; without a change where that is gone."""
        changed = tuple(endpoint if each.number == endpoint.number else each for each in self.endpoints)
        return replace(self, endpoints=changed)

    def with_another(self) -> "Workspace":
        """With an empty endpoint, which is shown."""
        number = max(each.number for each in self.endpoints) + 1
        return replace(self, endpoints=(*self.endpoints, EndpointForm(number)), current=number)

    def showing(self, number: int) -> "Workspace":
        """With another endpoint shown."""
        return replace(self, current=self.numbered(number).number)

    def without(self, number: int) -> "Workspace":
        """With one endpoint less; the last one leaves an empty one."""
        left = tuple(each for each in self.endpoints if each.number != number)
        left = left or (EndpointForm(number + 1),)
        shown = self.current if self.current != number else left[-1].number
        return replace(self, endpoints=left, current=shown)


def reading_of(made: Property) -> str:
    """A property's type and format as one word."""
    if made.enum:
        return f"{made.type}:enum"
    return f"{made.type}:{made.format}" if made.format else made.type
