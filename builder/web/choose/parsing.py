"""The inputs of an endpoint, parsed into a source of the draft."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import cast

from builder.draft import Blueprint, Original, Property, PropertyType, Source
from builder.entered_settings import settings_of
from builder.install import describe_entry
from builder.port_names import blueprint_problem, property_problem, title_problem
from builder.web.choose.endpoint import EndpointForm, PropertyRow
from builder.web.choose.jq_position import error_position
from builder.web.choose.own_relations import relation_issues, relations_of
from builder.web.choose.selector import ParsedSelector, parse_selector
from builder.web.connect.form import ConnectionForm
from builder.web.connect.pagination_fields import PAGINATION, PAGINATION_TYPE
from builder.web.connect.parsing import parse_connection
from builder.web.page.issues import Issue, issues_in
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from configuration.webhook_presets import HINT
from expressions.paths import jq_path
from rest.errors import JqError, ResourceError, SettingsError

_BLUEPRINT_ADVICE = "Enter another identifier, for example user"
_JQ_ADVICE = "Correct the expression where it is marked"
_REQUEST_INPUTS = ("method", "query_params", "headers", "body", "body_type", "more")


@dataclass(frozen=True, slots=True)
class ParsedEndpoint:
    """An endpoint. source: None while inputs are wrong or missing. own: the names of its own relations."""

    source: Source | None
    errors: tuple[Issue, ...] = ()
    missing: tuple[Issue, ...] = ()
    own: frozenset[str] = frozenset()


def parse_endpoint(
    form: EndpointForm, connection: ConnectionForm, known_blueprints: Collection[str] = ()
) -> ParsedEndpoint:
    """Parse and check the inputs of an endpoint.

    known_blueprints: those that a relation may have as its target. Empty if they are not known.
    """
    selector = parse_selector(form)
    errors = [*_path_errors(form), *selector.errors, *_name_errors(form), *_jq_errors(form)]
    errors += relation_issues(form.own_relations, known_blueprints)
    missing = [*_missing_inputs(form), *selector.missing]
    if not (errors or missing or _has_opened_request(form)):
        try:
            permissions = Permissions(
                connection.texts.get("allowWrites") == "true",
                unsigned_events=connection.texts.get("webhookVerify", "").strip() == HINT,
            )
            read_resource(form.kind.strip(), selector.selector, _pagination_of(connection), permissions)
        except ResourceError as error:
            errors += issues_in(error, connection)
    source = None if errors or missing else source_of(form)
    own = frozenset(each.name.strip() for each in form.own_relations)
    return ParsedEndpoint(source, tuple(errors), tuple(missing), own)


def _has_opened_request(form: EndpointForm) -> bool:
    """Return whether the request is as it was opened. Its settings may not have been entered yet."""
    if form.opened is None:
        return False
    described, now = form.opened.entry.described, describe_entry(source_of(form))
    return all(described.get(name) == now[name] for name in ("kind", "selector"))


def _pagination_of(connection: ConnectionForm) -> PaginationSettings:
    """Return the settings that an endpoint's own pagination overrides, the defaults if they are wrong."""
    parsed = parse_connection(connection)
    names = {field.name for field in (PAGINATION_TYPE, *PAGINATION)}
    config = {name: value for name, value in parsed.printed.items() if name in names}
    try:
        return settings_of({"baseUrl": "https://api.example.com", **config}, {}).pagination
    except SettingsError:
        return PaginationSettings()


def request_issues_of(
    form: EndpointForm, selector: ParsedSelector, connection: ConnectionForm
) -> list[Issue]:
    """Return the issues that prevent requests to the endpoint."""
    fields = {"kind", *_REQUEST_INPUTS, *(issue.field for issue in (*selector.errors, *selector.missing))}
    parsed = parse_endpoint(form, connection)
    return [issue for issue in (*parsed.errors, *parsed.missing) if issue.field in fields]


def source_of(form: EndpointForm) -> Source:
    """Return the endpoint as a source, without checks."""
    blueprint = Blueprint(
        form.blueprint.strip(),
        form.blueprint_title.strip(),
        form.icon.strip() or None,
        tuple(property_of(row) for row in form.rows if row.is_selected),
        relations_of(form),
        _original_blueprint(form),
    )
    return Source(
        form.kind.strip(),
        blueprint,
        form.identifier.strip(),
        form.title.strip() or None,
        parse_selector(form).selector,
        form.opened.entry if form.opened else None,
        form.opened.position if form.opened else None,
    )


def _original_blueprint(form: EndpointForm) -> Original | None:
    """Return the opened blueprint, None if the endpoint has another one now."""
    original = form.opened.blueprint if form.opened else None
    is_same = original and original.document.get("identifier") == form.blueprint.strip()
    return original if is_same else None


def property_of(row: PropertyRow) -> Property:
    """Return a row of the table as a property."""
    type_, _, detail = row.type.partition(":")
    proposed = (row.found.proposed, *row.found.alternatives) if row.found else ()
    known = row.enum or next((each.enum for each in proposed if each.enum), ())
    enum = known if detail == "enum" else ()
    name, expression = row.name.strip(), row.expression.strip()
    format_ = None if detail in ("", "enum") else detail
    return Property(name, expression, cast("PropertyType", type_), row.title.strip(), format_, enum)


def _missing_inputs(form: EndpointForm) -> Iterator[Issue]:
    if not form.kind.strip():
        yield Issue("kind", "Path", "Enter the path of an endpoint, for example /api/v1/users")
    elif form.sample is None and not form.has_mapping:
        yield Issue("fetch", "Sample", "Fetch or paste a sample")
    else:
        if not form.blueprint.strip():
            yield Issue("blueprint", "Blueprint identifier", "Enter an identifier, for example user")
        if not form.identifier.strip():
            yield Issue("identifier", "Identifier", "Choose the field that identifies each item")


def _path_errors(form: EndpointForm) -> Iterator[Issue]:
    if form.kind.strip().lower().startswith(("http://", "https://")):
        advice = "Enter the part after the base URL, for example /api/v1/users"
        yield Issue("kind", "Path", "This is a URL instead of a path", advice=advice)


def _name_errors(form: EndpointForm) -> Iterator[Issue]:
    blueprint = form.blueprint.strip()
    if blueprint and (message := blueprint_problem(blueprint)):
        yield Issue("blueprint", "Blueprint identifier", message, advice=_BLUEPRINT_ADVICE)
    if message := title_problem(form.blueprint_title.strip()):
        yield Issue("blueprint_title", "Blueprint title", message)
    names: set[str] = set()
    for number, row in enumerate(form.rows):
        if not row.is_selected:
            continue
        name = row.name.strip()
        if message := property_problem(name):
            yield Issue(f"row-{number}-name", f"Property {name or number + 1}", message)
        elif name in names:
            yield Issue(f"row-{number}-name", f"Property {name}", "Another property has the same name")
        if message := title_problem(row.title.strip()):
            yield Issue(f"row-{number}-title", f"Title of {name}", message)
        names.add(name)


def _jq_errors(form: EndpointForm) -> Iterator[Issue]:
    expressions = [
        ("data_path", "Items", form.data_path),
        ("query", "Filter", form.query),
        ("identifier", "Identifier", form.identifier),
        ("title", "Title", form.title),
        *(
            (f"row-{number}-expression", f"jq of {row.name}", row.expression)
            for number, row in enumerate(form.rows)
            if row.is_selected
        ),
        *(
            (f"p-{name}-{key}", f"{{{name}}}", getattr(parameter, key))
            for name, parameter in form.parameters.items()
            if parameter.source == "endpoint"
            for key in ("data_path", "field", "filter")
        ),
    ]
    for field, label, text in expressions:
        try:
            if text.strip():
                jq_path(text.strip())
            elif field.startswith("row-"):
                yield Issue(field, label, "Enter a jq expression for this property")
        except JqError as error:
            position = len(text) - len(text.lstrip()) + error_position(text.strip(), str(error))
            yield Issue(field, label, f"Invalid jq: {error}", position, _JQ_ADVICE)
