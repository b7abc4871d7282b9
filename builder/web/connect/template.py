"""Templates: a ready integration becomes the inputs of the page."""

from collections.abc import Mapping
from dataclasses import replace

from builder.draft import Draft, Source
from builder.web.choose.endpoint import EndpointForm, PropertyRow, RelationRow, type_of
from builder.web.choose.selector import with_selector
from builder.web.connect.form import ConnectionForm
from builder.web.connect.parsing import with_settings
from builder.web.page.workspace import Workspace

_PREFIX = "need-"
_NOTE = "The mapping is part of the template. Fetch a sample to see and change it"
_REASON = "part of the template"


def read_values(data: Mapping[str, str]) -> dict[str, str]:
    """Return the posted values of a template by the names of its needs."""
    return {name.removeprefix(_PREFIX): text for name, text in data.items() if name.startswith(_PREFIX)}


def with_template(workspace: Workspace, draft: Draft) -> Workspace:
    """Return the page filled in from a template, which replaces connection and endpoints."""
    endpoints = tuple(endpoint_form(number, source) for number, source in enumerate(draft.sources, 1))
    installation = replace(workspace.installation, identifier=draft.installation.identifier)
    connection = with_settings(ConnectionForm(), draft.settings)
    return Workspace(connection, endpoints, 1, installation)


def endpoint_form(number: int, source: Source) -> EndpointForm:
    """Return a source as the inputs of an endpoint without a sample."""
    blueprint = source.blueprint
    form = EndpointForm(
        number,
        kind=source.kind,
        blueprint=blueprint.identifier,
        blueprint_title=blueprint.title,
        icon=blueprint.icon or "",
        identifier=source.identifier,
        title=source.title or "",
        rows=tuple(
            PropertyRow(
                each.name, each.title, type_of(replace(each, enum=())), each.expression, is_selected=True
            )
            for each in blueprint.properties
        ),
        is_mapped=True,
        notes=(_NOTE,),
        relations=tuple(
            RelationRow(each, _REASON, is_selected=True, is_own=True) for each in blueprint.relations
        ),
    )
    return with_selector(form, source.selector)
