"""Mapping files that cannot be read."""

from pathlib import Path

import pytest

from builder.mapping_file import read_mapping
from rest.errors import ResourceError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resources: [", "is not valid YAML: while parsing a flow node"),
        ("resources: " + "[" * 1500 + "]" * 1500, "is nested too deeply"),
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
