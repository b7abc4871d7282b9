"""How to log in, for the schemes that do: checked settings, without a scheme's doing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from configuration.field_types import Accepts, Method, Seconds, Text, Texts, given, mistakes

_Endpoint = Annotated[Text, Accepts("a path under baseUrl, or a URL")]
_Object = Annotated[dict[str, JsonValue], Accepts("an object")]


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What an OAuth 2.0 token endpoint wants of a client (RFC 6749 §4.4).

    where: whether the client's id and secret go into the form or by Basic. params: further form fields.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    where: Literal["body", "basic"] = "body"
    params: Mapping[str, str] = field(default_factory=dict, repr=False)


class LoginRequest(BaseModel):
    """customAuthRequest: the request that logs in, sent once for all others."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    endpoint: _Endpoint
    method: Method = "POST"
    headers: Texts = Field(default_factory=dict, repr=False)
    body: JsonValue = Field(default=None, repr=False)
    form: Texts | None = Field(default=None, alias="bodyForm", repr=False)
    query_params: Texts = Field(default_factory=dict, alias="queryParams", repr=False)
    renew_after_s: Seconds | None = Field(default=None, alias="reauthenticateIntervalSeconds")


class LoginTemplate(BaseModel):
    """customAuthRequestTemplate: what each request gets of the login's answer, as {{.jq}}."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    headers: Texts = Field(default_factory=dict)
    query_params: Texts = Field(default_factory=dict, alias="queryParams")
    body: _Object = Field(default_factory=dict)


def checked[Model: BaseModel](
    model: type[Model], values: Mapping[str, Any] | None, setting: str
) -> tuple[Model | None, list[str]]:
    """The model, or a line for each mistake; values are not shown, since they may be secret."""
    if not values:
        return None, [f"{setting}: is missing; authType custom needs it"]
    try:
        return model.model_validate(given(values)), []
    except ValidationError as error:
        secret = frozenset(model.model_fields) | frozenset(values)
        return None, mistakes(error, model, lambda name: f"{setting}.{name}", secret)
