"""Templates: a ready integration becomes the inputs of the page."""

from collections.abc import Mapping
from dataclasses import replace

from builder.draft import Draft
from builder.install import mapping
from builder.templates import Template
from builder.web.connect.form import ConnectionForm
from builder.web.connect.parsing import with_settings
from builder.web.open.mapping import with_mapping
from builder.web.open.opened import Opened
from builder.web.page.workspace import Workspace

_PREFIX = "need-"


def read_values(data: Mapping[str, str]) -> dict[str, str]:
    """Return the posted values of a template by the names of its needs."""
    return {name.removeprefix(_PREFIX): text for name, text in data.items() if name.startswith(_PREFIX)}


def with_template(workspace: Workspace, template: Template, draft: Draft) -> Workspace:
    """Return the page filled in from a template, which replaces connection and endpoints.

    draft: the template with the user's values.
    """
    connection = with_settings(ConnectionForm(), draft.settings)
    installation = replace(workspace.installation, identifier=draft.installation.identifier)
    cleared = Workspace(connection, workspace.endpoints, installation=installation)
    return with_mapping(cleared, Opened(template.title, mapping(draft)), template.blueprints)
