"""The order of path parameters, and their placeholders."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Resource
from rest.errors import ResourceError

NONE = PaginationSettings()
FIX_X = "Add selector.path_parameters.x with endpoint and field, or with values"


def read(kind: str, /, **selector: Any) -> Resource:
    return read_resource(kind, selector, NONE)


def refusal(selector: Any, kind: str = "/a", pagination: PaginationSettings = NONE) -> str:
    with pytest.raises(ResourceError) as caught:
        read_resource(kind, selector, pagination)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["/a/{x}", "/a/{+x}", "/a?p={x}", "/{x}/{x}"])
def test_a_placeholder_without_a_parameter_is_an_error(kind: str) -> None:
    assert refusal({}, kind) == (f"{{x}} in the kind has no value. {FIX_X}")


def test_an_unused_parameter_is_an_error() -> None:
    assert refusal({"path_parameters": {"x": {"values": [1]}}}) == (
        "path_parameters.x is not used. Use {x} in /a, query_params, headers or body, or remove the parameter"
    )


def test_a_cycle_is_an_error_that_names_its_parameters() -> None:
    cycle = {
        "x": {"endpoint": "/p/{y}", "field": ".id"},
        "y": {"endpoint": "/q?x={x}", "field": ".id"},
    }
    assert refusal({"path_parameters": cycle}, "/a/{x}") == (
        "path_parameters x and y depend on each other. Remove one of the placeholders"
    )


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("/a/{x}", {}),
        ("/a/{+x}", {}),
        ("/a?p={x}", {}),
        ("/a", {"query_params": {"p": ["1", "{x}"]}}),
        ("/a", {"headers": {"H": "v{x}"}}),
        ("/a", {"body": {"deep": [{"er": "{x}"}]}}),
        ("/a", {"body": "{x}"}),
    ],
)
def test_a_parameter_can_be_used_anywhere_in_the_request(kind: str, more: dict[str, Any]) -> None:
    resource = read(kind, path_parameters={"x": {"values": [1]}}, **more)
    assert [parameter.name for parameter in resource.parameters] == ["x"]


def test_parameters_are_ordered_by_their_dependencies() -> None:
    given = {
        "c": {"endpoint": "/c", "field": ".id", "body": {"b": "{b}"}},
        "b": {"endpoint": "/b", "field": ".id", "query_params": {"a": "{a}"}},
        "a": {"values": [1]},
    }
    resource = read("/x/{c}", path_parameters=given)
    assert [parameter.name for parameter in resource.parameters] == ["a", "b", "c"]
