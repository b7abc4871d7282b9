"""The inputs of an endpoint as a selector, and back."""

from dataclasses import replace

import pytest

from builder.web.choose.endpoint import EndpointForm, ParameterForm
from builder.web.choose.form import read_endpoint
from builder.web.choose.placeholders import required_parameters
from builder.web.choose.selector import parse_selector, with_selector
from rest.bodies import Json

_WHOLE: dict[str, Json] = {
    "query": ".archived | not",
    "data_path": ".data.tasks",
    "method": "POST",
    "query_params": {"status": "active", "tag": ["a", "b"]},
    "headers": {"Accept": "application/json"},
    "body": {"filter": {"open": True}},
    "min_items": 2,
    "on_status": {"404": "empty"},
    "pagination": {"type": "cursor"},
    "path_parameters": {
        "project": {
            "endpoint": "/orgs/{org}/projects",
            "data_path": ".projects",
            "field": ".id",
            "filter": ".open",
            "parent_fields": {"name": ".name"},
        },
        "org": {"values": ["a", "b"]},
    },
}


def test_a_selector_entered_into_the_inputs_is_parsed_back() -> None:
    form = with_selector(EndpointForm(1, "/orgs/{org}/projects/{project}/tasks"), _WHOLE)
    assert parse_selector(form).selector == _WHOLE


_OWNER: Json = {"endpoint": "/repos", "field": ".name", "parent_fields": {"owner": ".owner"}}


@pytest.mark.parametrize(
    ("kind", "selector"),
    [
        ("/{owner}/{repo}/pulls", {"path_parameters": {"repo": _OWNER}}),
        ("/{owner}/pulls", {"path_parameters": {"repo": _OWNER}}),
        ("/pulls", {"headers": {"X-Repo": "{repo}"}, "path_parameters": {"repo": _OWNER}}),
        ("/pulls", {"query_params": {"q": "repo:{owner}/{repo}"}, "path_parameters": {"repo": _OWNER}}),
        (
            "/users",
            {
                "query_params": {"id": "{id}"},
                "path_parameters": {"id": {"values": ["1"], "batch": 50, "separator": ";"}},
            },
        ),
        (
            "/logs/{by}",
            {"path_parameters": {"by": [{"endpoint": "/users", "field": ".id"}, {"values": ["root", 1]}]}},
        ),
        (
            "/logs/{by}",
            {
                "path_parameters": {
                    "by": [{"endpoint": "/orgs/{org}/users", "field": ".id"}],
                    "org": {"endpoint": "/orgs", "field": ".id", "batch": 5},
                }
            },
        ),
        (
            "/tasks/{task}",
            {
                "path_parameters": {
                    "task": {"endpoint": "/tasks", "field": ".id", "body": {"p": "{p}"}, "method": "POST"},
                    "p": {"values": ["a"]},
                }
            },
        ),
        ("/logs", {"job": {"path": "/{p}"}, "path_parameters": {"p": {"values": ["a"]}}}),
    ],
    ids=[
        "parent fields in the path",
        "only parent fields",
        "header",
        "query",
        "batch",
        "sources",
        "sources below others",
        "body of a parent",
        "other keys",
    ],
)
def test_sources_of_a_parameter_are_kept(kind: str, selector: dict[str, Json]) -> None:
    form = with_selector(EndpointForm(1, kind), selector)
    posted = {
        "kind": form.kind,
        **{f"p-{name}-source": each.source for name, each in form.parameters.items()},
        **{
            f"p-{name}-{key}": getattr(each, key)
            for name, each in form.parameters.items()
            for key in ("endpoint", "data_path", "field", "filter", "values", "more", "sources")
        },
    }
    parsed = parse_selector(read_endpoint(form, posted))
    assert parsed.selector == selector
    assert (parsed.errors, parsed.missing) == ((), ())


def test_windows_and_jobs_are_kept_and_their_placeholders_need_no_values() -> None:
    selector: dict[str, Json] = {
        "query_params": {"q": "at:{start}..{end}"},
        "windows": {"from": "90d", "size": "7d", "format": "%Y-%m-%d"},
        "job": {
            "request": {"path": "/{team}/exports", "body": {"of": "{user}"}},
            "id": ".id",
            "poll": "/{team}/exports/{id}",
            "done": '.status == "done"',
            "result": '"/files/\\(.name)"',
        },
        "path_parameters": {
            "team": {"endpoint": "/teams", "field": ".id", "job": {"result": ".url"}},
            "user": {"values": ["a"]},
        },
    }
    form = with_selector(EndpointForm(1, "/users"), selector)
    assert required_parameters(form) == ["team", "user"]
    assert parse_selector(form).selector == selector


def test_a_webhook_is_kept_and_its_placeholders_need_no_values() -> None:
    """{number} has its value from each event, and is no path parameter."""
    selector: dict[str, Json] = {
        "webhook": {
            "when": '.headers["x-github-event"] == "pull_request"',
            "items": ".body.pull_request",
            "values": {"repo": "$event.body.repository.full_name", "number": ".number"},
            "fetch": {"path": "/repos/{+repo}/pulls/{number}", "headers": {"Accept": "application/json"}},
            "data_path": ".",
            "delete": '.body.action == "deleted"',
        },
        "path_parameters": {"repo": {"endpoint": "/orgs/acme/repos", "field": ".full_name"}},
    }
    form = with_selector(EndpointForm(1, "/repos/{+repo}/pulls"), selector)
    assert required_parameters(form) == ["repo"]
    assert parse_selector(form).selector == selector


def test_other_keys_that_are_no_json_bind_no_placeholder() -> None:
    assert required_parameters(EndpointForm(1, "/a/{start}/{id}", more="{windows")) == ["start", "id"]


def test_defaults_are_left_out() -> None:
    form = EndpointForm(1, "/users", query="true", method="GET", min_items=" ", body=" ")
    assert parse_selector(form).selector == {}


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (EndpointForm(1, "/a/{x}/b/{+y}"), ["x", "y"]),
        (EndpointForm(1, "/a", query_params="project={p}"), ["p"]),
        (EndpointForm(1, "/a/{id}?s={start}", more='{"windows": {"size": "7d"}, "job": {"id": ".id"}}'), []),
        (EndpointForm(1, "/a", query_params="query=cpu{*} by {host}"), []),
        (EndpointForm(1, "/a", query_params="a={p}\nb", headers="c{", body='{"d": "{q}",'), ["p", "q"]),
        (EndpointForm(1, "/a", body='{"ids": ["{p}"], "query": "{ users { id } }"}'), ["p"]),
        (
            EndpointForm(1, "/a/{x}", parameters={"x": ParameterForm(endpoint="/b/{y}/c")}),
            ["x", "y"],
        ),
        (
            EndpointForm(1, "/a/{x}", parameters={"x": ParameterForm("values", "/b/{y}", values="1")}),
            ["x"],
        ),
    ],
    ids=[
        "in the path",
        "in a parameter",
        "of windows and a job",
        "of another language",
        "in invalid inputs",
        "in a body with GraphQL",
        "in a parent",
        "not in an unused endpoint",
    ],
)
def test_all_placeholders_are_found(form: EndpointForm, names: list[str]) -> None:
    assert required_parameters(form) == names


@pytest.mark.parametrize(
    ("parameter", "field"),
    [
        (ParameterForm(), "p-x-endpoint"),
        (ParameterForm(endpoint="/b"), "p-x-field"),
        (ParameterForm("values", values=" \n"), "p-x-values"),
        (ParameterForm("sources", sources=" "), "p-x-sources"),
    ],
    ids=["no endpoint", "no field", "no values", "no sources"],
)
def test_a_placeholder_without_values_is_an_issue(parameter: ParameterForm, field: str) -> None:
    parsed = parse_selector(EndpointForm(1, "/a/{x}", parameters={"x": parameter}))
    assert [issue.field for issue in parsed.missing] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"query_params": "status"}, "query_params"),
        ({"headers": ": x"}, "headers"),
        ({"body": "{"}, "body"),
        ({"min_items": "-1"}, "min_items"),
        ({"more": "[]"}, "more"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_invalid_input_is_an_issue(changes: dict[str, str], field: str) -> None:
    form = read_endpoint(EndpointForm(1, "/a"), changes)
    assert [issue.field for issue in parse_selector(form).errors] == [field]


def test_invalid_other_keys_of_a_parameter_are_an_issue() -> None:
    parameter = ParameterForm(endpoint="/b", field=".id", more="{")
    parsed = parse_selector(EndpointForm(1, "/a/{x}", parameters={"x": parameter}))
    assert [issue.field for issue in parsed.errors] == ["p-x-more"]


@pytest.mark.parametrize("sources", ["{", "{}"])
def test_invalid_sources_of_a_parameter_are_an_issue(sources: str) -> None:
    parameter = ParameterForm("sources", sources=sources)
    parsed = parse_selector(EndpointForm(1, "/a/{x}", parameters={"x": parameter}))
    assert [issue.field for issue in parsed.errors] == ["p-x-sources"]


def test_posted_parameters_replace_unused_ones() -> None:
    posted = {"kind": "/a/{x}", "p-x-source": "values", "p-x-values": "1\n2", "p-gone-source": "values"}
    form = read_endpoint(replace(EndpointForm(1), parameters={"gone": ParameterForm()}), posted)
    assert form.parameters == {"x": ParameterForm("values", values="1\n2")}
    assert parse_selector(form).selector == {"path_parameters": {"x": {"values": ["1", "2"]}}}


@pytest.mark.parametrize(
    ("body_type", "text", "body"),
    [
        ("", '{"a": 1}', {"a": 1}),
        ("json", "[1]", [1]),
        ("form", '{"a": ["x", "y"]}', {"a": ["x", "y"]}),
        ("form", " a=1&b=%20 ", "a=1&b=%20"),
        ("multipart", '{"a": "1"}', {"a": "1"}),
        ("text", 'items.find({"a": 1})\n', 'items.find({"a": 1})\n'),
        ("text", '{"a": 1}', '{"a": 1}'),
    ],
)
def test_body_is_read_by_its_type(body_type: str, text: str, body: Json) -> None:
    form = EndpointForm(1, "/x", "POST", body=text, body_type=body_type)
    selector = parse_selector(form).selector
    assert selector["body"] == body
    assert selector.get("body_type", "") == body_type
    again = with_selector(form, selector)
    assert parse_selector(again).selector == selector
    assert again.more == ""


def test_body_that_is_no_json_has_an_issue() -> None:
    form = EndpointForm(1, "/x", "POST", body="{a", body_type="form")
    assert [issue.field for issue in parse_selector(form).errors] == ["body"]
