"""The page about speed agrees with the results file, and each set of figures is on it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.figure_charts import CHARTS
from benchmarks.figures import SECTIONS
from benchmarks.results import read_results
from scripts.write_benchmarks import PAGE, written

_ROOT = Path(__file__).parents[2]


def test_the_page_and_the_charts_agree_with_the_results() -> None:
    """Run `python -m scripts.write_benchmarks` if this fails."""
    for path, text in written(_ROOT, read_results().scenarios).items():
        assert (_ROOT / path).read_text(encoding="utf-8") == text, path


def test_all_figures_and_charts_are_on_the_page() -> None:
    page = (_ROOT / PAGE).read_text(encoding="utf-8")
    assert set(re.findall(r"<!-- figures: (\S+) -->", page)) == SECTIONS.keys() | CHARTS.keys()


@pytest.mark.process
def test_check_reports_a_stale_page_and_writes_nothing(tmp_path: Path) -> None:
    page = tmp_path / PAGE
    page.parent.mkdir()
    page.write_text((_ROOT / PAGE).read_text(encoding="utf-8"), encoding="utf-8")

    def run(*arguments: str) -> int:
        command = [sys.executable, "-m", "scripts.write_benchmarks", "--folder", str(tmp_path), *arguments]
        return subprocess.run(command, cwd=_ROOT, check=False, timeout=60, capture_output=True).returncode

    assert run() == 0
    assert run("--check") == 0
    end = "<!-- end of figures -->"
    stale = page.read_text(encoding="utf-8").replace(end, f"old\n{end}", 1)
    page.write_text(stale, encoding="utf-8")
    assert run("--check") == 1
    assert page.read_text(encoding="utf-8") == stale
