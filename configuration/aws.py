"""The setting `aws`: the region and the service that requests are signed for."""

from pydantic import BaseModel, ConfigDict, ValidationError

from configuration.accepted import mistakes_in, without_unset
from configuration.field_types import Stripped
from configuration.setting_fields import SettingFields
from rest.errors import Mistake

SETTING = "aws"


class AwsTarget(BaseModel):
    """The setting `aws`: {"region": "eu-central-1", "service": "execute-api"}."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: Stripped
    service: Stripped


def read_aws(settings: SettingFields) -> tuple[AwsTarget | None, list[Mistake]]:
    """Validate the setting for authType `aws`. Returns it with the mistakes."""
    if settings.auth_type != SETTING:
        return None, []
    if not settings.aws:
        return None, [Mistake(SETTING, "is missing (authType aws needs its keys region and service)")]
    try:
        return AwsTarget.model_validate(without_unset(settings.aws)), []
    except ValidationError as error:
        return None, mistakes_in(error, AwsTarget, lambda name: f"{SETTING}.{name}")
