"""Pagination settings, and their overrides in a mapping."""

import pytest

from configuration.pagination import PaginationSettings
from expressions.paths import setting_path
from rest.errors import ResourceError


def test_a_different_type_inherits_only_page_size_and_max_pages() -> None:
    """The names of parameters differ between types."""
    old = PaginationSettings(
        type="cursor",
        param="starting_after",
        size_param="n",
        cursor_path=setting_path("meta.next"),
        page_size=20,
        max_pages=7,
        start_page=0,
    )
    assert old.with_overrides({"type": "page"}, "w") == PaginationSettings(
        type="page", page_size=20, max_pages=7
    )


def test_settings_without_a_type_apply_to_the_mapping_s_type() -> None:
    old = PaginationSettings(param="after", size_param="n")
    assert old.with_overrides({"type": "cursor"}, "w") == PaginationSettings(
        type="cursor", param="after", size_param="n"
    )


def test_the_same_type_inherits_all_keys() -> None:
    old = PaginationSettings(type="cursor", param="after", cursor_path=setting_path("meta.next"))
    assert old.with_overrides({"type": "cursor", "page_size": "5"}, "w") == PaginationSettings(
        type="cursor", param="after", cursor_path=setting_path("meta.next"), page_size=5
    )


@pytest.mark.parametrize("path", [".a[].b?", ".a | .b", "a.b", '"a.b".c', ".[-1].id"])
def test_paths_survive_an_override(path: str) -> None:
    old = PaginationSettings(cursor_path=setting_path(path))
    assert old.with_overrides({"page_size": 5}, "w").cursor_path == setting_path(path)


def test_blank_and_null_overrides_are_ignored() -> None:
    old = PaginationSettings(type="cursor", param="after")
    assert old.with_overrides({"type": "", "param": None}, "w") == old


def test_a_wrong_override_is_reported_with_its_key() -> None:
    with pytest.raises(ResourceError, match=r"^here\.max_pages: got 0, accepts a whole number, 1 or more$"):
        PaginationSettings().with_overrides({"max_pages": 0}, "here")
