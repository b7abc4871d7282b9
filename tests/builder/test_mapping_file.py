"""Mapping files that cannot be read."""

from pathlib import Path
from typing import Any

import pytest

from builder.mapping_file import entries_of, entry_of, read_mapping
from configuration.pagination import PaginationSettings
from rest.errors import ResourceError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resources: [", "is not valid YAML: while parsing a flow node"),
        ("resources: " + "[" * 900 + "]" * 900, "is nested too deeply"),
        ("resources: {}", "has no resources. A mapping has the form"),
    ],
    ids=["truncated", "deeply nested", "no list"],
)
def test_an_error_says_what_is_wrong_with_the_file(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ResourceError) as refused:
        read_mapping(file)
    assert str(refused.value).startswith(f"{file} {message}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="cannot be read: No such file or directory"):
        read_mapping(tmp_path / "mapping.yml")


_ENTRY: dict[str, Any] = {
    "kind": "/users",
    "selector": {"query": ".active", "data_path": ".users"},
    "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"user"'}}},
}


def test_an_entry_has_its_resource_and_its_mapping() -> None:
    entry = entry_of(_ENTRY, PaginationSettings())
    assert (entry.kind, entry.resource.kind, entry.mapping.query) == ("/users", "/users", ".active")
    assert entry.enable_delete


@pytest.mark.parametrize(("value", "is_enabled"), [(False, False), (True, True), (None, True)])
def test_deletion_is_enabled_by_default(value: Any, is_enabled: bool) -> None:  # noqa: FBT001 - a table's column
    assert entry_of({**_ENTRY, "enableDelete": value}, PaginationSettings()).enable_delete is is_enabled


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("users", "has no kind"),
        ({**_ENTRY, "kind": 1}, "has no kind"),
        ({"kind": "/users"}, "/users: has no port.entity.mappings"),
        ({**_ENTRY, "selector": {"data_paht": ".users"}}, "/users: "),
    ],
    ids=["no object", "no kind", "no mapping", "a wrong key"],
)
def test_an_error_names_the_number_and_the_kind_of_the_entry(entry: Any, message: str) -> None:
    with pytest.raises(ResourceError) as refused:
        list(entries_of({"resources": [_ENTRY, entry]}, PaginationSettings()))
    assert str(refused.value).startswith(f"resources, entry 2: {message}")
