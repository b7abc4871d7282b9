"""Path parameters and relations, proposed from the samples of other endpoints."""

from dataclasses import replace

import pytest

from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm, ParameterForm
from builder.web.choose.nesting import relation_inputs, with_parameters, with_relations
from builder.web.page.workspace import Workspace

_BASE = "https://api.example.com"


@pytest.fixture
def workspace(users: str, teams: str) -> Workspace:
    """Teams, and the users of the teams."""
    samples = {"/teams": teams, "/users": users}
    forms = [
        fill_in(EndpointForm(number, kind), parse_response(text), "pasted", _BASE)
        for number, (kind, text) in enumerate(samples.items(), 1)
    ]
    return Workspace(endpoints=tuple(forms))


def test_a_placeholder_gets_its_values_from_the_parent_endpoint(workspace: Workspace) -> None:
    form = with_parameters(workspace, EndpointForm(3, "/teams/{team_id}/members"))
    assert form.parameters == {"team_id": ParameterForm(endpoint="/teams", data_path=".", field=".id")}


def test_the_users_values_of_a_placeholder_are_kept(workspace: Workspace) -> None:
    own = ParameterForm("values", values="1")
    form = EndpointForm(3, "/teams/{team_id}/members", parameters={"team_id": own})
    assert with_parameters(workspace, form).parameters == {"team_id": own}


def test_an_unknown_placeholder_has_empty_inputs(workspace: Workspace) -> None:
    form = with_parameters(workspace, EndpointForm(3, "/x/{unheard_of}"))
    assert form.parameters == {"unheard_of": ParameterForm()}


def test_a_relation_is_proposed_with_its_hit_rate(workspace: Workspace) -> None:
    related = with_relations(workspace)
    [row] = related.numbered(2).relations
    assert (row.relation.name, row.relation.target, row.relation.expression) == ("team", "team", ".team_id")
    assert row.reason == "2 of 2 values of .team_id are identifiers of team"
    assert row.is_selected


def test_a_deselected_relation_stays_deselected(workspace: Workspace) -> None:
    related = with_relations(workspace)
    form = related.numbered(2)
    deselected = related.with_endpoint(
        replace(form, relations=(replace(form.relations[0], is_selected=False),))
    )
    assert not with_relations(deselected).numbered(2).relations[0].is_selected


def test_no_relation_is_proposed_to_a_target_with_invalid_jq(workspace: Workspace) -> None:
    broken = workspace.with_endpoint(replace(workspace.numbered(1), identifier=".id |"))
    assert with_relations(broken).numbered(2).relations == ()


def test_only_some_inputs_affect_the_proposed_relations(workspace: Workspace) -> None:
    form = workspace.numbered(1)
    before = relation_inputs(workspace)
    assert relation_inputs(workspace.with_endpoint(replace(form, icon="Team"))) == before
    assert relation_inputs(workspace.with_endpoint(replace(form, identifier=".name"))) != before
