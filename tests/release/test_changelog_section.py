"""scripts/changelog_section.py prints the release notes of a version."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.changelog_section import main, section
from scripts.release_check import ROOT, versions

_CHANGELOG = """\
# Changelog

What users notice.

## Unreleased

## 1.10.0 (2026-11-29)

The tenth.

### Added

- A line with ## in it.
  Its second line.

#### Details

- One more.

## 1.1.0

### Fixed

- A crash.

## 1.0.0

The first.
"""

_TENTH = """\
The tenth.

### Added

- A line with ## in it.
  Its second line.

#### Details

- One more.
"""


@pytest.mark.parametrize(
    ("version", "text"),
    [
        pytest.param("1.10.0", _TENTH, id="with a date and subheadings"),
        pytest.param("1.1.0", "### Fixed\n\n- A crash.\n", id="a version that is the prefix of another"),
        pytest.param("1.0.0", "The first.\n", id="the last one"),
    ],
)
def test_a_section_is_returned_exactly(version: str, text: str) -> None:
    assert section(_CHANGELOG, version) == text


@pytest.mark.parametrize(
    "version",
    [
        pytest.param("2.0.0", id="unknown"),
        pytest.param("1.1", id="the start of a version"),
        pytest.param("1.1.0.0", id="more than a version"),
        pytest.param("1.1x0", id="a dot is no wildcard"),
        pytest.param("Unreleased", id="empty"),
        pytest.param("", id="no version"),
    ],
)
def test_a_version_without_a_section_is_an_error(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(_CHANGELOG, encoding="utf-8")
    assert main([version], changelog) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"changelog_section: CHANGELOG.md says nothing about version {version}\n"


@pytest.mark.process
def test_the_program_prints_the_section_of_the_current_version() -> None:
    version = versions(ROOT)["CHANGELOG.md"]
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "changelog_section.py", version],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == section((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
