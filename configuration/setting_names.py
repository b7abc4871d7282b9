"""The names of settings: camel case for the user (baseUrl), snake case in the code (base_url)."""

from collections.abc import Mapping

from configuration.pagination import PaginationSettings

# What differs between the endpoints of an API.
_ONLY_IN_MAPPINGS = frozenset({"param_location", "param_format", "page_size_min", "then"})
# The pagination settings by their names in snake case, and the fields of PaginationSettings.
PAGINATION_FIELDS: Mapping[str, str] = {
    "pagination_type": "type",
    "pagination_param": "param",
    **{
        name: name
        for name in PaginationSettings.model_fields
        if name not in _ONLY_IN_MAPPINGS | {"type", "param"}
    },
}


def setting_name(field: str) -> str:
    """Return the user's name of a field: base_url is baseUrl."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def field_name(setting: str) -> str:
    """Return the field of a setting: baseUrl is base_url."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in setting)


def pagination_setting_name(field: str) -> str:
    """Return the user's name of a field of PaginationSettings: param is paginationParam."""
    return next(setting_name(name) for name, word in PAGINATION_FIELDS.items() if word == field)
