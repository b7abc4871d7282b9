"""Imported documents become endpoints of the page."""

import json

from builder.imports import read_document
from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm
from builder.web.connect.document import with_document
from builder.web.page.workspace import Workspace
from rest.bodies import Json

_MAPPINGS: Json = {
    "identifier": ".login",
    "title": ".name",
    "blueprint": '"person"',
    "properties": {"mail": ".email"},
    "relations": {"team": ".team_id"},
}


def _mapping(*kinds: str) -> str:
    """Return a mapping of Port's integration."""
    selector: Json = {"query": "true", "data_path": ".users"}
    entity: Json = {"entity": {"mappings": _MAPPINGS}}
    return json.dumps({"resources": [{"kind": kind, "selector": selector, "port": entity} for kind in kinds]})


async def test_a_mapping_of_port_is_taken_over_as_a_whole() -> None:
    workspace = await with_document(Workspace(), read_document(_mapping("/users", "/teams")))
    assert [each.kind for each in workspace.endpoints] == ["/users", "/teams"]
    form = workspace.endpoints[0]
    assert (form.identifier, form.title, form.blueprint, form.data_path) == (
        ".login",
        ".name",
        "person",
        ".users",
    )
    assert [(row.name, row.expression, row.is_selected) for row in form.rows] == [("mail", ".email", True)]
    assert [(row.relation.name, row.relation.expression) for row in form.relations] == [("team", ".team_id")]


async def test_the_first_sample_keeps_an_imported_mapping() -> None:
    workspace = await with_document(Workspace(), read_document(_mapping("/users")))
    items: Json = {"users": [{"id": 1, "login": "jo", "name": "Jo", "email": "jo@a.example", "age": 5}]}
    form = _sampled(workspace.endpoint, items)
    assert (form.identifier, form.title, form.blueprint, form.data_path) == (
        ".login",
        ".name",
        "person",
        ".users",
    )
    rows = {row.name: row for row in form.rows}
    assert (rows["mail"].type, rows["mail"].expression, rows["mail"].is_selected) == (
        "string:email",
        ".email",
        True,
    )
    assert [row.name for row in form.rows if row.is_selected] == ["mail"]
    assert "age" in rows


def _sampled(form: EndpointForm, body: Json) -> EndpointForm:
    return fill_in(form, parse_response(json.dumps(body), kind=form.kind), "pasted", form.kind)
