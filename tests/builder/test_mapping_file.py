"""A mapping file that cannot be read."""

from pathlib import Path

import pytest

from builder.mapping_file import mapping_of
from rest.errors import ResourceError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resources: [", "is no YAML: while parsing a flow node"),
        ("resources: " + "[" * 1500 + "]" * 1500, "is nested too deeply"),
        ("resources: {}", "has no resources. A mapping is"),
    ],
    ids=["cut short", "deep", "no list"],
)
def test_what_is_wrong_with_the_file_is_said(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ResourceError) as refused:
        mapping_of(file)
    assert str(refused.value).startswith(f"{file} {message}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="cannot be read: No such file or directory"):
        mapping_of(tmp_path / "mapping.yml")
