"""Each version of the documentation is published beside the others."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.site_versions import publish

_SCRIPT = Path(__file__).parents[2] / "scripts" / "site_versions.py"


def _built(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder


def _published(folder: Path, *versions: str) -> Path:
    published = folder / "published"
    for number, version in enumerate(versions):
        publish(_built(folder / f"{number}", version), published, version)
    return published


def _text(published: Path, folder: str) -> str:
    return (published / folder / "index.html").read_text(encoding="utf-8")


def test_a_release_has_its_folder_and_is_the_latest(tmp_path: Path) -> None:
    published = _published(tmp_path, "1.0.0", "dev", "2.1.0", "2.0.3")
    assert json.loads((published / "versions.json").read_text()) == [
        {"version": "2.1", "title": "2.1.0", "aliases": ["latest"]},
        {"version": "2.0", "title": "2.0.3", "aliases": []},
        {"version": "1.0", "title": "1.0.0", "aliases": []},
        {"version": "dev", "title": "dev", "aliases": []},
    ]
    assert [_text(published, folder) for folder in ("1.0", "2.0", "2.1", "latest", "dev")] == [
        *("1.0.0", "2.0.3", "2.1.0", "2.1.0", "dev")
    ]
    assert 'url=latest/"' in _text(published, ".")


def test_a_patch_replaces_its_minor_version_without_leftovers(tmp_path: Path) -> None:
    published = _published(tmp_path, "2.1.0")
    (published / "2.1" / "old.html").touch()
    publish(_built(tmp_path / "patch", "2.1.1"), published, "2.1.1")
    assert [path.name for path in (published / "2.1").iterdir()] == ["index.html"]
    assert _text(published, "latest") == "2.1.1"
    assert json.loads((published / "versions.json").read_text()) == [
        {"version": "2.1", "title": "2.1.1", "aliases": ["latest"]}
    ]


def test_versions_are_ordered_by_number(tmp_path: Path) -> None:
    published = _published(tmp_path, "2.9.0", "2.10.0", "2.9.1")
    assert [each["version"] for each in json.loads((published / "versions.json").read_text())] == [
        "2.10",
        "2.9",
    ]
    assert _text(published, "latest") == "2.10.0"


def test_before_the_first_release_the_index_leads_to_dev(tmp_path: Path) -> None:
    published = _published(tmp_path, "dev")
    assert 'url=dev/"' in _text(published, ".")
    assert not (published / "latest").exists()


@pytest.mark.process
def test_the_script_needs_no_installed_package_and_rejects_other_names(tmp_path: Path) -> None:
    site = _built(tmp_path / "site", "2.0.0")

    def run(version: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(_SCRIPT), str(site), str(tmp_path / "published"), version]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("2.0.0").stdout == "2.0 2.0.0 latest\n"
    assert "neither dev nor a release" in run("v2").stderr
    assert not (tmp_path / "published" / "v2").exists()
