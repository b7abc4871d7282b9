"""A mapping entry as its user writes it, read into a Resource. The models are the mapping's reference too."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from configuration.answer_rules import StatusAction
from configuration.field_types import (
    Accepts,
    Doubts,
    Headers,
    JqText,
    Method,
    QueryParams,
    Responses,
    Shrinkage,
    Switch,
    Text,
    WholeNumber,
    mistakes,
)
from configuration.incremental import Incremental, says_the_day
from configuration.pagination import PaginationSettings, types_with
from configuration.parameters import in_order
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.resource import PLACEHOLDER, Endpoint, PathParameter, Resource, Value
from configuration.shrinkage import DEFAULT_SHRINK_LIMIT
from rest.dot_segments import has_dot_segments, without_query
from rest.errors import Place, ResourceError

_JsonObject = Annotated[dict[str, Any], Accepts("an object")]
_Statuses = Annotated[
    dict[int, StatusAction],
    Accepts("an object of status codes, each with empty, end, retry, rate_limited or fail"),
]
_Values = Annotated[list[str | int | float | bool], Accepts("a list of texts, numbers or booleans")]
_Fields = Annotated[dict[str, JqText], Accepts("an object of names and jq expressions", why=True)]
_Body = Annotated[JsonValue, Accepts("JSON")]
_Path = Annotated[str, Field(min_length=1), Accepts("the path of an endpoint")]
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_Query = Annotated[str, Accepts("a jq expression, as text: 'true' takes every item")]


class EndpointInput(BaseModel):
    """What a resource and the endpoint of a path parameter have in common."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    data_path: JqText | None = Field(default=None, description="jq: where the items are in the response")
    method: Method = Field(
        default="GET",
        description="GET, or POST where the endpoint reads by it; PUT and PATCH with the setting allowWrites",
    )
    query_params: QueryParams = Field((), description="Added to the URL; a list repeats the parameter")
    headers: Headers = Field(
        default_factory=tuple, description="Sent with the requests of this endpoint", validate_default=False
    )
    body: _Body = Field(default=None, description="Sent as JSON")
    pagination: _JsonObject | None = Field(default=None, description="Instead of the settings' pagination")
    on_status: _Statuses = Field(
        default_factory=dict,
        description="What a status means, on every page: empty and end end the listing, retry and "
        "rate_limited try again, fail stops trying again",
    )
    responses: Responses = Field(
        default=(),
        description="What answers mean, by a look at {status, headers, body}: the first rule counts",
    )
    retry: Switch | None = Field(
        default=None,
        description="Whether a request is sent again that may have been carried out: true where the endpoint "
        "only reads. By default GET, GraphQL queries and searches are",
    )


class ParameterInput(EndpointInput):
    """One entry of path_parameters."""

    endpoint: _Path | None = Field(default=None, description="The endpoint whose items have the values")
    values: _Values | None = Field(default=None, description="The values themselves, instead of an endpoint")
    field: JqText | None = Field(default=None, description="jq: the value, in each item of the endpoint")
    filter: JqText | None = Field(
        default=None, description="jq, true or false: which items of the endpoint count"
    )
    parent_fields: _Fields = Field(
        default_factory=dict, description="More of the parent for its children: name and jq"
    )


class IncrementalInput(BaseModel):
    """A selector's incremental: one of param and field."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    param: Text | None = Field(default=None, description="The parameter that asks for changes since a time")
    format: Text = Field(
        default="iso8601",
        description="How the time is written: iso8601, epoch, epoch_ms or a strftime pattern",
    )
    location: Literal["query", "body"] = Field(default="query", description="Where the parameter goes")
    field: JqText | None = Field(
        default=None, description="Where an item says when it changed; the newest come first"
    )


class SelectorInput(EndpointInput):
    """A resource's selector."""

    query: _Query = Field(default="true", description="jq, true or false: which items become entities")
    path_parameters: _JsonObject = Field(
        default_factory=dict, description="Where the values of the kind's {placeholders} come from"
    )
    accept: Doubts = Field(
        default=frozenset(), description="Doubts about completeness that are taken on as warnings"
    )
    min_items: WholeNumber = Field(
        default=0, description="A complete listing with fewer items fails, so that nothing is deleted"
    )
    max_shrink: Shrinkage = Field(
        default=DEFAULT_SHRINK_LIMIT,
        description="A complete listing that lost more than this since the last complete one fails: a share "
        "like 30%, or a number of items; 90% by default, from 20 items on",
        validate_default=False,
        json_schema_extra={"default": "90%"},
    )
    accept_shrink: WholeNumber | None = Field(
        default=None, description="Lets a listing with at least so many items pass, however many there were"
    )
    incremental: _JsonObject | None = Field(
        default=None, description="How an incremental run asks for what has changed"
    )


def read_resource(
    kind: str,
    selector: Mapping[str, Any],
    pagination: PaginationSettings,
    permissions: Permissions = NO_PERMISSIONS,
) -> Resource:
    """The resource that a kind and its selector ask for; pagination: the settings' own.

    Raises ResourceError: naming each key that is unknown or wrong, and what it accepts; or what the
    permissions do not include.
    """
    given = permissions.without_exports(selector)
    read = _validated(SelectorInput, given, "selector")
    _check_path(kind, "the kind")
    endpoint = _endpoint(kind, read, pagination, "selector")
    parameters = [_parameter(name, given, pagination) for name, given in read.path_parameters.items()]
    permissions.check_method(endpoint.method, "selector")
    for parameter in parameters:
        if parameter.parent:
            where = f"selector.path_parameters.{parameter.name}"
            permissions.check_method(parameter.parent.method, where)
    parameters = _placed(endpoint, parameters)
    incremental = None if read.incremental is None else _incremental(read.incremental)
    ordered = in_order(kind, endpoint, parameters)
    return Resource(
        kind,
        endpoint,
        ordered,
        read.min_items,
        incremental,
        accept=read.accept,
        max_shrink=read.max_shrink,
        accept_shrink=read.accept_shrink,
    )


def _placed(endpoint: Endpoint, parameters: Sequence[PathParameter]) -> list[PathParameter]:
    """The parameters, with a word on whether they stand in a path.

    Raises ResourceError: a value that the mapping itself gives leads to another path.
    """
    templates = [endpoint, *(parameter.parent for parameter in parameters if parameter.parent)]
    in_paths = set().union(*(template.path_names() for template in templates))
    placed = [replace(parameter, in_path=parameter.name in in_paths) for parameter in parameters]
    for parameter in placed:
        if value := parameter.leading_away:
            raise ResourceError(
                f"selector.path_parameters.{parameter.name}.values: {value!r} leads to another path",
                hint="Take it out",
            )
    return placed


def _incremental(given: object) -> Incremental:
    read = _validated(IncrementalInput, given, "selector.incremental")
    if (read.param is None) == (read.field is None):
        raise ResourceError("selector.incremental needs param or field, one of them")
    if read.format not in ("iso8601", "epoch", "epoch_ms") and not says_the_day(read.format):
        raise ResourceError(
            f"selector.incremental.format: got {read.format!r}, accepts iso8601, epoch, epoch_ms, "
            "or a strftime pattern that says year, month and day",
            hint="Write it like %Y-%m-%d or %Y-%m-%dT%H:%M:%SZ",
        )
    return Incremental(read.param, read.format, read.location, read.field)


def _given_values(read: ParameterInput, where: str) -> tuple[Value, ...]:
    if beside := sorted(read.model_fields_set - {"values"}):
        raise ResourceError(f"{where}.{beside[0]} means nothing beside values", hint="Take one of them out")
    if not read.values or "" in read.values:
        raise ResourceError(f"{where}.values: accepts texts, numbers and booleans, none of them empty")
    return tuple(read.values)


def _check_path(path: str, where: str) -> None:
    """Braces that are no placeholder would reach the API as they are, and dots would leave the base path."""
    if has_dot_segments(without_query(PLACEHOLDER.sub("_", path))):
        raise ResourceError(
            f"{where} {path!r} has dot segments, which lead to another path",
            hint="Write the path that you mean, below baseUrl",
        )
    if set(PLACEHOLDER.sub("", path)) & set("{}"):
        raise ResourceError(
            f"{where} {path} has braces that are no placeholder",
            hint="A placeholder is {name} or {+name}, of letters, digits and _",
        )


def _validated[Model: BaseModel](model: type[Model], given: object, where: str) -> Model:
    if not isinstance(given, Mapping):
        raise ResourceError(f"{where}: got {given!r}, accepts an object")
    try:
        return model.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise ResourceError("; ".join(mistakes(error, model, lambda name: f"{where}.{name}"))) from error


def _endpoint(path: str, read: EndpointInput, pagination: PaginationSettings, where: str) -> Endpoint:
    paging = pagination.overridden(read.pagination, f"{where}.pagination") if read.pagination else pagination
    if paging.useless:
        word = paging.useless[0]
        raise ResourceError(
            f"{word} is set, but pagination type {paging.type} makes nothing of it",
            place=Place(endpoint=path),
            hint=f"Set paginationType, or {where}.pagination.type: {', '.join(types_with(word))}",
        )
    return Endpoint(
        path,
        paging,
        read.method,
        read.query_params,
        read.headers,
        read.body,
        read.data_path,
        read.on_status,
        read.responses,
        read.retry,
    )


def _parameter(name: str, given: object, pagination: PaginationSettings) -> PathParameter:
    where = f"selector.path_parameters.{name}"
    if not _NAME.fullmatch(name):
        raise ResourceError(f"{where}: a parameter's name has letters, digits and _ only")
    read = _validated(ParameterInput, given, where)
    if (read.endpoint is None) == (read.values is None):
        raise ResourceError(f"{where} needs an endpoint or values, one of them")
    if read.values is not None:
        return PathParameter(name, values=_given_values(read, where))
    _check_path(read.endpoint or "", f"{where}.endpoint")
    if read.field is None:
        raise ResourceError(f"{where}.field is missing", hint="Say which field has the value, like .id")
    return PathParameter(
        name,
        parent=_endpoint(read.endpoint or "", read, pagination, where),
        field=read.field,
        filter=read.filter,
        parent_fields=tuple(read.parent_fields.items()),
    )
