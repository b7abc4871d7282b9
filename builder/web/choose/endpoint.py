"""An endpoint of step 2: its inputs, as text, and its sample."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from builder.draft import Original, Property, Relation
from builder.inference import FoundField, Proposal
from builder.recording import Exchange
from builder.sampling import Answer
from builder.web.page.issues import Issue
from configuration.pagination import PaginationSettings
from expressions.paths import jq_path
from rest.errors import ItemsError, JqError
from rest.page import Item

type Origin = Literal["fetched", "pasted", "imported"]


def _new_token() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class ParameterForm:
    """The source of a path parameter's values.

    values: one per line. more: other keys, as JSON. sources: a list of sources, as JSON.
    """

    source: Literal["endpoint", "values", "sources"] = "endpoint"
    endpoint: str = ""
    data_path: str = ""
    field: str = ""
    filter: str = ""
    values: str = ""
    more: str = ""
    sources: str = ""


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
class NextPage:
    """The page after a sample, or why there is none.

    pagination: the settings that led to the request. issue: why the request failed.
    """

    pagination: PaginationSettings = field(repr=False)
    answer: Answer | None = field(default=None, repr=False)
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A response and the proposal made from it.

    kind: the path at that time. url: of the first request, made or not. items: with the parents' values.
    next_page: of the latest request for it, None if there was no request.
    """

    answer: Answer = field(repr=False)
    origin: Origin
    kind: str
    url: str
    proposal: Proposal
    items: list[Item] = field(repr=False)
    next_page: NextPage | None = None

    @property
    def next_items(self) -> list[Item]:
        """The items of the next page. Empty if it has none at their path."""
        if self.next_page is None or self.next_page.answer is None:
            return []
        try:
            return self.next_page.answer.items(jq_path(str(self.proposal.source.selector["data_path"])))
        except (ItemsError, JqError):
            return []

    @property
    def new_items(self) -> list[Item]:
        """The items of the next page that are not in the sample."""
        next_items = self.next_items
        known = {_own_fields(item) for item in self.items} if next_items else set()
        return [item for item in next_items if _own_fields(item) not in known]

    @property
    def items_of_all_pages(self) -> list[Item]:
        """The items of the sample and of the next page. Relations are found among these."""
        return [*self.items, *self.new_items]


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that failed, or a pasted response that cannot be read.

    exchanges: the last request, after its redirects. Empty if nothing was sent. token: its identity.
    inputs: a fingerprint of those that decide what is sent, "" if nothing was sent.
    """

    origin: Origin
    issues: tuple[Issue, ...]
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
    token: str = field(default_factory=_new_token, repr=False)
    inputs: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class EndpointForm:
    """The inputs of an endpoint. number: its number on the page. That of a removed endpoint may be reused.

    more: other keys of the selector, as JSON. webhook: its key of this name, as JSON.
    notes: what an import could not decide.
    failure: of the last fetch. There is no sample then. last_sample: the one before the failure. It only
    shows which inputs the user has changed. token: its identity, which is never reused.
    """

    number: int
    kind: str = ""
    method: str = "GET"
    query_params: str = ""
    headers: str = ""
    body: str = ""
    body_type: str = ""
    min_items: str = ""
    more: str = ""
    webhook: str = ""
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
    token: str = field(default_factory=_new_token, repr=False, compare=False)

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


def _own_fields(item: Item) -> str:
    """Return the item as text, without the fields that the engine adds."""
    own = {name: value for name, value in item.items() if not name.startswith("__")}
    return json.dumps(own, sort_keys=True)
