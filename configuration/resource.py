"""What a mapping entry asks for: endpoints, their parameters and their pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from dataclasses import field as field_of
from datetime import datetime

from configuration.answer_rules import AnswerRule, StatusAction
from configuration.incremental import Changes, Incremental
from configuration.pagination import PaginationSettings
from configuration.shrinkage import DEFAULT_SHRINK_LIMIT, ShrinkLimit
from expressions.paths import Path
from rest.bodies import Json, texts_in
from rest.dot_segments import has_parent_segment, without_query
from rest.doubts import DoubtName
from rest.errors import ResourceError
from rest.request import Pairs

type Value = str | int | float | bool

PLACEHOLDER = re.compile(r"\{(?P<raw>\+?)(?P<name>[A-Za-z_]\w*)\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to ask for a listing: a template until its placeholders have values.

    path: appended to the base URL; may hold {name}, {+name} and a query string.
    data_path: where the items are; None: the body is the list, or the one item.
    on_status: what the user says a status means. responses: what the user says of whole ones.
    retry: what the user says of sending a request again that may have been carried out; None: nothing.
    """

    path: str
    pagination: PaginationSettings
    method: str = "GET"
    query_params: Pairs = ()
    headers: Pairs = ()
    body: Json = None
    data_path: Path | None = None
    on_status: Mapping[int, StatusAction] = field(default_factory=dict)
    responses: tuple[AnswerRule, ...] = ()
    retry: bool | None = None

    def placeholders(self) -> set[str]:
        """The names in braces, wherever they stand. Only those in the path must have a value:
        braces in a body are also GraphQL's own.
        """
        texts = [self.path, *(value for _, value in self.query_params + self.headers), *texts_in(self.body)]
        return {match["name"] for text in texts for match in PLACEHOLDER.finditer(text)}

    def path_names(self) -> set[str]:
        """The names in braces in the path without its query string."""
        return {match["name"] for match in PLACEHOLDER.finditer(without_query(self.path))}

    def path_placeholders(self) -> set[str]:
        """The names in braces in the path and its query string."""
        return {match["name"] for match in PLACEHOLDER.finditer(self.path)}


@dataclass(frozen=True, slots=True)
class PathParameter:
    """Where the values of one placeholder come from: an endpoint's items, or the mapping itself.

    parent: the endpoint, None where `values` are given.
    field, filter: jq on each parent item; parent_fields: what the children get of it besides.
    in_path: False where the values stand in parameters, headers and bodies alone.
    """

    name: str
    parent: Endpoint | None = None
    values: tuple[Value, ...] = ()
    field: Path | None = None
    filter: Path | None = None
    parent_fields: tuple[tuple[str, Path], ...] = ()
    in_path: bool = field_of(default=True, compare=False)

    @property
    def leading_away(self) -> str:
        """The first of the mapping's own values that leads to another path; "" for none.

        `..` alone is looked at in its place: it may be a part of a segment.
        """
        texts = (value for value in self.values if isinstance(value, str) and self.in_path)
        return next((text for text in texts if text != ".." and has_parent_segment(text)), "")


@dataclass(frozen=True, slots=True)
class Resource:
    """One entry of the mapping.

    parameters: each after those that its own endpoint needs.
    accept: the doubts that the user takes on.
    min_items: a complete listing with fewer fails. incremental: how it is asked for changes alone.
    changes: what this run asks for, None for all of it.
    max_shrink: how much of the last complete listing may be gone. accept_shrink: so many items are enough.
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

    def since(self, moment: datetime) -> "Resource":
        """The resource, asked only for what has changed since then. It must have `incremental`."""
        if self.incremental is None:
            raise ResourceError("selector.incremental is missing", hint="Say how to ask for changes")
        return replace(self, changes=Changes(self.incremental, moment), min_items=0)
