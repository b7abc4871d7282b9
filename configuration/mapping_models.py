"""The models of a mapping entry as the user writes it. The reference of the mapping is made from them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from configuration.accepted import Accepts
from configuration.answer_formats import AnswerFormat
from configuration.answer_rules import StatusAction
from configuration.field_types import (
    Count,
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
)
from configuration.shrinkage import DEFAULT_SHRINK_LIMIT
from rest.request_bodies import BodyType

_JsonObject = Annotated[dict[str, Any], Accepts("an object")]
_Statuses = Annotated[
    dict[int, StatusAction],
    Accepts("an object of status codes, each with empty, end, retry, rate_limited or fail"),
]
_Values = Annotated[list[str | int | float | bool], Accepts("a list of texts, numbers or booleans")]
_Fields = Annotated[dict[str, JqText], Accepts("an object of names and jq expressions", why=True)]
BodyValue = Annotated[JsonValue, Accepts("JSON")]
EndpointPath = Annotated[str, Field(min_length=1), Accepts("the path of an endpoint")]
_Separator = Annotated[str, Field(min_length=1), Accepts("a text that is not empty")]
_Query = Annotated[str, Accepts("a jq expression as text; 'true' selects every item")]


class EndpointInput(BaseModel):
    """The keys that a selector and an endpoint of a path parameter have in common."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    data_path: JqText | None = Field(default=None, description="jq: the items in the response")
    method: Method = Field(
        default="GET",
        description="The HTTP method. Use POST only if the endpoint reads with it. PUT and PATCH need the "
        "setting allowWrites",
    )
    query_params: QueryParams = Field(
        (), description="Added to the URL. A list repeats the parameter. {jq: expression} computes a value"
    )
    headers: Headers = Field(
        default_factory=tuple,
        description="Headers for the requests of this endpoint. {jq: expression} computes a value",
        validate_default=False,
    )
    body: BodyValue = Field(
        default=None,
        description="The request body, by default sent as JSON. {jq: expression} computes a value",
    )
    body_type: BodyType | None = Field(
        default=None,
        description="How the body is sent: json, form, text or multipart. By default as the header "
        "Content-Type says, otherwise json",
    )
    pagination: _JsonObject | None = Field(
        default=None, description="Overrides the pagination settings for this endpoint"
    )
    on_status: _Statuses = Field(
        default_factory=dict,
        description="What to do with a status code, on every page: empty and end stop the listing, retry and "
        "rate_limited retry the request, fail does not retry it",
    )
    responses: Responses = Field(
        default=(),
        description="Rules for responses, with jq on {status, headers, body}. The first match applies. "
        "wait, also jq, returns the time to wait as seconds, as a duration, or as the Unix time or date when "
        "it ends",
    )
    retry: Switch | None = Field(
        default=None,
        description="Whether to retry a request that the API may have processed. Set true if the endpoint "
        "only reads. By default, GET, GraphQL queries and searches are retried",
    )
    format: AnswerFormat | None = Field(
        default=None,
        description="The format of the responses: json, lines, csv, xml, yaml or text. With options: "
        '{csv: {delimiter: ";", encoding: windows-1252, header: false}} or {xml: {lists: [host]}}. By '
        "default, it is detected from each response",
    )
    job: _JsonObject | None = Field(
        default=None,
        description="An export job that is requested, polled until it is done, and downloaded. "
        "The other keys then apply to the download",
    )


class ParameterInput(EndpointInput):
    """One entry of path_parameters."""

    endpoint: EndpointPath | None = Field(
        default=None, description="The endpoint whose items provide the values"
    )
    values: _Values | None = Field(default=None, description="Fixed values, instead of an endpoint")
    field: JqText | None = Field(default=None, description="jq: the value in each item of the endpoint")
    filter: JqText | None = Field(
        default=None, description="jq: true for the items of the endpoint that are used"
    )
    parent_fields: _Fields = Field(
        default_factory=dict,
        description="Other fields of the parent, as an object of names and jq. They can be used as "
        "placeholders, and the items get them",
    )
    batch: Count | None = Field(
        default=None,
        description="The maximum number of values in one request. The items do not get the values",
    )
    separator: _Separator | None = Field(
        default=None,
        description="The text between the values of a batch, or repeat to repeat the query parameter. The "
        "default is a comma, or a list in a body",
    )


class IncrementalInput(BaseModel):
    """The key incremental of a selector: either param or field."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    param: Text | None = Field(default=None, description="The parameter that requests changes since a time")
    format: Text = Field(
        default="iso8601",
        description="The format of the time: iso8601, epoch, epoch_ms or a strftime pattern",
    )
    location: Literal["query", "body"] = Field(default="query", description="The location of the parameter")
    field: JqText | None = Field(
        default=None, description="jq: the time of an item's last change. The newest items must come first"
    )


class PartitionInput(BaseModel):
    """The key partition of a selector."""

    model_config = ConfigDict(extra="forbid")

    index: WholeNumber = Field(description="The share of this installation, from 0 to of - 1")
    of: Count = Field(description="The number of shares, the same for all installations")


class SelectorInput(EndpointInput):
    """The selector of a resource."""

    query: _Query = Field(default="true", description="jq: true for the items that become entities")
    path_parameters: _JsonObject = Field(
        default_factory=dict,
        description="The sources of the values for {placeholders}. Several sources of one are a list",
    )
    accept: Doubts = Field(default=frozenset(), description="Doubts about completeness to treat as warnings")
    min_items: WholeNumber = Field(
        default=0, description="A complete listing with fewer items fails, and nothing is deleted"
    )
    max_shrink: Shrinkage = Field(
        default=DEFAULT_SHRINK_LIMIT,
        description="A complete listing that lost more items than this since the last complete one fails: a "
        "share like 30%, or a number of items. The default 90% applies from 20 items on",
        validate_default=False,
        json_schema_extra={"default": "90%"},
    )
    accept_shrink: WholeNumber | None = Field(
        default=None, description="A listing with at least this many items passes max_shrink"
    )
    incremental: _JsonObject | None = Field(
        default=None, description="How an incremental run requests the changed items"
    )
    windows: _JsonObject | None = Field(
        default=None, description="Time windows, each of which is read as a separate listing"
    )
    webhook: _JsonObject | None = Field(
        default=None, description="How to find the changed items in an event of the API"
    )
    partition: _JsonObject | None = Field(
        default=None, description="The share of the parents that this installation reads"
    )
