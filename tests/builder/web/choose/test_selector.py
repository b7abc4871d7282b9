"""The inputs of an endpoint as a selector, and back."""

from dataclasses import replace

import pytest

from builder.web.choose.endpoint import EndpointForm, ParameterForm
from builder.web.choose.form import read_endpoint
from builder.web.choose.selector import parse_selector, required_parameters, with_selector
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


def test_defaults_are_left_out() -> None:
    form = EndpointForm(1, "/users", query="true", method="GET", min_items=" ", body=" ")
    assert parse_selector(form).selector == {}


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (EndpointForm(1, "/a/{x}/b/{+y}"), ["x", "y"]),
        (EndpointForm(1, "/a", query_params="project={p}"), ["p"]),
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
    ],
    ids=["no endpoint", "no field", "no values"],
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


def test_posted_parameters_replace_unused_ones() -> None:
    posted = {"kind": "/a/{x}", "p-x-source": "values", "p-x-values": "1\n2", "p-gone-source": "values"}
    form = read_endpoint(replace(EndpointForm(1), parameters={"gone": ParameterForm()}), posted)
    assert form.parameters == {"x": ParameterForm("values", values="1\n2")}
    assert parse_selector(form).selector == {"path_parameters": {"x": {"values": ["1", "2"]}}}
