"""The GitHub workflows are consistent with the project and grant few permissions."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
_FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# The write permissions of each job's token. Other jobs only read.
_MAY_WRITE = {
    "nightly.yml report": {"issues"},
    "release.yml images": {"packages"},
    "release.yml publish": {"contents"},
    "site.yml publish": {"contents"},
    "site.yml deploy": {"id-token", "pages"},
}
_FULL_VERSION = re.compile(r"[\w.-]+/[\w./-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})")


def _workflow(file: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return workflow


_WORKFLOWS = {file.name: _workflow(file) for file in _FILES}
_JOBS = {
    f"{name} {job}": (workflow, content)
    for name, workflow in _WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
}


@pytest.fixture(params=_JOBS)
def job(request: pytest.FixtureRequest) -> dict[str, Any]:
    content: dict[str, Any] = _JOBS[request.param][1]
    return content


def _targets(job: dict[str, Any]) -> Iterator[str]:
    """Yield the make targets that a job runs."""
    for step in job["steps"]:
        yield from re.findall(r"\bmake ([a-z][a-z-]*)", step.get("run", ""))


@pytest.mark.process
def test_actionlint_finds_nothing() -> None:
    program = Path(sys.executable).with_name("actionlint")
    done = subprocess.run([program, *_FILES], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_to_a_full_version(job: dict[str, Any]) -> None:
    used = [step["uses"] for step in job["steps"] if not step.get("uses", "./").startswith("./")]
    assert [action for action in used if not _FULL_VERSION.fullmatch(action)] == []


def test_an_action_has_the_same_version_everywhere() -> None:
    action = yaml.safe_load((ROOT / "actions" / "plan" / "action.yml").read_text(encoding="utf-8"))
    jobs = [*(job for _, job in _JOBS.values()), action["runs"]]
    used = {step["uses"] for job in jobs for step in job["steps"] if "uses" in step}
    names = [action.partition("@")[0] for action in used]
    assert sorted(names) == sorted(set(names))


def test_ci_runs_on_every_supported_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    admitted = SpecifierSet(project["requires-python"])
    tested = _WORKFLOWS["ci.yml"]["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert tested == [version for version in (f"3.{minor}" for minor in range(100)) if version in admitted]


def test_every_make_target_exists(job: dict[str, Any]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(_targets(job)) <= set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def test_the_workflows_run_check_and_test() -> None:
    """Otherwise test_every_make_target_exists could pass without any targets."""
    assert {target for _, job in _JOBS.values() for target in _targets(job)} >= {"check", "test"}


def test_every_job_has_a_timeout(job: dict[str, Any]) -> None:
    assert 0 < job["timeout-minutes"] <= 90


@pytest.mark.parametrize("name", _JOBS)
def test_every_job_declares_its_permissions(name: str) -> None:
    workflow, job = _JOBS[name]
    assert "permissions" in workflow, "without this key, jobs would get the repository's default permissions"
    granted = job.get("permissions", workflow["permissions"])
    assert isinstance(granted, dict), f"{granted} grants everything"
    writes = {scope for scope, access in granted.items() if access == "write"}
    assert writes == _MAY_WRITE.get(name, set())


def test_no_checkout_persists_its_token(job: dict[str, Any]) -> None:
    checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
