"""Sources of placeholders: the listings of a document, linked to the paths that need their values."""

import pytest

from builder.imports.imported import ImportedEndpoint
from builder.imports.listing_index import anonymous_template, collection_of
from builder.imports.parent_listings import (
    CandidateParent,
    ParentListings,
    TemplateParameter,
    link_parents,
    link_query,
    source_notes,
)
from builder.inference import parameter_names
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from rest.bodies import Json
from rest.page import Item


def listing(path: str, *, item: Item | None = None, **selector: Json) -> CandidateParent:
    return CandidateParent(path, selector, [item or {"id": 1}])


def linked(
    path: str, *listings: CandidateParent, declared: tuple[TemplateParameter, ...] = ()
) -> ImportedEndpoint:
    """Return the endpoint with its sources, after the integration's own check."""
    parents = ParentListings.of(listings)
    names = {each.name: each for each in declared}
    wanted = [names.get(name, TemplateParameter(name)) for name in parameter_names(path)]
    found = link_parents(ImportedEndpoint(path, "T"), wanted, parents)
    if not any("has no values" in note for note in found.notes):
        read_resource(found.kind, found.selector, PaginationSettings())
    return found


def sources(endpoint: ImportedEndpoint) -> dict[str, tuple[str, str]]:
    """Return the endpoint and the field of each parameter."""
    parameters = endpoint.selector.get("path_parameters", {})
    assert isinstance(parameters, dict)
    return {
        name: (str(each["endpoint"]), str(each["field"]))
        for name, each in parameters.items()
        if isinstance(each, dict)
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/projects/{id}/tasks", {"id": ("/projects", ".id")}),
        ("/tasks/by-project/{project_id}", {"project_id": ("/projects", ".id")}),
        ("/project/{id}/tasks", {"id": ("/projects", ".id")}),
        ("/projects/{projectIdOrKey}/tasks", {"projectIdOrKey": ("/projects", ".id")}),
        ("/x/{projectid}/tasks", {"projectid": ("/projects", ".id")}),
        ("/projects('{id}')/tasks", {"id": ("/projects", ".id")}),
        ("/users/{id}/tasks", {}),
        (
            "/projects/{p}/builds/{number}/logs",
            {"p": ("/projects", ".id"), "number": ("/projects/{p}/builds", ".number")},
        ),
        (
            "/builds/{number}/logs",
            {"project": ("/projects", ".id"), "number": ("/projects/{project}/builds", ".number")},
        ),
    ],
    ids=["before", "by_name", "by_segment", "id_or_key", "glued", "odata", "none", "chained", "own_chain"],
)  # fmt: skip
def test_placeholder_is_linked_to_the_listing_of_its_entity(
    path: str, expected: dict[str, tuple[str, str]]
) -> None:
    found = linked(
        path,
        listing("/projects"),
        listing("/projects/archived"),
        listing("/projects/{project}/builds", item={"id": 9, "number": 1}),
    )
    assert sources(found) == expected


def test_source_copies_the_request_of_its_listing() -> None:
    parent = listing(
        "/flows/filter", method="POST", body={"a": 1}, data_path=".flows", pagination={"type": "none"}
    )
    found = linked("/flows/{flow_id}/runs", parent)
    assert found.selector["path_parameters"] == {
        "flow_id": {
            "endpoint": "/flows/filter",
            "field": ".id",
            "method": "POST",
            "body": {"a": 1},
            "data_path": ".flows",
            "pagination": {"type": "none"},
        }
    }


@pytest.mark.parametrize(
    ("listed", "path", "endpoint"),
    [
        ("/services.json", "/services/{id}.json", "/services.json"),
        ("/containers/json", "/containers/{id}/top", "/containers/json"),
        ("/racks/", "/racks/{id}/units/", "/racks/"),
        ("/nodes:list", "/nodes/{id}/parts", "/nodes:list"),
    ],
    ids=["extension", "segment", "slash", "verb"],
)
def test_listing_is_found_behind_the_path_of_its_collection(listed: str, path: str, endpoint: str) -> None:
    assert sources(linked(path, listing(listed)))["id"][0] == endpoint


REPOSITORY: Item = {"id": 1, "name": "x", "owner": {"login": "acme", "id": 9}}
TEXTS = (TemplateParameter("owner", is_number=False), TemplateParameter("repo", is_number=False))


def parameters_of(endpoint: ImportedEndpoint) -> Json:
    return endpoint.selector["path_parameters"]


def test_adjacent_placeholders_come_from_one_item() -> None:
    full = {**REPOSITORY, "full_name": "acme/x"}
    found = linked("/repos/{owner}/{repo}/branches", listing("/user/repos", item=full), declared=TEXTS)
    assert found.kind == "/repos/{owner}/{repo}/branches"
    assert parameters_of(found) == {
        "repo": {"endpoint": "/user/repos", "field": ".name", "parent_fields": {"owner": ".owner.login"}}
    }
    assert found.notes == ()


def test_placeholders_of_one_item_may_be_apart() -> None:
    item: Item = {"slug": "p", "organization": {"slug": "o"}}
    declared = (
        TemplateParameter("organization_slug", is_number=False),
        TemplateParameter("project_slug", is_number=False),
    )
    path = "/organizations/{organization_slug}/projects/{project_slug}/keys"
    found = linked(path, listing("/projects", item=item), declared=declared)
    assert found.kind == path
    assert parameters_of(found) == {
        "project_slug": {
            "endpoint": "/projects",
            "field": ".slug",
            "parent_fields": {"organization_slug": ".organization.slug"},
        }
    }


def test_the_parameter_is_the_placeholder_with_several_values_in_an_item() -> None:
    item: Item = {"key": "p", "environments": [{"key": "e"}]}
    found = linked("/flags/{projectKey}/{environmentKey}", listing("/projects", item=item))
    assert parameters_of(found) == {
        "environmentKey": {
            "endpoint": "/projects",
            "field": ".environments[].key",
            "parent_fields": {"projectKey": ".key"},
        }
    }


def test_later_placeholders_continue_after_those_of_one_item() -> None:
    found = linked(
        "/repos/{owner}/{repo}/issues/{index}/comments",
        listing("/user/repos", item={**REPOSITORY, "full_name": "acme/x"}),
        listing("/repos/{owner}/{repo}/issues", item={"id": 1, "number": 2}),
        declared=TEXTS,
    )
    assert found.kind == "/repos/{owner}/{repo}/issues/{index}/comments"
    assert sources(found) == {
        "repo": ("/user/repos", ".name"),
        "index": ("/repos/{owner}/{repo}/issues", ".number"),
    }


def test_listing_that_would_combine_every_parent_with_every_child_is_no_source() -> None:
    found = linked("/groups/{group_id}/users/{user_id}/keys", listing("/groups"), listing("/users"))
    assert sources(found) == {"group_id": ("/groups", ".id")}
    assert found.notes == ("{user_id} has no values. Set an endpoint or values in path_parameters.user_id",)


def test_listing_of_an_earlier_parent_elsewhere_is_a_source() -> None:
    found = linked(
        "/org/{orgId}/project/{projectId}/issues", listing("/orgs"), listing("/org/{org_id}/projects")
    )
    assert sources(found) == {"orgId": ("/orgs", ".id"), "projectId": ("/org/{orgId}/projects", ".id")}


def test_own_placeholders_of_a_listing_elsewhere_are_renamed() -> None:
    found = linked("/teams/{id}/members", listing("/orgs"), listing("/orgs/{id}/teams"))
    assert sources(found) == {"org_id": ("/orgs", ".id"), "id": ("/orgs/{org_id}/teams", ".id")}


def test_required_query_parameter_of_a_parent_is_linked_too() -> None:
    parent = CandidateParent(
        "/portfolios", {}, [{"gid": "1"}], required={"workspace": TemplateParameter("workspace")}
    )
    found = linked("/portfolios/{portfolio_gid}/items", parent, listing("/workspaces", item={"gid": "2"}))
    assert found.selector["path_parameters"] == {
        "workspace": {"endpoint": "/workspaces", "field": ".gid"},
        "portfolio_gid": {
            "endpoint": "/portfolios",
            "field": ".gid",
            "query_params": {"workspace": "{workspace}"},
        },
    }


def test_listing_whose_required_parameter_has_no_source_is_none() -> None:
    parent = CandidateParent("/albums", {}, [{"id": "1"}], required={"ids": TemplateParameter("ids")})
    assert sources(linked("/albums/{id}/tracks", parent)) == {}
    own = listing("/me/albums", item={"added_at": "x", "album": {"id": "2"}})
    assert sources(linked("/albums/{id}/tracks", parent, own)) == {"id": ("/me/albums", ".album.id")}


def test_parent_of_another_entity_gives_the_field_that_refers_to_it() -> None:
    found = linked(
        "/memberships/{user_id}/badges", listing("/memberships", item={"id": 1, "user": {"id": 2}})
    )
    assert sources(found) == {"user_id": ("/memberships", ".user.id")}


def test_listing_of_the_named_entity_wins_over_another_before_the_placeholder() -> None:
    found = linked("/projects/{org_id}/teams", listing("/projects"), listing("/orgs"))
    assert sources(found) == {"org_id": ("/orgs", ".id")}


def test_field_of_an_undescribed_parent_is_a_guess() -> None:
    found = linked("/orders/{id}/lines", CandidateParent("/orders"))
    assert sources(found) == {"id": ("/orders", ".id")}
    (note,) = found.notes
    assert note == (
        "path_parameters.id.field is a guess, because the document does not describe /orders. "
        "Fetch a sample of it"
    )
    assert sources(linked("/orders/{slug}/lines", CandidateParent("/orders"))) == {}


def test_guess_in_a_chain_of_listings_is_reported() -> None:
    found = linked("/lines/{line_id}/parts", CandidateParent("/orders"), listing("/orders/{id}/lines"))
    assert sources(found) == {"id": ("/orders", ".id"), "line_id": ("/orders/{id}/lines", ".id")}
    assert [note.partition(",")[0] for note in found.notes] == ["path_parameters.id.field is a guess"]


@pytest.mark.parametrize(
    "path",
    ["/v1/{+owner}/{repo}/keys", "/x/{owner}/{owner}/{repo}", "/repos/{owner}/{repo}/copy/{owner}"],
    ids=["raw", "repeated_between", "repeated_after"],
)
def test_placeholders_of_one_item_may_be_anywhere(path: str) -> None:
    found = linked(path, listing("/user/repos", item=REPOSITORY), declared=TEXTS)
    assert found.kind == path
    assert sources(found) == {"repo": ("/user/repos", ".name")}
    assert found.notes == ()


def test_listing_is_not_its_own_parent() -> None:
    assert sources(linked("/projects/{id}", listing("/projects/{id}"))) == {}
    assert sources(linked("/a/{project_id}/projects", listing("/a/{project_id}/projects"))) == {}


def test_complete_values_win_over_a_listing() -> None:
    wanted = TemplateParameter("project_id", values=("a", "b"), all_values=True)
    found = linked("/projects/{project_id}/x", listing("/projects"), declared=(wanted,))
    assert found.selector["path_parameters"] == {"project_id": {"values": ["a", "b"]}}


def test_one_representation_is_enough() -> None:
    wanted = TemplateParameter("format", values=("json", "xml"), all_values=True)
    found = linked("/projects.{format}", declared=(wanted,))
    assert found.selector["path_parameters"] == {"format": {"values": ["json"]}}


def test_incomplete_values_are_used_without_a_listing() -> None:
    found = linked("/tenants/{tenant}/x", declared=(TemplateParameter("tenant", values=("main",)),))
    assert found.selector["path_parameters"] == {"tenant": {"values": ["main"]}}
    assert found.notes == ("path_parameters.tenant has only the values that were found. Add the others",)


def test_required_query_parameter_is_linked_by_its_noun() -> None:
    parents = ParentListings.of([listing("/projects")])
    found = link_query("/tasks", TemplateParameter("project_id"), parents)
    assert found
    assert found.parameters == {"project_id": {"endpoint": "/projects", "field": ".id"}}
    assert source_notes(found) == []
    assert link_query("/tasks/{id}", TemplateParameter("project_id"), parents) is None


def test_parent_of_a_query_parameter_reports_its_own_placeholder_without_a_source() -> None:
    parents = ParentListings.of([listing("/orgs/{org}/projects")])
    found = link_query("/tasks", TemplateParameter("project_id"), parents)
    assert found
    assert source_notes(found) == ["{org} has no values. Set an endpoint or values in path_parameters.org"]


def test_anonymous_templates_ignore_parameter_names() -> None:
    assert anonymous_template("/a/{b}/c?d=1") == anonymous_template("/a/{+x}/c/") == "/a/{}/c"


@pytest.mark.parametrize(
    "path", ["/a/{b}/c", "/a/{x}/c/list", "/a/{x}/c.json", "/a/{x}/c:search", "/a/{x}/c/"]
)
def test_paths_of_one_collection_are_equal(path: str) -> None:
    assert collection_of(path) == "/a/{}/c"


@pytest.mark.parametrize("path", ["/teams/{year}/{page_num}", "/metrics/{test_id}/events"])
def test_page_number_and_entity_with_a_partial_listing_have_no_source(path: str) -> None:
    year = TemplateParameter("year", values=(2024,), all_values=True)
    found = linked(path, listing("/teams/{year}"), listing("/metrics/tests/latest"), declared=(year,))
    assert [note for note in found.notes if "has no values" in note]


def test_root_is_the_collection_of_the_entity_that_its_items_name() -> None:
    root = listing("/", item={"id": "5f", "realm": "main"})
    assert sources(linked("/{realm}/clients", root)) == {"realm": ("/", ".realm")}
    assert sources(linked("/{tenant}/clients", root)) == {}
