"""The key webhook of a selector as the user writes it."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from configuration.accepted import Accepts
from configuration.answer_formats import AnswerFormat
from configuration.field_types import Headers, JqText, Method, QueryParams, Raw
from configuration.mapping_models import BodyValue, EndpointPath
from expressions.paths import jq_path
from rest.request_bodies import BodyType


def _checked(value: str) -> str:
    jq_path(value)
    return value


def _checked_with_item(value: str) -> str:
    jq_path(f"null as $item | {value}")
    return value


def _path_only(value: Raw) -> Raw:
    return {"path": value} if isinstance(value, str) else value


_Jq = Annotated[str, Field(min_length=1), AfterValidator(_checked), Accepts("a jq expression", why=True)]
_DeleteJq = Annotated[
    str, Field(min_length=1), AfterValidator(_checked_with_item), Accepts("a jq expression", why=True)
]
_Values = Annotated[dict[str, Any], Accepts("an object of names and jq expressions")]
_Fetch = Annotated[
    dict[str, Any],
    BeforeValidator(_path_only),
    Accepts("a path, or an object with path and the other keys of a request"),
]


class WebhookInput(BaseModel):
    """The keys of webhook. values: read by `webhook_reading`."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    when: _Jq | None = Field(
        default=None,
        description="jq on an event {headers, query, body}, with header names in lower case: true for the "
        "events of this kind. By default, every event is",
    )
    items: _Jq | None = Field(
        default=None,
        description="jq on an event: one or several things that changed. By default, the body",
    )
    values: _Values = Field(
        default_factory=dict,
        description="The values for the placeholders of fetch, and for the path parameters of this kind: "
        "each a name, and jq on an item. $event is the event",
    )
    fetch: _Fetch | None = Field(
        default=None,
        description="The path that returns the present state of what changed, or an object of path, method, "
        "query_params, headers, body, body_type and format. With the path of the kind, all its pages are "
        "read. By default, the item in the event is the state",
    )
    data_path: JqText | None = Field(
        default=None, description="jq: the items in the response to fetch. By default, the whole response"
    )
    delete: _DeleteJq | None = Field(
        default=None,
        description="jq on an event: true if the item was deleted. $item is the item. An item for which "
        "fetch returns 404 or 410 is deleted, too. An item that fetch returns is updated",
    )


class FetchInput(BaseModel):
    """The keys of webhook.fetch."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    path: EndpointPath = Field(description="The path. It can have placeholders")
    method: Method | None = Field(default=None, description="The HTTP method, by default GET")
    query_params: QueryParams | None = Field(default=None, description="Added to the URL")
    headers: Headers = Field(
        default_factory=tuple,
        description="Headers in addition to those of the selector",
        validate_default=False,
    )
    body: BodyValue = Field(default=None, description="The request body, by default sent as JSON")
    body_type: BodyType | None = Field(
        default=None, description="How the body is sent: json, form, text or multipart"
    )
    format: AnswerFormat | None = Field(
        default=None, description="The format of the response, by default that of the selector"
    )
