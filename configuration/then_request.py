"""The request for the pages after the first: `pagination.then`."""

from pydantic import BaseModel, ConfigDict, Field

from configuration.field_types import Method, QueryParams
from configuration.mapping_models import BodyValue, EndpointPath


class ThenInput(BaseModel):
    """The keys of pagination.then."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    path: EndpointPath | None = Field(
        default=None,
        description="The path, by default that of the first request. {cursor} in it is the cursor",
    )
    method: Method | None = Field(
        default=None, description="The HTTP method, by default that of the first request"
    )
    query_params: QueryParams = Field((), description="Added to the URL, in addition to the cursor")
    body: BodyValue = Field(default=None, description="The request body, to which the cursor is added")
