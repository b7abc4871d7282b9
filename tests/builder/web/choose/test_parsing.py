"""Parsing of an endpoint's inputs."""

from dataclasses import replace

import pytest

from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm, PropertyRow
from builder.web.choose.parsing import parse_endpoint
from builder.web.connect.form import ConnectionForm


@pytest.fixture
def form(users: str) -> EndpointForm:
    """A complete endpoint."""
    answer = parse_response(users)
    return fill_in(EndpointForm(1, "/users"), answer, "pasted", "https://api.example.com/users")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"kind": ""}, "kind", "Enter the path of an endpoint"),
        ({"kind": "https://api.example.com/users"}, "kind", "a URL instead of a path"),
        ({"kind": "/users/{id"}, "kind", "braces"),
        ({"kind": "/users/{id}"}, "p-id-endpoint", "Enter the endpoint"),
        ({"sample": None, "identifier": ""}, "fetch", "Fetch or paste a sample"),
        ({"blueprint": ""}, "blueprint", "Enter an identifier"),
        ({"blueprint": "my user"}, "blueprint", "Invalid characters: ' '"),
        ({"blueprint_title": "x" * 101}, "blueprint_title", "101 characters"),
        ({"identifier": ""}, "identifier", "identifies each item"),
        ({"identifier": ".id |"}, "identifier", "Invalid jq"),
        ({"title": ")"}, "title", "Invalid jq"),
        ({"query": "if"}, "query", "Invalid jq"),
        ({"more": '{"nonsense": 1}'}, "more", "nonsense: is unknown"),
        ({"method": "PATCH"}, "method", "set the setting allowWrites to true"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_issue_names_its_input(
    form: EndpointForm, changes: dict[str, object], field: str, message: str
) -> None:
    parsed = parse_endpoint(replace(form, **changes), ConnectionForm())  # type: ignore[arg-type]  # a table's values
    found = {each.field: f"{each.message}. {each.advice}" for each in (*parsed.errors, *parsed.missing)}
    assert message in found[field]
    assert parsed.source is None


def test_patch_is_allowed_if_the_connection_allows_writes(form: EndpointForm) -> None:
    patch = replace(form, method="PATCH")
    assert parse_endpoint(patch, ConnectionForm({"allowWrites": "true"})).errors == ()


@pytest.mark.parametrize(
    ("row", "field", "message"),
    [
        (PropertyRow("a b", "", "string", ".a"), "row-1-name", "Invalid characters: ' '"),
        (PropertyRow("one", "", "string", ".a"), "row-1-name", "Another property has the same name"),
        (PropertyRow("two", "x" * 101, "string", ".a"), "row-1-title", "101 characters"),
        (PropertyRow("two", "", "string", ".a |"), "row-1-expression", "Invalid jq"),
        (PropertyRow("two", "", "string", " "), "row-1-expression", "Enter a jq expression"),
    ],
    ids=["invalid name", "duplicate name", "long title", "invalid jq", "no jq"],
)
def test_an_invalid_property_is_reported_only_if_it_is_selected(
    form: EndpointForm, row: PropertyRow, field: str, message: str
) -> None:
    first = PropertyRow("one", "", "string", ".one", is_selected=True)
    selected = replace(form, rows=(first, replace(row, is_selected=True)))
    issues = {issue.field: issue.message for issue in parse_endpoint(selected, ConnectionForm()).errors}
    assert message in issues[field]
    assert parse_endpoint(replace(form, rows=(first, row)), ConnectionForm()).source is not None
