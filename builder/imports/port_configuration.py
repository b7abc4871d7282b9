"""Read the configuration of Port's existing custom integration: its settings, its mapping, or both."""

from collections.abc import Mapping

from builder.imports.imported import DocumentError, Imported, ImportedEndpoint
from builder.imports.name_parts import listing_title
from builder.imports.pasted_documents import parse_document
from builder.imports.port_settings import has_environment, known_settings, settings_in, settings_in_text
from builder.json_values import as_object
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from rest.bodies import Json
from rest.errors import ResourceError
from rest.request import text_of

_MAX_RESOURCES = 1_000
_LABEL = "Port configuration"


def read_port_configuration(text: str) -> Imported:
    """Return the settings of an installation, and the resources of its mapping with their own mappings.

    Reads a mapping (YAML or JSON), the integration as Port's API returns it, Helm values, an env file, and
    commands of Helm and Docker. Secrets are only in their settings.
    Raises DocumentError: the text has neither settings nor a mapping.
    """
    if has_environment(text):
        settings, notes = known_settings(settings_in_text(text))
        return Imported(settings=settings, notes=(*notes, *_notes_on_mapping(())))
    document = parse_document(text, _LABEL)
    settings, notes = known_settings(settings_in(document))
    resources = find_resources(document)
    endpoints = tuple(_endpoint(as_object(each), number) for number, each in enumerate(resources, 1))
    if not endpoints and not settings:
        raise DocumentError(
            f"the {_LABEL} has neither settings nor resources", hint="Paste the mapping, or the settings"
        )
    if not settings:
        notes.append("A mapping has no settings. Enter baseUrl and the credentials of the installation")
    return Imported(settings=settings, endpoints=endpoints, notes=(*notes, *_notes_on_mapping(endpoints)))


def find_resources(document: Mapping[str, Json]) -> list[Json]:
    """Return the resources of a mapping, wherever Port's API, Helm values or a file have it."""
    integration = as_object(document.get("integration"))
    places = [document, as_object(document.get("config")), as_object(integration.get("config")), integration]
    for place in places:
        resources = place.get("resources")
        if isinstance(resources, list) and any("kind" in as_object(each) for each in resources):
            return resources[:_MAX_RESOURCES]
    return []


def _endpoint(resource: Mapping[str, Json], number: int) -> ImportedEndpoint:
    kind, selector = text_of(resource.get("kind") or ""), as_object(resource.get("selector"))
    if not kind.startswith("/"):
        raise DocumentError(
            f"resources, entry {number}: the kind {kind!r:.60} is not a path",
            hint="Paste the mapping of the integration for custom APIs. Other integrations have other kinds",
        )
    return ImportedEndpoint(
        kind,
        listing_title(kind),
        selector={name: value for name, value in selector.items() if name != "query" or value != "true"},
        notes=tuple(_problems(kind, selector)),
        entry=resource,
    )


def _problems(kind: str, selector: Mapping[str, Json]) -> list[str]:
    """Return what the integration does not accept in a selector."""
    try:
        read_resource(kind, selector, PaginationSettings())
    except ResourceError as error:
        return [str(error)]
    return []


def _notes_on_mapping(endpoints: tuple[ImportedEndpoint, ...]) -> list[str]:
    if not endpoints:
        return ["To take over the endpoints, paste the mapping too. Port shows it at the data source"]
    return ["Keep the identifier and the type of the installation, so that its entities are kept"]
