"""What mappings may do by the operator's leave, and by default may not."""

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
def test_a_method_that_writes_is_refused_in_a_resource_and_in_a_parameter(method: str) -> None:
    with pytest.raises(ResourceError, match=rf"^selector\.method: {method.upper()} may change data.*allowWr"):
        read_resource("/a", {"method": method}, NONE)
    with pytest.raises(ResourceError, match=rf"^selector\.path_parameters\.id\.method: {method.upper()} may"):
        read_resource("/a/{id}", parent(method), NONE)
    allowed = Permissions(writes=True)
    assert read_resource("/a", {"method": method}, NONE, allowed).endpoint.method == method.upper()
    assert read_resource("/a/{id}", parent(method), NONE, allowed).parameters


def test_delete_is_refused_whatever_is_permitted() -> None:
    with pytest.raises(ResourceError, match="got 'DELETE', accepts GET, POST, PUT or PATCH"):
        read_resource("/a", {"method": "DELETE"}, NONE, Permissions(writes=True, environment=True))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_method_that_reads_needs_no_permission(method: str) -> None:
    assert read_resource("/a/{id}", {"method": method, **parent(method)}, NONE).endpoint.method == method


@pytest.mark.parametrize("text", ["true", True, "TRUE", "1"])
def test_the_setting_is_read_as_other_switches_are(text: Any) -> None:
    assert Settings.from_config({"base_url": "https://x.io", "allow_writes": text}, {}).allow_writes
    assert not Settings.from_config({"base_url": "https://x.io"}, {}).allow_writes


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("value", [["A"], "A", {"A": 1}, 1])
def test_exported_variables_are_refused_in_either_spelling(name: str, value: Any) -> None:
    with pytest.raises(
        ResourceError,
        match=r"selector\.exportEnvVariables would send the integration's environment variables",
    ):
        read_resource("/a", {name: value}, NONE, Permissions(writes=True))


@pytest.mark.parametrize("name", SPELLINGS)
def test_exported_variables_are_ocean_s_where_they_are_permitted(name: str) -> None:
    allowed = Permissions(environment=True)
    assert read_resource("/a", {name: ["A"]}, NONE, allowed) == read_resource("/a", {}, NONE)
    with pytest.raises(ResourceError, match="got 'AB', accepts a list of names"):
        read_resource("/a", {name: "AB"}, NONE, allowed)
    with pytest.raises(ResourceError, match=r"got \[1\], accepts a list of names"):
        read_resource("/a", {name: [1]}, NONE, allowed)


@pytest.mark.parametrize("value", [[], None, ""])
def test_no_exported_variables_are_no_mistake(value: Any) -> None:
    assert read_resource("/a", {"exportEnvVariables": value}, NONE) == read_resource("/a", {}, NONE)


def test_another_spelling_is_an_unknown_key() -> None:
    with pytest.raises(ResourceError, match=r"selector\.ExportEnvVariables is unknown"):
        read_resource("/a", {"ExportEnvVariables": ["A"]}, NONE, Permissions(environment=True))


def test_what_is_no_selector_is_left_to_its_reader() -> None:
    assert NO_PERMISSIONS.without_exports(["A"]) == ["A"]
