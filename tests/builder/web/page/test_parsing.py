"""Parsing of the whole page into a draft."""

from dataclasses import replace

import pytest

from builder.draft import Draft, Relation
from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm, RelationRow
from builder.web.connect.form import ConnectionForm
from builder.web.install.form import InstallationForm
from builder.web.page.parsing import parse_page
from builder.web.page.workspace import Workspace

_CONNECTION = ConnectionForm({"baseUrl": "https://api.example.com", "paginationType": "auto"})


@pytest.fixture
def form(users: str) -> EndpointForm:
    """A complete endpoint."""
    answer = parse_response(users)
    return fill_in(EndpointForm(1, "/users"), answer, "pasted", "https://api.example.com/users")


def _draft(*forms: EndpointForm) -> Draft:
    draft = parse_page(Workspace(_CONNECTION, forms)).draft
    assert draft is not None
    return draft


def test_a_complete_page_is_a_draft(form: EndpointForm) -> None:
    draft = _draft(form)
    [source] = draft.sources
    assert (source.kind, source.identifier, source.title) == ("/users", ".id", ".name")
    assert source.selector == {"data_path": ".users"}
    assert [each.name for each in source.blueprint.properties] == ["email", "team_id"]
    assert draft.settings == {"baseUrl": "https://api.example.com", "paginationType": "auto"}


def test_there_is_no_draft_without_a_complete_endpoint() -> None:
    assert parse_page(Workspace(_CONNECTION)).draft is None


def test_there_is_no_draft_without_a_complete_connection(form: EndpointForm) -> None:
    assert parse_page(Workspace(ConnectionForm(), (form,))).draft is None


def test_there_is_no_draft_with_an_invalid_installation(form: EndpointForm) -> None:
    invalid = InstallationForm(identifier="my integration")
    parsed = parse_page(Workspace(_CONNECTION, (form,), installation=invalid))
    assert [issue.field for issue in parsed.errors] == ["installation"]
    assert parsed.draft is None


def test_a_relation_to_an_incomplete_endpoint_is_left_out(form: EndpointForm) -> None:
    relation = RelationRow(Relation("team", "team", ".team_id"), "", is_selected=True)
    related = replace(form, relations=(relation,))
    assert _draft(related).sources[0].blueprint.relations == ()
    teams = replace(form, number=2, kind="/teams", blueprint="team")
    assert [each.name for each in _draft(related, teams).sources[0].blueprint.relations] == ["team"]
