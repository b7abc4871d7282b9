"""`make release-check` reports what prevents a release."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.release_check import ROOT, Check, main, versions

_FILES = ("pyproject.toml", "CHANGELOG.md", "Dockerfile", "helm/common.yaml")


def test_the_version_is_the_same_everywhere() -> None:
    found = versions(ROOT)
    assert found.keys() == {*_FILES}
    assert len(set(found.values())) == 1, found


@pytest.mark.parametrize("name", _FILES)
def test_a_file_with_another_version_is_reported(name: str, tmp_path: Path) -> None:
    before = versions(ROOT)
    for each in _FILES:
        (tmp_path / each).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / each, tmp_path / each)
    file = tmp_path / name
    file.write_text(file.read_text(encoding="utf-8").replace(before[name], "0.0.9"), encoding="utf-8")
    assert versions(tmp_path) == {**before, name: "0.0.9"}


def test_all_checks_run_and_one_failure_sets_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    def nothing() -> Iterator[str]:
        return iter(())

    def stale() -> Iterator[str]:
        return iter(("requirements.lock is stale",))

    assert main((Check("locks", stale), Check("docs", nothing))) == 1
    printed = capsys.readouterr()
    assert printed.out == "FAILED  locks\nok      docs\n"
    assert printed.err == "\nrequirements.lock is stale\n"
    assert main((Check("docs", nothing),)) == 0
