"""Where the values of placeholders come from."""

import pytest

from builder.imports.names import item_noun, key_word, listing_title, noun
from builder.imports.parents import Listing, Parents, Placeholder, field_for, template_of
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
    ("placeholder", "items", "field"),
    [
        (Placeholder("project_id"), [ITEM], "id"),
        (Placeholder("projectId", is_number=True), [ITEM], "id"),
        (Placeholder("project"), [ITEM], "id"),
        (Placeholder("project", is_number=False), [ITEM], "slug"),
        (Placeholder("projectSlug"), [ITEM], "slug"),
        (Placeholder("teamKey"), [ITEM], "team_key"),
        (Placeholder("title"), [ITEM], "title"),
        (Placeholder("project_id", is_number=True), [{"id": "x", "number": 4}], "number"),
        (Placeholder("project_id", seen=frozenset({"s"})), [ITEM], "slug"),
        (Placeholder("project_id", seen=frozenset({"2", "4"})), [{"id": 1, "n": 2}, {"id": 3, "n": 4}], "n"),
        (Placeholder("project_id", seen=frozenset({"elsewhere"})), [ITEM], "id"),
        (Placeholder("project_id"), [{"created": "2024"}], None),
        (Placeholder("project_id"), [{"id": None}], None),
        (Placeholder("project_id"), [], None),
    ],
    ids=[
        "id", "number", "bare", "bare_text", "slug", "own_name", "title", "typed", "seen", "most_seen",
        "not_seen", "no_key", "null", "no_items",
    ],
)  # fmt: skip
def test_the_field_is_the_one_that_is_meant(
    placeholder: Placeholder, items: list[Item], field: str | None
) -> None:
    assert field_for(placeholder, items) == field


def listing(path: str, **selector: Json) -> Listing:
    return Listing(path, selector, [{"id": 1}])


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
def test_the_parent_is_the_listing_before_the_placeholder_or_the_one_of_its_name(
    path: str, name: str, endpoint: str | None
) -> None:
    parents = Parents.of(
        [
            listing("/projects/archived"),
            listing("/projects"),
            listing("/api/v1/orgs/{org}/projects"),
            listing("/regions/{region}/orgs"),
        ]
    )
    found = parents.path_parameters(path, [Placeholder(name)])
    assert found.get(name, {}).get("endpoint") == endpoint


def test_a_listing_is_no_parent_of_itself() -> None:
    parents = Parents.of([listing("/projects")])
    assert parents.path_parameters("/projects", [Placeholder("project_id")]) == {}


def test_all_values_that_there_are_win_over_a_listing() -> None:
    parents = Parents.of([listing("/projects")])
    wanted = [Placeholder("project_id", values=("a", "b"), all_values=True)]
    assert parents.path_parameters("/x/{project_id}", wanted) == {"project_id": {"values": ["a", "b"]}}


def test_templates_are_the_same_whatever_their_placeholders_are_called() -> None:
    assert template_of("/a/{b}/c?d=1") == template_of("/a/{+x}/c/") == "/a/{}/c"


@pytest.mark.parametrize(
    ("name", "called", "key"),
    [
        ("projectIds", "project", "id"),
        ("project-key", "project", "key"),
        ("pullRequestNumber", "pull_request", "number"),
        ("companies", "company", ""),
        ("id", "", "id"),
        ("", "", ""),
    ],
)
def test_names_speak_of_a_thing_and_of_what_tells_it_apart(name: str, called: str, key: str) -> None:
    assert (noun(name), key_word(name)) == (called, key)


def test_endpoints_are_called_after_what_they_list() -> None:
    assert item_noun("/api/v1/pull-requests") == "pull_request"
    assert listing_title("/api/v1/orgs/{org}/audit-logs") == "Orgs audit logs"
    assert listing_title("/{id}") == "/{id}"
