"""docs/pagination.md describes each pagination type."""

from typing import Any, get_args
from xml.etree import ElementTree

import pytest

from configuration.pagination import PaginationType

_TYPES: tuple[str, ...] = get_args(PaginationType.__value__)


@pytest.mark.parametrize("kind", _TYPES)
def test_a_type_has_a_chapter_and_a_picture_whose_alternative_text_is_its_label(
    kind: str, pages: dict[str, Any]
) -> None:
    page = pages["docs/pagination.md"]
    chapter = page.text.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
    picture = ElementTree.parse(page.path.parent / "pictures" / f"{kind}.svg").getroot()  # noqa: S314 - ours
    assert f"![{picture.get('aria-label')}](pictures/{kind}.svg)" in chapter
    assert kind in ("none", "auto") or f"paginationType: {kind}" in chapter


def test_the_chapters_have_the_order_of_the_types(pages: dict[str, Any]) -> None:
    headings = [line[3:] for line in pages["docs/pagination.md"].prose.splitlines() if line.startswith("## ")]
    assert tuple(headings[: len(_TYPES)]) == _TYPES
