"""What mappings may do only with the operator's permission."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.settings import Settings
from rest.errors import ResourceError

NONE = PaginationSettings()
SPELLINGS = ("exportEnvVariables", "export_env_variables")


def parent(method: str) -> dict[str, Any]:
    return {"path_parameters": {"id": {"endpoint": "/b", "field": ".id", "method": method}}}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "put", "Patch"])
def test_a_writing_method_is_rejected_in_a_resource_and_in_a_parameter(method: str) -> None:
    with pytest.raises(ResourceError, match=rf"^selector\.method: {method.upper()} may change data.*allowWr"):
        read_resource("/a", {"method": method}, NONE)
    with pytest.raises(ResourceError, match=rf"^selector\.path_parameters\.id\.method: {method.upper()} may"):
        read_resource("/a/{id}", parent(method), NONE)
    allowed = Permissions(writes=True)
    assert read_resource("/a", {"method": method}, NONE, allowed).endpoint.method == method.upper()
    assert read_resource("/a/{id}", parent(method), NONE, allowed).parameters


def test_delete_is_always_rejected() -> None:
    with pytest.raises(ResourceError, match="got 'DELETE', accepts GET, POST, PUT or PATCH"):
        read_resource("/a", {"method": "DELETE"}, NONE, Permissions(writes=True, environment=True))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_reading_method_needs_no_permission(method: str) -> None:
    assert read_resource("/a/{id}", {"method": method, **parent(method)}, NONE).endpoint.method == method


@pytest.mark.parametrize("text", ["true", True, "TRUE", "1"])
def test_the_setting_accepts_the_values_of_a_switch(text: Any) -> None:
    assert Settings.from_config({"base_url": "https://x.io", "allow_writes": text}, {}).allow_writes
    assert not Settings.from_config({"base_url": "https://x.io"}, {}).allow_writes


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("value", [["A"], "A", {"A": 1}, 1])
def test_exported_variables_are_rejected_in_both_spellings(name: str, value: Any) -> None:
    with pytest.raises(
        ResourceError,
        match=r"selector\.exportEnvVariables would send the integration's environment variables",
    ):
        read_resource("/a", {name: value}, NONE, Permissions(writes=True))


@pytest.mark.parametrize("name", SPELLINGS)
def test_permitted_exports_are_left_to_ocean(name: str) -> None:
    allowed = Permissions(environment=True)
    assert read_resource("/a", {name: ["A"]}, NONE, allowed) == read_resource("/a", {}, NONE)
    with pytest.raises(ResourceError, match="got 'AB', accepts a list of names"):
        read_resource("/a", {name: "AB"}, NONE, allowed)
    with pytest.raises(ResourceError, match=r"got \[1\], accepts a list of names"):
        read_resource("/a", {name: [1]}, NONE, allowed)


@pytest.mark.parametrize("value", [[], None, ""])
def test_an_empty_export_is_allowed(value: Any) -> None:
    assert read_resource("/a", {"exportEnvVariables": value}, NONE) == read_resource("/a", {}, NONE)


def test_another_spelling_is_an_unknown_key() -> None:
    with pytest.raises(ResourceError, match=r"selector\.ExportEnvVariables: is unknown"):
        read_resource("/a", {"ExportEnvVariables": ["A"]}, NONE, Permissions(environment=True))


def test_a_selector_of_another_type_is_not_changed() -> None:
    assert NO_PERMISSIONS.without_exports(["A"]) == ["A"]
