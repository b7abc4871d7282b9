"""Placeholders and values of a mapping entry."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Endpoint, Resource
from rest.errors import ResourceError

NONE = PaginationSettings()


def read(kind: str, /, **selector: Any) -> Resource:
    return read_resource(kind, selector, NONE)


def test_braces_outside_the_path_need_no_parameter() -> None:
    """They may be part of GraphQL."""
    assert read("/graphql", method="POST", body={"query": "{users{id}}"}).parameters == ()


@pytest.mark.parametrize("path", ["/a/{x}", "/a/{+x}", "/a?p={x}"])
def test_placeholders_of_a_path_are_found(path: str) -> None:
    endpoint = Endpoint(path, NONE)
    assert endpoint.placeholders() == endpoint.path_placeholders() == {"x"}
    assert endpoint.path_names() == ({"x"} if "?" not in path else set())


@pytest.mark.parametrize(
    ("value", "is_unsafe"), [("a/../b", True), ("%2e%2e/b", True), ("..", False), ("a", False), (1, False)]
)
def test_a_fixed_value_with_dot_segments_is_refused_in_a_path(value: str | int, *, is_unsafe: bool) -> None:
    parameters = {"x": {"values": [value]}}
    read("/a", query_params={"p": "{x}"}, path_parameters=parameters)
    if not is_unsafe:
        read("/a/{x}", path_parameters=parameters)
        return
    with pytest.raises(ResourceError, match="leads to another path"):
        read("/a/{x}", path_parameters=parameters)
