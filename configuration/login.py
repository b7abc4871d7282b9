"""The validated settings of logins: OAuth 2.0 client credentials, and the requests of auth type `custom`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from configuration.accepted import Accepts, mistakes_in, without_unset
from configuration.field_types import Method, Seconds, Text, Texts
from rest.errors import Mistake

_Endpoint = Annotated[Text, Accepts("a path under baseUrl, or a URL")]
_Object = Annotated[dict[str, JsonValue], Accepts("an object")]


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """The credentials for an OAuth 2.0 token endpoint (RFC 6749 §4.4).

    where: whether the client id and secret are sent in the form or with HTTP Basic.
    params: additional form fields.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    where: Literal["body", "basic"] = "body"
    params: Mapping[str, str] = field(default_factory=dict, repr=False)


class LoginRequest(BaseModel):
    """customAuthRequest: the login request, sent once before the other requests."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    endpoint: _Endpoint
    method: Method = "POST"
    headers: Texts = Field(default_factory=dict, repr=False)
    body: JsonValue = Field(default=None, repr=False)
    form: Texts | None = Field(default=None, alias="bodyForm", repr=False)
    query_params: Texts = Field(default_factory=dict, alias="queryParams", repr=False)
    renew_after_s: Seconds | None = Field(default=None, alias="reauthenticateIntervalSeconds")


class LoginTemplate(BaseModel):
    """customAuthRequestTemplate: what to add to each request. {{.jq}} reads the login response."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    headers: Texts = Field(default_factory=dict)
    query_params: Texts = Field(default_factory=dict, alias="queryParams")
    body: _Object = Field(default_factory=dict)


def validated[Model: BaseModel](
    model: type[Model], values: Mapping[str, Any] | None, setting: str
) -> tuple[Model | None, list[Mistake]]:
    """Return the model, or the mistakes, without values, which may be secret."""
    if not values:
        return None, [Mistake(setting, "is missing (authType custom needs it)")]
    try:
        return model.model_validate(without_unset(values)), []
    except ValidationError as error:
        secrets = frozenset(model.model_fields) | frozenset(values)
        return None, mistakes_in(error, model, lambda name: f"{setting}.{name}", secrets)
