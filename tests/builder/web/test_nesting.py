"""Path parameters and relations are proposed from the other endpoints' samples."""

from dataclasses import replace

import pytest

from builder.sampling import pasted
from builder.web.looking import looked_at
from builder.web.nesting import what_relations_need, with_parameters, with_relations
from builder.web.workspace import EndpointForm, ParameterForm, Workspace

_BASE = "https://api.example.com"


@pytest.fixture
def workspace(users: str, teams: str) -> Workspace:
    """Teams, and the users that are in them."""
    samples = {"/teams": teams, "/users": users}
    forms = [
        looked_at(EndpointForm(number, kind), pasted(text), "pasted", _BASE)
        for number, (kind, text) in enumerate(samples.items(), 1)
    ]
    return Workspace(endpoints=tuple(forms))


def test_a_placeholder_takes_its_values_from_the_endpoint_before_it(workspace: Workspace) -> None:
    form = with_parameters(workspace, EndpointForm(3, "/teams/{team_id}/members"))
    assert form.parameters == {"team_id": ParameterForm(endpoint="/teams", data_path=".", field=".id")}


def test_what_the_user_typed_for_a_placeholder_stays(workspace: Workspace) -> None:
    own = ParameterForm("values", values="1")
    form = EndpointForm(3, "/teams/{team_id}/members", parameters={"team_id": own})
    assert with_parameters(workspace, form).parameters == {"team_id": own}


def test_a_placeholder_that_nothing_is_known_of_has_empty_inputs(workspace: Workspace) -> None:
    form = with_parameters(workspace, EndpointForm(3, "/x/{unheard_of}"))
    assert form.parameters == {"unheard_of": ParameterForm()}


def test_a_relation_is_proposed_with_its_hit_rate(workspace: Workspace) -> None:
    related = with_relations(workspace)
    [row] = related.numbered(2).relations
    assert (row.relation.name, row.relation.target, row.relation.expression) == ("team", "team", ".team_id")
    assert row.why == "2 of 2 values of .team_id are identifiers of team"
    assert row.is_selected


def test_what_was_unticked_stays_so(workspace: Workspace) -> None:
    related = with_relations(workspace)
    form = related.numbered(2)
    unticked = related.with_param(replace(form, relations=(replace(form.relations[0], is_selected=False),)))
    assert not with_relations(unticked).numbered(2).relations[0].is_selected


def test_a_target_whose_jq_is_wrong_waits_for_its_cure(workspace: Workspace) -> None:
    broken = workspace.with_param(replace(workspace.numbered(1), identifier=".id |"))
    assert with_relations(broken).numbered(2).relations == ()


def test_only_what_matters_makes_the_proposals_anew(workspace: Workspace) -> None:
    form = workspace.numbered(1)
    before = what_relations_need(workspace)
    assert what_relations_need(workspace.with_param(replace(form, icon="Team"))) == before
    assert what_relations_need(workspace.with_param(replace(form, identifier=".name"))) != before
