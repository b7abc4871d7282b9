"""The settings that expressions may read: those that are not secret."""

from configuration.secrets import SECRETS
from configuration.setting_names import PAGINATION_FIELDS, setting_name
from configuration.settings import Settings, setting_names
from rest.bodies import Json


def public_settings(settings: Settings) -> dict[str, Json]:
    """Return the settings without secrets, by their names in camel case.

    Only texts, numbers, booleans and lists of them: an object may have secrets inside. Paths of files with
    secrets are left out.
    """
    secret = {setting_name(name) for name in SECRETS}
    values = {setting_name(name): getattr(settings, name, None) for name in type(settings).model_fields}
    values |= {
        setting_name(name): getattr(settings.pagination, key) for name, key in PAGINATION_FIELDS.items()
    }
    # The names of files with secrets are settings, too, but have no field.
    names = [name for name in setting_names() if name in values and name not in secret]
    return {name: values[name] for name in names if _is_plain(values[name])}


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_plain(element) for element in value)
    return value is None or isinstance(value, str | int | float)
