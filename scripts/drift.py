"""Test the project with the newest versions that pyproject.toml allows (`make drift`).

The versions are installed into a separate environment without a lock file. The type check, the unit tests and
the demo run in it. The output lists changed versions and failures. The exit code is 1 if a step failed. The
project's folder does not change.
"""

import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_SHOWN_LINES = 60
_NEWEST = ("--requirement", "pyproject.toml", "--extra", "dev", "--extra", "mcp")


@dataclass(frozen=True, slots=True)
class Step:
    """A step that must pass with the newest versions. arguments: for the environment's Python."""

    title: str
    arguments: tuple[str, ...]


STEPS = (
    Step("compatible dependencies", ("-m", "pip", "check")),
    Step("types", ("-m", "mypy", "--cache-dir", "/dev/null", ".")),
    Step("unit tests", ("-m", "pytest", "-q", "-n", "auto", "--unit")),
    Step("demo", ("scripts/demo.py",)),
)


def pins(text: str) -> dict[str, str]:
    """Return versions by package from a lock file or the output of `pip freeze`."""
    return {name.lower().replace("_", "-"): version for name, version in _PIN.findall(text)}


def moves(locked: Mapping[str, str], newest: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each package that is new or has another version than in the lock file.

    Packages of the lock file that are not installed are ignored: they can be for other platforms.
    """
    for name in sorted(newest):
        if name not in locked:
            yield f"{name}: new, {newest[name]}"
        elif locked[name] != newest[name]:
            yield f"{name}: {locked[name]} -> {newest[name]}"


def install(folder: Path) -> Path:
    """Install the newest versions. Return the environment's Python. Raises SystemExit: uv failed."""
    uv = Path(sys.executable).with_name("uv")
    python = folder / "bin" / "python"
    commands = (
        ("venv", "--quiet", "--seed", "--python", sys.executable, str(folder)),
        (
            "pip",
            "install",
            "--quiet",
            "--refresh",
            "--only-binary",
            ":all:",
            "--python",
            str(python),
            *_NEWEST,
        ),
    )
    for command in commands:
        done = subprocess.run([uv, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"drift: uv {shlex.join(command)} failed:\n{done.stderr}")
    return python


def installed(python: Path) -> dict[str, str]:
    """Return the installed versions by package."""
    command = (python, "-m", "pip", "--disable-pip-version-check", "freeze")
    return pins(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def works(step: Step, python: Path) -> bool:
    """Run a step and print its result, with the end of its output if it failed. Return whether it passed."""
    start = time.monotonic()
    done = subprocess.run(
        [python, *step.arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(
        f"{'FAILED' if done.returncode else 'ok':<7}{step.title} ({time.monotonic() - start:.0f} s)",
        flush=True,
    )
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-_SHOWN_LINES:]), flush=True)
    return done.returncode == 0


def main() -> int:
    """Run all steps. Return the exit code."""
    locked = pins((ROOT / "requirements-dev.lock").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="ocean-custom-drift-") as folder:
        python = install(Path(folder))
        moved = list(moves(locked, installed(python)))
        print("\n".join([f"{len(moved)} packages differ from the lock:", *moved]), flush=True)
        results = [works(step, python) for step in STEPS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
