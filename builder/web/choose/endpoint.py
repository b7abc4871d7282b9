"""An endpoint of step 2: its inputs, as text, and its sample."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from builder.draft import Property, Relation
from builder.inference import FoundField, Proposal
from builder.sampling import Answer
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

    found: the field of the sample, None for a property that the user added.
    """

    name: str
    title: str
    type: str
    expression: str
    is_selected: bool = False
    found: FoundField | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation. reason: why it is proposed. is_own: it does not depend on a proposal."""

    relation: Relation
    reason: str
    is_selected: bool
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A response and the proposal made from it.

    kind: the path at that time. url: of the first request, made or not. items: with the parents' values.
    """

    answer: Answer = field(repr=False)
    origin: Origin
    kind: str
    url: str
    proposal: Proposal
    items: list[Item] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndpointForm:
    """The inputs of an endpoint. number: its number on the page, which never changes.

    more: other keys of the selector, as JSON. notes: what an import could not decide.
    is_mapped: the mapping, for example from a template, needs no sample and is not changed by one.
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
    notes: tuple[str, ...] = ()
    sample: Sample | None = None
    is_mapped: bool = False


def type_of(definition: Property) -> str:
    """Return a property's type and format as a choice of the type input."""
    if definition.enum:
        return f"{definition.type}:enum"
    return f"{definition.type}:{definition.format}" if definition.format else definition.type
