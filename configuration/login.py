"""The validated settings of auth type `custom`: the login request, and what it adds to other requests."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from configuration.accepted import Accepts, mistakes_in, without_unset
from configuration.field_types import Method, Seconds, Text, Texts
from configuration.login_placeholders import fill_placeholders
from rest.bodies import Json
from rest.errors import Mistake
from rest.request import text_of

_Endpoint = Annotated[Text, Accepts("a path under baseUrl, or a URL")]
_Object = Annotated[dict[str, JsonValue], Accepts("an object")]


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

    @property
    def parts(self) -> dict[str, JsonValue]:
        """The parts of the request that can have placeholders."""
        return {
            "headers": dict(self.headers),
            "body": self.body,
            "form": None if self.form is None else dict(self.form),
            "query_params": dict(self.query_params),
        }

    def filled(self, values: Mapping[str, Json]) -> "LoginRequest":
        """Return the request with its placeholders replaced by their values."""
        parts = {name: fill_placeholders(part, values) for name, part in self.parts.items()}
        texts = {
            name: {key: text_of(value) for key, value in part.items()}
            for name, part in parts.items()
            if name != "body" and isinstance(part, dict)
        }
        return self.model_copy(update={"body": parts["body"], **texts})


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
