"""The generated reference pages are up to date."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from configuration.settings import setting_names
from scripts.write_reference import PAGES

_ROOT = Path(__file__).parents[2]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.write_reference", *arguments],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_matches_the_models(name: str) -> None:
    """Run `python -m scripts.write_reference` if this fails."""
    assert (_ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name]()


@pytest.mark.process
def test_check_reports_a_stale_page_and_writes_nothing(tmp_path: Path) -> None:
    assert _run("--folder", str(tmp_path)).returncode == 0
    assert _run("--folder", str(tmp_path), "--check").returncode == 0
    page = tmp_path / "settings.md"
    page.write_text(page.read_text(encoding="utf-8").replace("`timeout`", "`patience`"), encoding="utf-8")
    before = page.read_bytes()
    done = _run("--folder", str(tmp_path), "--check")
    assert (done.returncode, done.stdout) == (1, "settings.md: is stale\n")
    assert page.read_bytes() == before


def test_every_setting_is_documented_once() -> None:
    documented = re.findall(r"^\| `(\w+)`", PAGES["settings.md"](), re.MULTILINE)
    assert sorted(documented) == sorted(setting_names())


def test_the_page_has_the_defaults_of_the_specification() -> None:
    """Ocean fills in the defaults of .port/spec.yaml."""
    spec = yaml.safe_load((_ROOT / ".port" / "spec.yaml").read_text(encoding="utf-8"))
    page = PAGES["settings.md"]()
    for entry in spec["configurations"]:
        if "default" in entry:
            default = str(entry["default"]).lower() if entry["type"] == "boolean" else entry["default"]
            row = next(line for line in page.splitlines() if line.startswith(f"| `{entry['name']}`"))
            assert row.split(" | ")[2] == f"`{default}`"
