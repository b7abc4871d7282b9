"""Jobs: an export that the API prepares. It is requested, polled until it is done, and downloaded."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from configuration.accepted import Accepts
from configuration.field_types import Headers, Method, QueryParams, Raw, Seconds, Switch
from configuration.mapping_models import BodyValue, EndpointPath
from configuration.response_jq import ResponseJq
from rest.request_bodies import BodyType

_TEXT = WithJsonSchema({"type": "string"})


def _jq(value: Raw) -> Raw:
    return ResponseJq.read(value) if isinstance(value, str) else value


def _path_or_jq(value: Raw) -> Raw:
    """Return a path, which begins with a slash, as it is. Any other text is jq."""
    return value if isinstance(value, str) and value.startswith("/") else _jq(value)


_Jq = Annotated[ResponseJq, BeforeValidator(_jq), _TEXT, Accepts("a jq expression", why=True)]
_PathOrJq = Annotated[
    str | ResponseJq,
    BeforeValidator(_path_or_jq),
    _TEXT,
    Accepts("a path that begins with a slash, or a jq expression", why=True),
]
_Poll = Annotated[
    str | ResponseJq | dict[str, Any],
    BeforeValidator(_path_or_jq),
    WithJsonSchema({"type": ["string", "object"]}),
    Accepts("a path that begins with a slash, a jq expression, or an object like request", why=True),
]
_JsonObject = Annotated[dict[str, Any], Accepts("an object")]


class JobRequestInput(BaseModel):
    """A request of a job: the objects request and poll."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    method: Method | None = None
    path: EndpointPath | None = None
    query_params: QueryParams = ()
    headers: Headers = Field(default_factory=tuple, validate_default=False)
    body: BodyValue = None
    body_type: BodyType | None = None
    retry: Switch | None = None


class JobInput(BaseModel):
    """The key job of a selector."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    request: _JsonObject = Field(
        default_factory=dict,
        description="The request that starts the job: an object with method (default POST), path (default: "
        "the kind, unless it has {id}), query_params, headers, body, body_type and retry",
    )
    id: _Jq | None = Field(
        default=None,
        description="jq on the response to request: the value of {id} in poll, in result and in the kind",
    )
    poll: _Poll | None = Field(
        default=None,
        description="How to request the state of the job: a path like /exports/{id}, jq on the response to "
        "request that returns a URL, or an object like request. The default is the kind if it has {id}, and "
        "otherwise the Location header of that response",
    )
    every: Seconds = Field(default=5, description="Seconds between polls. Retry-After overrides it")
    timeout: Seconds = Field(default=900, description="Seconds after which the job fails if it is not done")
    done: _Jq | None = Field(
        default=None,
        description="jq on the response to a poll: true if the job is done. By default, $status != 202",
    )
    failed: _Jq | None = Field(
        default=None, description="jq on the response to a poll: true if the job has failed"
    )
    result: _PathOrJq | None = Field(
        default=None,
        description="What to download: a path like /exports/{id}/file, or jq on the last response to a poll "
        "that returns URLs. Null means that there are no items. By default, that response has the items. If "
        "poll is set and the kind has {id}, the default is the kind",
    )
