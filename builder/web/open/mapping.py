"""An existing mapping, entered into the inputs of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from builder.draft import Source
from builder.existing import read_mapping_draft, with_original, without_read_only
from builder.json_values import as_object
from builder.web.choose.endpoint import (
    EndpointForm,
    OpenedEntry,
    OwnRelation,
    PropertyRow,
    type_of,
)
from builder.web.choose.parsing import source_of
from builder.web.choose.selector import with_selector
from builder.web.install.form import InstallationForm
from builder.web.open.opened import Opened
from builder.web.page.workspace import Workspace
from rest.bodies import Json

_TYPES = ("custom", "generic-http")


def with_mapping(
    workspace: Workspace, opened: Opened, blueprints: Sequence[Mapping[str, Json]] = ()
) -> Workspace:
    """Return the workspace with the endpoints of a mapping in place of its own.

    blueprints: those that are known, in Port's format.
    """
    draft = read_mapping_draft(opened.mapping, blueprints)
    known = {str(each.get("identifier")): without_read_only(each) for each in blueprints}
    first = max(each.number for each in workspace.endpoints) + 1
    endpoints = tuple(
        endpoint_of(number, source, known) for number, source in enumerate(draft.sources, first)
    )
    return replace(
        workspace,
        endpoints=endpoints or (EndpointForm(first),),
        current=first,
        imported=None,
        kept=draft.kept,
        opened=opened,
        catalog=frozenset(known) if opened.is_in_port else workspace.catalog,
    )


def with_identity(form: InstallationForm, integration: Mapping[str, Json]) -> InstallationForm:
    """Return the inputs of step 3 with an integration's identifier and type."""
    type_ = integration.get("installationAppType")
    destination = as_object(integration.get("changelogDestination")).get("type")
    return replace(
        form,
        identifier=str(integration.get("installationId") or integration.get("identifier") or form.identifier),
        type=str(type_) if type_ in _TYPES else form.type,
        event_listener="KAFKA" if destination == "KAFKA" else form.event_listener,
    )


def endpoint_of(number: int, source: Source, blueprints: Mapping[str, Mapping[str, Json]]) -> EndpointForm:
    """Return a mapping entry as the inputs of an endpoint."""
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
                each.name, each.title, type_of(each), each.expression, is_selected=True, enum=each.enum
            )
            for each in blueprint.properties
        ),
        own_relations=tuple(
            OwnRelation(each.name, each.title, each.target, each.expression, each.many)
            for each in blueprint.relations
        ),
    )
    form = with_selector(form, source.selector)
    return replace(form, opened=_opened_entry(form, source, blueprints.get(blueprint.identifier)))


def _opened_entry(
    form: EndpointForm, source: Source, blueprint: Mapping[str, Json] | None
) -> OpenedEntry | None:
    """Return the entry with what the inputs say about it now."""
    if source.original is None:
        return None
    opened = with_original(source_of(form), source.original.document, blueprint)
    if opened.original is None:
        return None
    return OpenedEntry(opened.original, source.position, opened.blueprint.original)
