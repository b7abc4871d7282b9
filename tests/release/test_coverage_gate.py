"""The coverage gate checks each package."""

import pytest

from scripts.coverage_gate import coverage_by_package


def _file(covered: int, total: int) -> dict[str, dict[str, int]]:
    summary = {
        "covered_lines": covered,
        "num_statements": total,
        "covered_branches": 0,
        "num_branches": 0,
    }
    return {"summary": summary}


def test_the_coverage_of_a_package_includes_all_its_files() -> None:
    files = {"rest/a.py": _file(9, 10), "rest/formats/b.py": _file(10, 10), "http_client.py": _file(1, 4)}
    assert coverage_by_package(files) == pytest.approx({"rest": 95, "http_client.py": 25})


def test_a_file_without_statements_causes_no_division_by_zero() -> None:
    assert coverage_by_package({"auth/__init__.py": _file(0, 0)}) == {"auth": 0}
