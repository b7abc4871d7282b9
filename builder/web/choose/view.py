"""What the templates of step 2 show."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from builder.inference import format_request
from builder.web.choose.endpoint import PropertyRow, type_of
from builder.web.choose.form import CUSTOM
from builder.web.choose.pagination import pages_of, pagination_settings
from builder.web.choose.placeholders import required_parameters
from builder.web.page.parsing import ParsedPage
from builder.web.page.workspace import Workspace

# Port's types and formats by group, as `type` or `type:format`.
_TYPES = (
    ("Text", ("string", "string:date-time", "string:email", "string:url", "string:ipv4", "string:ipv6")),
    ("Long text", ("string:markdown", "string:yaml")),
    ("People", ("string:user", "string:team")),
    ("Other", ("number", "boolean", "array", "object")),
)


def selected_first(rows: Sequence[PropertyRow]) -> list[tuple[int, PropertyRow]]:
    """Return the rows with their numbers, the selected ones first."""
    return sorted(enumerate(rows), key=lambda pair: not pair[1].is_selected)


TEMPLATE_GLOBALS: Mapping[str, Any] = {
    "custom": CUSTOM,
    "types": _TYPES,
    "known_types": {"string:enum", *(each for _, types in _TYPES for each in types)},
    "format_request": format_request,
    "required_parameters": required_parameters,
    "selected_first": selected_first,
    "type_of": type_of,
}


def context(workspace: Workspace, parsed: ParsedPage) -> Mapping[str, Any]:
    """Return the variables of the templates."""
    return {
        "endpoint": workspace.endpoint,
        "pages_of": partial(pages_of, parsed.connection),
        "pagination_type_of": lambda form: pagination_settings(parsed.connection, form).type,
    }
