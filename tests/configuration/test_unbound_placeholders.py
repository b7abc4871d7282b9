"""Which braces are placeholders, and which belong to another language."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Resource
from rest.errors import ResourceError

NONE = PaginationSettings()
PROJECT = {"project_id": {"endpoint": "/projects", "field": ".id", "parent_fields": {"owner": ".owner"}}}


def read(kind: str, /, **selector: Any) -> Resource:
    return read_resource(kind, selector, NONE)


def refusal(kind: str, /, **selector: Any) -> ResourceError:
    with pytest.raises(ResourceError) as caught:
        read(kind, **selector)
    return caught.value


@pytest.mark.parametrize(
    ("selector", "place"),
    [
        ({"query_params": {"group": "{group}"}}, "query_params.group"),
        ({"query_params": {"tag": ["a", "{group}"]}}, "query_params.tag"),
        ({"query_params": {"jql": "project = {group} AND open"}}, "query_params.jql"),
        ({"query_params": {"filter": "group_id:{group}"}}, "query_params.filter"),
        ({"query_params": {"filter": "eq.{group}"}}, "query_params.filter"),
        ({"query_params": {"filter": '{"group":"{group}"}'}}, "query_params.filter"),
        ({"headers": {"X-Group": "{group}"}}, "headers.X-Group"),
        ({"headers": {"Prefer": "group={group}"}}, "headers.Prefer"),
        ({"body": {"filter": {"groups": ["{group}"]}}}, "body.filter.groups.0"),
        ({"body": "{group}"}, "body"),
        ({"body": 'items.find({"repo": "{group}"})'}, "body"),
        ({"body": {"query": "{group}"}}, "body.query"),
        ({"body": {"query": 'query { issues(group: "{group}") { id } }'}}, "body.query"),
        ({"body": {"query": "{ issues(group: {group}) {id} }"}}, "body.query"),
        ({"body": {"query": '{ search(q: "group:{group} open") {id} }'}}, "body.query"),
        (
            {"body": {"variables": {"group": "{group}"}, "query": "query($group: ID) {a {id}}"}},
            "body.variables.group",
        ),
    ],
    ids=str,
)
def test_a_placeholder_that_nothing_fills_is_an_error(selector: dict[str, Any], place: str) -> None:
    error = refusal("/issues", **selector)
    assert str(error) == (
        f"{{group}} in {place} has no value. "
        "Add selector.path_parameters.group with endpoint and field, or with values"
    )
    assert [each.name for each in error.mistakes] == [f"selector.{place}"]


PAGED_TEXT: dict[str, Any] = {
    "method": "POST",
    "body_type": "text",
    "pagination": {"type": "offset", "param_location": "body"},
}


@pytest.mark.parametrize(
    ("body", "pagination"),
    [
        ("<max>{limit}</max><first>{offset}</first>", {}),
        ("SELECT * FROM a LIMIT {limit} OFFSET {offset}", {}),
        ('find({"a": "b"}).offset("{offset}").limit("{limit}")', {}),
        ("{start}", {"param": "start", "size_param": "-"}),
        ("{page} of {size}", {"type": "page"}),
    ],
)
def test_the_pagination_fills_placeholders_of_a_text(body: str, pagination: dict[str, Any]) -> None:
    pagination = {**PAGED_TEXT["pagination"], **pagination}
    read("/soap", **{**PAGED_TEXT, "body": body, "pagination": pagination})


@pytest.mark.parametrize(
    ("selector", "name", "place"),
    [
        ({"body": "{limti} {offset}"}, "limti", "body"),
        ({"body": "{offset} {page}"}, "page", "body"),
        ({"body": "{offset}", "headers": {"X-Max": "{limit}"}}, "limit", "headers.X-Max"),
        ({"body": {"max": "{limit}"}, "body_type": "json"}, "limit", "body.max"),
        ({"body": "{limit}", "pagination": {"type": "offset"}}, "limit", "body"),
        ({"body": "{limit}", "pagination": {"type": "none"}}, "limit", "body"),
    ],
    ids=str,
)
def test_the_pagination_fills_no_other_placeholders(selector: dict[str, Any], name: str, place: str) -> None:
    assert f"{{{name}}} in {place} has no value" in str(refusal("/soap", **{**PAGED_TEXT, **selector}))


@pytest.mark.parametrize(
    "selector",
    [
        {"body": {"query": "{viewer{login}}"}},
        {"body": {"query": "query { viewer {login} projects(first: 5) {id} }"}},
        {"body": {"query": 'query($a: Int = 1) { p(filter: {state: "open"}, n: $a) {id} }'}},
        {"body": {"query": "{hello}"}},
        {"body": {"query": "query {hello}"}},
        {"query_params": {"query": "avg:system.cpu.user{*} by {host}"}},
        {"query_params": {"query": "sum:requests{service}"}},
        {"query_params": {"filterByFormula": "{Status}='Open'"}},
        {"query_params": {"filterByFormula": "{Active}"}},
        {"query_params": {"fields": "id,comments{message}"}},
        {"query_params": {"tags": "cs.{urgent}"}},
        {"query_params": {"q": "name:{Alice TO Bob}"}},
        {"query_params": {"where": "{6.EX.'x'}"}},
        {"query_params": {"filter": '{"open":true}'}},
        {"query_params": {"match": r"\p{L}+\d{3}"}},
        {"body": {"query": {"query_string": {"query": "age:{10 TO 20}"}}}},
        {"body": {"script": "doc { return value }", "jq": ".[] | {id, name}"}},
        {"body": {"sql": "SELECT {fn now()}"}},
        {"body": {"template": "Hello {name}"}},
        {"body": {"text": "Hello {{name}}", "other": "${name} %{name} #{name}"}},
        {"body": {"statement": "MATCH (n {id: {value}}) RETURN n"}},
    ],
    ids=str,
)
def test_braces_of_other_languages_are_left_alone(selector: dict[str, Any]) -> None:
    resource = read("/graphql/{project_id}", **selector, path_parameters=PROJECT)
    assert [parameter.name for parameter in resource.parameters] == ["project_id"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("avg:cpu{*} by {projct_id}", "projct_id"),
        ("v{projekt_id}", "projekt_id"),
        ("comments{project_ids}", "project_ids"),
    ],
)
def test_a_misspelt_name_is_an_error_anywhere(text: str, name: str) -> None:
    error = refusal("/a/{project_id}", query_params={"q": text}, path_parameters=PROJECT)
    assert str(error) == (
        f"{{{name}}} in query_params.q has no value. "
        f"Use {{project_id}}, or add selector.path_parameters.{name} with endpoint and field, or with values"
    )


def test_the_place_in_a_parent_is_named() -> None:
    parents = {"team": {"endpoint": "/teams", "field": ".id", "query_params": {"org": "{org}"}}}
    error = refusal("/a/{team}", path_parameters=parents)
    assert str(error).startswith("{org} in path_parameters.team.query_params.org has no value. Add selector.")
    assert [each.name for each in error.mistakes] == ["selector.path_parameters.team.query_params.org"]


@pytest.mark.parametrize(
    "selector",
    [
        {"query_params": {"owner": "{owner}"}},
        {"headers": {"X-Owner": "{owner}"}},
        {"body": {"owner": "{owner}"}},
        {"body": {"query": '{ a(owner: "{owner}") {owner} }'}},
    ],
    ids=str,
)
def test_parent_fields_fill_placeholders(selector: dict[str, Any]) -> None:
    [parameter] = read("/a/{project_id}", **selector, path_parameters=PROJECT).parameters
    assert parameter.placeholders == {"project_id", "owner"}
    assert parameter.in_paths == {"project_id"}


def test_parent_fields_fill_a_path_and_other_parents() -> None:
    task = {"task": {"endpoint": "/{owner}/tasks", "field": ".id"}}
    resource = read("/a/{project_id}/{task}", path_parameters={**task, **PROJECT})
    assert [parameter.name for parameter in resource.parameters] == ["project_id", "task"]
    assert resource.parameters[0].in_paths == {"project_id", "owner"}


def test_a_parameter_may_only_be_used_by_its_parent_fields() -> None:
    [parameter] = read("/a/{owner}", path_parameters=PROJECT).parameters
    assert parameter.placeholders == {"owner"}


def test_a_parameter_cannot_use_its_own_parent_fields() -> None:
    parents = {"x": {"endpoint": "/p?o={o}", "field": ".id", "parent_fields": {"o": ".o"}}}
    assert "path_parameters x depend on each other" in str(refusal("/a/{x}", path_parameters=parents))


def test_two_parameters_cannot_fill_the_same_placeholder() -> None:
    parents = {
        name: {"endpoint": f"/{name}", "field": ".id", "parent_fields": {"owner": ".o"}}
        for name in ("a", "b")
    }
    assert str(refusal("/{a}/{b}/{owner}", path_parameters=parents)) == (
        "{owner} is in parent_fields of path_parameters.a and of path_parameters.b. Rename one of them"
    )
    own = {**parents, "owner": {"values": [1]}}
    names = [parameter.placeholders for parameter in read("/{a}/{b}/{owner}", path_parameters=own).parameters]
    assert names == [{"a"}, {"b"}, {"owner"}]


def test_parent_fields_that_are_no_placeholders_may_have_the_same_name() -> None:
    parents = {
        name: {"endpoint": f"/{name}", "field": ".id", "parent_fields": {"owner": ".o"}}
        for name in ("a", "b")
    }
    assert len(read("/{a}/{b}", path_parameters=parents).parameters) == 2
