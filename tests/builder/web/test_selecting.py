"""An endpoint's inputs as a selector, and back."""

from dataclasses import replace

import pytest

from builder.web.forms import read_endpoint
from builder.web.selecting import selector_reading, wanted_parameters, with_selector
from builder.web.workspace import EndpointForm, ParameterForm
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


def test_a_selector_survives_the_inputs() -> None:
    form = with_selector(EndpointForm(1, "/orgs/{org}/projects/{project}/tasks"), _WHOLE)
    assert selector_reading(form).selector == _WHOLE


def test_what_says_nothing_is_left_out() -> None:
    form = EndpointForm(1, "/users", query="true", method="GET", min_items=" ", body=" ")
    assert selector_reading(form).selector == {}


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
        "in a body, beside GraphQL",
        "in a parent",
        "not in what is not used",
    ],
)
def test_placeholders_are_found(form: EndpointForm, names: list[str]) -> None:
    assert wanted_parameters(form) == names


@pytest.mark.parametrize(
    ("parameter", "field"),
    [
        (ParameterForm(), "p-x-endpoint"),
        (ParameterForm(endpoint="/b"), "p-x-field"),
        (ParameterForm("values", values=" \n"), "p-x-values"),
    ],
    ids=["no endpoint", "no field", "no values"],
)
def test_a_placeholder_without_values_is_named(parameter: ParameterForm, field: str) -> None:
    reading = selector_reading(EndpointForm(1, "/a/{x}", parameters={"x": parameter}))
    assert [mistake.field for mistake in reading.missing] == [field]


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
def test_what_cannot_be_read_is_named(changes: dict[str, str], field: str) -> None:
    form = read_endpoint(EndpointForm(1, "/a"), changes)
    assert [mistake.field for mistake in selector_reading(form).wrong] == [field]


def test_more_of_a_parameter_is_named_too() -> None:
    parameter = ParameterForm(endpoint="/b", field=".id", more="{")
    reading = selector_reading(EndpointForm(1, "/a/{x}", parameters={"x": parameter}))
    assert [mistake.field for mistake in reading.wrong] == ["p-x-more"]


def test_the_form_of_the_page_says_the_same() -> None:
    posted = {"kind": "/a/{x}", "p-x-source": "values", "p-x-values": "1\n2", "p-gone-source": "values"}
    form = read_endpoint(replace(EndpointForm(1), parameters={"gone": ParameterForm()}), posted)
    assert form.parameters == {"x": ParameterForm("values", values="1\n2")}
    assert selector_reading(form).selector == {"path_parameters": {"x": {"values": ["1", "2"]}}}
