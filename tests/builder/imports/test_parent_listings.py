"""Parents of path parameters in imported documents."""

import pytest

from builder.imports.parent_listings import (
    CandidateParent,
    ParentListings,
    TemplateParameter,
    anonymous_template,
    choose_field,
)
from rest.bodies import Json
from rest.page import Item

ITEM: Item = {
    "title": "A",
    "name": "a",
    "id": 5,
    "slug": "s",
    "team_key": "T",
    "is_open": True,
    "owner": {"id": 1},
}


@pytest.mark.parametrize(
    ("parameter", "items", "field"),
    [
        (TemplateParameter("project_id"), [ITEM], "id"),
        (TemplateParameter("projectId", is_number=True), [ITEM], "id"),
        (TemplateParameter("project"), [ITEM], "id"),
        (TemplateParameter("project", is_number=False), [ITEM], "slug"),
        (TemplateParameter("projectSlug"), [ITEM], "slug"),
        (TemplateParameter("teamKey"), [ITEM], "team_key"),
        (TemplateParameter("title"), [ITEM], "title"),
        (TemplateParameter("project_id", is_number=True), [{"id": "x", "number": 4}], "number"),
        (TemplateParameter("project_id", recorded=frozenset({"s"})), [ITEM], "slug"),
        (
            TemplateParameter("project_id", recorded=frozenset({"2", "4"})),
            [{"id": 1, "n": 2}, {"id": 3, "n": 4}],
            "n",
        ),
        (TemplateParameter("project_id", recorded=frozenset({"elsewhere"})), [ITEM], "id"),
        (TemplateParameter("project_id"), [{"created": "2024"}], None),
        (TemplateParameter("project_id"), [{"id": None}], None),
        (TemplateParameter("project_id"), [], None),
    ],
    ids=[
        "id", "number", "bare", "bare_text", "slug", "own_name", "title", "typed", "recorded", "most_seen",
        "not_seen", "no_key", "null", "no_items",
    ],
)  # fmt: skip
def test_field_with_the_parameter_s_values_is_chosen(
    parameter: TemplateParameter, items: list[Item], field: str | None
) -> None:
    assert choose_field(parameter, items) == field


def listing(path: str, **selector: Json) -> CandidateParent:
    return CandidateParent(path, selector, [{"id": 1}])


@pytest.mark.parametrize(
    ("path", "name", "endpoint"),
    [
        ("/projects/{id}/tasks", "id", "/projects"),
        ("/api/v1/orgs/{o}/projects/{p}/tasks", "p", "/api/v1/orgs/{o}/projects"),
        ("/tasks/by-project/{project_id}", "project_id", "/projects"),
        ("/tasks", "project_id", "/projects"),
        ("/things/{thing_id}/tasks", "thing_id", None),
        ("/projects/{org_id}", "org_id", "/projects"),
        ("/orgs/{org_id}/x", "org_id", None),
    ],
    ids=["before", "chained", "by_name", "in_query", "none", "before_wins", "needs_itself"],
)
def test_parent_is_the_listing_before_the_parameter_or_that_of_its_resource(
    path: str, name: str, endpoint: str | None
) -> None:
    parents = ParentListings.of(
        [
            listing("/projects/archived"),
            listing("/projects"),
            listing("/api/v1/orgs/{org}/projects"),
            listing("/regions/{region}/orgs"),
        ]
    )
    found = parents.path_parameters(path, [TemplateParameter(name)])
    assert found.get(name, {}).get("endpoint") == endpoint


def test_listing_is_not_its_own_parent() -> None:
    parents = ParentListings.of([listing("/projects")])
    assert parents.path_parameters("/projects", [TemplateParameter("project_id")]) == {}


def test_complete_values_win_over_a_listing() -> None:
    parents = ParentListings.of([listing("/projects")])
    wanted = [TemplateParameter("project_id", values=("a", "b"), all_values=True)]
    assert parents.path_parameters("/x/{project_id}", wanted) == {"project_id": {"values": ["a", "b"]}}


def test_anonymous_templates_ignore_parameter_names() -> None:
    assert anonymous_template("/a/{b}/c?d=1") == anonymous_template("/a/{+x}/c/") == "/a/{}/c"
