"""An endpoint of step 2: its inputs, as text, and its sample."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from builder.draft import Original, Property, Relation
from builder.inference import FoundField, Proposal
from builder.recording import Exchange
from builder.sampling import Answer
from builder.web.page.issues import Issue
from expressions.paths import jq_path
from rest.page import Item

type Origin = Literal["fetched", "pasted", "imported"]


@dataclass(frozen=True, slots=True)
class ParameterForm:
    """The source of a path parameter's values. values: one per line. more: other keys, as JSON."""

    source: Literal["endpoint", "values"] = "endpoint"
    endpoint: str = ""
    data_path: str = ""
    field: str = ""
    filter: str = ""
    values: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A row of the table of properties. type: Port's type and format, `string:date-time`, or `string:enum`.

    found: the field of the sample, None for a property that the user added. enum: of an opened property.
    """

    name: str
    title: str
    type: str
    expression: str
    is_selected: bool = False
    found: FoundField | None = field(default=None, repr=False, compare=False)
    enum: tuple[str | int | float, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A proposed relation. reason: why it is proposed."""

    relation: Relation
    reason: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class OwnRelation:
    """A relation of the user, an opened mapping or a template. The texts are as the user typed them."""

    name: str = ""
    title: str = ""
    target: str = ""
    expression: str = ""
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """The mapping entry that an endpoint was opened from. A sample does not change it.

    position: in the mapping in Port, None for a duplicate and for an entry of a template.
    blueprint: as it was in Port or in the template, None if it was not known.
    """

    entry: Original
    position: int | None = None
    blueprint: Original | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A response and the proposal made from it.

    kind: the path at that time. url: of the first request, made or not. items: with the parents' values.
    next_pages: the pages after the first one, as far as they were requested.
    """

    answer: Answer = field(repr=False)
    origin: Origin
    kind: str
    url: str
    proposal: Proposal
    items: list[Item] = field(repr=False)
    next_pages: tuple[Answer, ...] = field(default=(), repr=False)

    @property
    def items_of_all_pages(self) -> list[Item]:
        """The items of the first pages and of those after them. Relations are found among these."""
        path = jq_path(str(self.proposal.source.selector["data_path"]))
        return [*self.items, *(item for page in self.next_pages for item in page.items(path))]


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that failed, or a pasted response that cannot be read.

    exchanges: the last request, after its redirects. Empty if nothing was sent. token: its identity.
    inputs: those that decide what is sent, None for a pasted response.
    """

    origin: Origin
    issues: tuple[Issue, ...]
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
    token: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    inputs: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class EndpointForm:
    """The inputs of an endpoint. number: its number on the page, which never changes.

    more: other keys of the selector, as JSON. notes: what an import could not decide.
    failure: of the last fetch. There is no sample then. last_sample: the one before the failure. It only
    shows which inputs the user has changed.
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
    rows: tuple[PropertyRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()
    own_relations: tuple[OwnRelation, ...] = ()
    notes: tuple[str, ...] = ()
    sample: Sample | None = None
    failure: Failure | None = None
    last_sample: Sample | None = field(default=None, repr=False)
    opened: OpenedEntry | None = None

    @property
    def has_mapping(self) -> bool:
        """Whether the mapping is filled in, but not by a sample that is gone. It then needs no sample."""
        is_own = self.opened or self.last_sample is None
        return bool(is_own and self.blueprint.strip() and self.identifier.strip())


def type_of(definition: Property) -> str:
    """Return a property's type and format as a choice of the type input."""
    if definition.enum:
        return f"{definition.type}:enum"
    return f"{definition.type}:{definition.format}" if definition.format else definition.type
