"""Check that a release can be made (`make release-check`).

All checks run, with a line for each. Failures are shown at the end, and the exit code is then 1. The
environment variable UV_COMPILE is the Makefile's command that writes a lock file.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
_EXTRAS = ("--extra", "dev", "--extra", "mcp", "--constraints", "requirements.lock")
# Additional options of the command for each lock file.
LOCKS = {"requirements.lock": (), "requirements-dev.lock": _EXTRAS}
_SHOWN_LINES = 30


@dataclass(frozen=True, slots=True)
class Check:
    """A check. mistakes: yields a message for each failure."""

    title: str
    mistakes: Callable[[], Iterator[str]]


def versions(root: Path) -> dict[str, str]:
    """Return the version in each file that has it."""
    text = {name: (root / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "Dockerfile")}
    released = re.findall(r"^## (\d\S*)", text["CHANGELOG.md"], re.MULTILINE)
    built = re.findall(r"^ARG VERSION=(\S+)", text["Dockerfile"], re.MULTILINE)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    helm = yaml.safe_load((root / "helm" / "common.yaml").read_text(encoding="utf-8"))
    return {
        "pyproject.toml": project["version"],
        "CHANGELOG.md": released[0] if released else "none",
        "Dockerfile": " and ".join(dict.fromkeys(built)),
        "helm/common.yaml": str(helm["integration"]["version"]),
    }


def _versions_differ() -> Iterator[str]:
    found = versions(ROOT)
    if len(set(found.values())) > 1:
        yield ", ".join(f"{file} has {version}" for file, version in found.items())


def _unreleased_changes() -> Iterator[str]:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## Unreleased\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    if found and found[1].strip():
        yield "CHANGELOG.md has unreleased changes"


def _stale_locks() -> Iterator[str]:
    """Compile each lock file from itself, in another folder. A fresh lock file does not change."""
    for name, options in LOCKS.items():
        with tempfile.TemporaryDirectory() as folder:
            made = Path(shutil.copy(ROOT / name, folder))
            command = [*shlex.split(os.environ["UV_COMPILE"]), *options, "--output-file", str(made)]
            failed = list(_failed(*command))
            yield from failed
            if not failed and made.read_bytes() != (ROOT / name).read_bytes():
                yield f"{name} does not match pyproject.toml. Run make lock"


def _failed(*command: str) -> Iterator[str]:
    """Run a command. Yield the end of its output if it failed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "CI": "true"},  # with CI=true no test is skipped
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        yield "\n".join([shlex.join(command), *done.stdout.splitlines()[-_SHOWN_LINES:]])


def _tests(folder: str) -> Callable[[], Iterator[str]]:
    return lambda: _failed(sys.executable, "-m", "pytest", "-q", folder)


CHECKS = (
    Check("one version everywhere", _versions_differ),
    Check("changelog is complete", _unreleased_changes),
    Check("lock files are fresh", _stale_locks),
    Check(
        "references are generated",
        lambda: _failed(sys.executable, "-m", "scripts.write_reference", "--check"),
    ),
    Check("examples sync", _tests("tests/examples")),
    Check("values files sync", _tests("tests/helm")),
    Check("image builds and syncs", _tests("tests/image")),
)


def main(checks: tuple[Check, ...] = CHECKS) -> int:
    """Run all checks. Return the exit code."""
    mistakes: list[str] = []
    for check in checks:
        found = list(check.mistakes())
        print(f"{'FAILED' if found else 'ok':<7} {check.title}", flush=True)
        mistakes += found
    for mistake in mistakes:
        print(f"\n{mistake}", file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
