"""All that was typed as a Draft, and what stands in the way of one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import cast

from builder.draft import Blueprint, Draft, EventListener, Installation, Property, PropertyType, Source
from builder.port_account import PORT_URL
from builder.web.connecting import ConnectionReading, connection_reading
from builder.web.mistakes import Mistake, mistakes_in
from builder.web.naming_rules import (
    blueprint_problem,
    installation_problem,
    property_problem,
    title_problem,
)
from builder.web.selecting import selector_reading
from builder.web.workspace import ConnectionForm, EndpointForm, FieldRow, InstallationForm, Workspace
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from expressions.paths import jq_path
from rest.errors import JqError, ResourceError

REGIONS: Mapping[str, str] = MappingProxyType(
    {"eu": PORT_URL, "us": "https://api.us.port.io", "sandbox": "http://127.0.0.1:3010"}
)


@dataclass(frozen=True, slots=True)
class EndpointReading:
    """One endpoint's inputs. source: what they mean, None while something is wrong or missing."""

    source: Source | None
    wrong: tuple[Mistake, ...] = ()
    missing: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the whole page means."""

    connection: ConnectionReading
    endpoints: Mapping[int, EndpointReading]
    installation: Installation
    wrong: tuple[Mistake, ...] = ()

    @property
    def sources(self) -> dict[int, Source]:
        """Of the endpoints that are complete, by their numbers, without relations to what is not."""
        found = {number: each.source for number, each in self.endpoints.items() if each.source}
        known = {source.blueprint.identifier for source in found.values()}
        return {number: _related_to(known, source) for number, source in found.items()}

    @property
    def draft(self) -> Draft | None:
        """What can be printed; None while there is nothing, or something else than an endpoint is wrong."""
        if not (self.sources and self.connection.is_complete) or self.wrong:
            return None
        return Draft(self.connection.printed, tuple(self.sources.values()), self.installation)


def reading_of_page(workspace: Workspace) -> Reading:
    """What was typed on the whole page, read and checked."""
    installation, wrong = _installation(workspace.installation)
    endpoints = {each.number: endpoint_reading(each, workspace.connection) for each in workspace.endpoints}
    return Reading(connection_reading(workspace.connection), endpoints, installation, wrong)


def endpoint_reading(form: EndpointForm, connection: ConnectionForm) -> EndpointReading:
    """What was typed for one endpoint, read and checked."""
    selected = selector_reading(form)
    wrong = [*_wrong_kind(form), *selected.wrong, *_wrong_names(form), *_wrong_jq(form)]
    missing = [*_missing(form), *selected.missing]
    if not (wrong or missing):
        try:
            permissions = Permissions(connection.texts.get("allowWrites") == "true")
            read_resource(form.kind.strip(), selected.selector, PaginationSettings(), permissions)
        except ResourceError as error:
            wrong += mistakes_in(error, connection)
    source = None if wrong or missing else source_of(form)
    return EndpointReading(source, tuple(wrong), tuple(missing))


def source_of(form: EndpointForm) -> Source:
    """An endpoint's inputs as they are."""
    blueprint = Blueprint(
        form.blueprint.strip(),
        form.blueprint_title.strip(),
        form.icon.strip() or None,
        tuple(property_of(row) for row in form.rows if row.is_selected),
        tuple(row.relation for row in form.relations if row.is_selected),
    )
    selector = selector_reading(form).selector
    return Source(form.kind.strip(), blueprint, form.identifier.strip(), form.title.strip() or None, selector)


def property_of(row: FieldRow) -> Property:
    """A row of the table as a property."""
    kind, _, detail = row.reading.partition(":")
    known = (row.found.proposed, *row.found.alternatives) if row.found else ()
    enum = next((each.enum for each in known if each.enum), ()) if detail == "enum" else ()
    name, expression = row.name.strip(), row.expression.strip()
    format_ = None if detail in ("", "enum") else detail
    return Property(name, expression, cast("PropertyType", kind), row.title.strip(), format_, enum)


def _related_to(known: set[str], source: Source) -> Source:
    kept = tuple(each for each in source.blueprint.relations if each.target in known)
    return replace(source, blueprint=replace(source.blueprint, relations=kept))


def _missing(form: EndpointForm) -> Iterator[Mistake]:
    if not form.kind.strip():
        yield Mistake("kind", "Path", "Enter the endpoint's path, like /api/v1/users")
    elif form.seen is None:
        yield Mistake("fetch", "Sample", "Fetch a sample of it, or paste one")
    else:
        if not form.blueprint.strip():
            yield Mistake("blueprint", "Blueprint identifier", "Enter one, like user")
        if not form.identifier.strip():
            yield Mistake("identifier", "Identifier", "Choose what tells the items apart")


def _wrong_kind(form: EndpointForm) -> Iterator[Mistake]:
    if form.kind.strip().lower().startswith(("http://", "https://")):
        words = "is a URL: enter what follows the base URL, like /api/v1/users"
        yield Mistake("kind", "Path", words)


def _wrong_names(form: EndpointForm) -> Iterator[Mistake]:
    blueprint = form.blueprint.strip()
    if blueprint and (words := blueprint_problem(blueprint)):
        yield Mistake("blueprint", "Blueprint identifier", words)
    if words := title_problem(form.blueprint_title.strip()):
        yield Mistake("blueprint_title", "Blueprint title", words)
    names: set[str] = set()
    for number, row in enumerate(form.rows):
        if not row.is_selected:
            continue
        name = row.name.strip()
        if words := property_problem(name):
            yield Mistake(f"row-{number}-name", f"Property {name or number + 1}", words)
        elif name in names:
            yield Mistake(f"row-{number}-name", f"Property {name}", "another property has this name")
        if words := title_problem(row.title.strip()):
            yield Mistake(f"row-{number}-title", f"Title of {name}", words)
        names.add(name)


def _wrong_jq(form: EndpointForm) -> Iterator[Mistake]:
    expressions = [
        ("data_path", "Items", form.data_path),
        ("query", "Which items", form.query),
        ("identifier", "Identifier", form.identifier),
        ("title", "Title", form.title),
        *(
            (f"row-{number}-expression", f"jq of {row.name}", row.expression)
            for number, row in enumerate(form.rows)
            if row.is_selected
        ),
    ]
    for field, label, text in expressions:
        try:
            if text.strip():
                jq_path(text.strip())
            elif field.startswith("row-"):
                yield Mistake(field, label, "is missing: which value becomes the property?")
        except JqError as error:
            yield Mistake(field, label, f"is no jq: {error}")


def _installation(form: InstallationForm) -> tuple[Installation, tuple[Mistake, ...]]:
    wrong: list[Mistake] = []
    identifier, minutes = form.identifier.strip(), form.resync_minutes.strip()
    if words := installation_problem(identifier):
        wrong.append(Mistake("installation", "Installation identifier", words))
    is_number = minutes.isascii() and minutes.isdigit() and int(minutes) > 0
    if minutes and not is_number:
        wrong.append(Mistake("resync_minutes", "Resync every", "is no number of minutes above 0"))
    address = REGIONS.get(form.region, form.port_base_url.strip().rstrip("/"))
    if not address.startswith(("https://", "http://")):
        wrong.append(Mistake("port_base_url", "Port's API", "Enter its address, like https://api.getport.io"))
    installation = Installation(
        identifier,
        "generic-http" if form.type == "generic-http" else "custom",
        address,
        cast("EventListener", form.event_listener),
        int(minutes) if is_number else None,
    )
    return installation, tuple(wrong)
