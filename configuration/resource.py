"""A validated mapping entry: endpoint, parameters, pagination."""

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
    """The request for a listing. It is a template until its placeholders have values.

    path: appended to the base URL. May contain {name}, {+name} and a query string.
    data_path: the path to the items. None: the body is the list of items, or the only item.
    on_status: actions by status code. responses: rules for whole responses.
    retry: whether the user allows a retry after a request may have been carried out. None: not set.
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
        """Return the names in braces in the path, parameters, headers and body.

        Only those in the path must have a value, because braces in a body may be part of GraphQL.
        """
        texts = [self.path, *(value for _, value in self.query_params + self.headers), *texts_in(self.body)]
        return {match["name"] for text in texts for match in PLACEHOLDER.finditer(text)}

    def path_names(self) -> set[str]:
        """Return the names in braces in the path, without its query string."""
        return {match["name"] for match in PLACEHOLDER.finditer(without_query(self.path))}

    def path_placeholders(self) -> set[str]:
        """Return the names in braces in the path and its query string."""
        return {match["name"] for match in PLACEHOLDER.finditer(self.path)}


@dataclass(frozen=True, slots=True)
class PathParameter:
    """The source of the values for one placeholder: the items of a parent endpoint, or fixed values.

    parent: the parent endpoint. None: the values are fixed.
    field, filter: jq on each parent item. parent_fields: other fields of it that the children get.
    in_path: whether a path uses the placeholder. False: only parameters, headers and bodies use it.
    """

    name: str
    parent: Endpoint | None = None
    values: tuple[Value, ...] = ()
    field: Path | None = None
    filter: Path | None = None
    parent_fields: tuple[tuple[str, Path], ...] = ()
    in_path: bool = field_of(default=True, compare=False)

    @property
    def unsafe_value(self) -> str:
        """The first fixed value that leads to another path, or "".

        `..` is allowed here, because it may be part of a segment. The complete path is checked later.
        """
        texts = (value for value in self.values if isinstance(value, str) and self.in_path)
        return next((text for text in texts if text != ".." and has_parent_segment(text)), "")


@dataclass(frozen=True, slots=True)
class Resource:
    """A validated mapping entry.

    parameters: each after those that its own endpoint needs.
    accept: the doubts that are warnings.
    min_items: a complete listing with fewer items fails.
    incremental: how to read only the changed items. changes: those of this run. None: all items are read.
    max_shrink: how many items a complete listing may have fewer than the last one.
    accept_shrink: a listing with at least this many items passes max_shrink.
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
        """Return the resource for the changes since a time. Raises ResourceError: incremental is not set."""
        if self.incremental is None:
            raise ResourceError("selector.incremental is missing", hint="Set how to request changes")
        return replace(self, changes=Changes(self.incremental, moment), min_items=0)
