"""What the templates of step 1 show."""

from collections.abc import Mapping
from typing import Any

from builder.templates import template_titles
from builder.web.connect import setting_fields
from builder.web.connect.redaction import redactor_of
from builder.web.page.workspace import Workspace

INPUTS = frozenset(field.name for field in setting_fields.all_fields())
TEMPLATE_GLOBALS: Mapping[str, Any] = {"fields": setting_fields, "template_titles": template_titles}


def context(workspace: Workspace) -> Mapping[str, Any]:
    """Return the variables of the templates."""
    return {"connection": workspace.connection, "redact": redactor_of(workspace.connection)}
