"""Do the newest versions that pyproject.toml admits still work? `make drift`.

They are installed into an environment of their own, without a lock. Then the type check, the unit tests and
the demo run in it. Prints what moved and what broke; the exit code is 1 if anything broke. Nothing in the
project's folder changes.
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
_NEWEST = ("--requirement", "pyproject.toml", "--extra", "dev")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that has to work with the newest versions. arguments: of that environment's Python."""

    title: str
    arguments: tuple[str, ...]


STEPS = (
    Step("dependencies fit together", ("-m", "pip", "check")),
    Step("types", ("-m", "mypy", "--cache-dir", "/dev/null", ".")),
    Step("unit tests", ("-m", "pytest", "-q", "-n", "auto", "--unit")),
    Step("demo", ("scripts/demo.py",)),
)


def pins(text: str) -> dict[str, str]:
    """Versions by package, of a lock file or of what `pip freeze` prints."""
    return {name.lower().replace("_", "-"): version for name, version in _PIN.findall(text)}


def moves(locked: Mapping[str, str], newest: Mapping[str, str]) -> Iterator[str]:
    """A line for each package whose version differs from the lock, is new, or is no longer needed.

    A lock holds packages of other platforms too: one that is not installed here is not news.
    """
    for name in sorted(newest):
        if name not in locked:
            yield f"{name}: new, {newest[name]}"
        elif locked[name] != newest[name]:
            yield f"{name}: {locked[name]} -> {newest[name]}"


def install(folder: Path) -> Path:
    """Installs the newest versions. Returns the environment's Python. Raises SystemExit: it does not work."""
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
    """Versions by package."""
    command = (python, "-m", "pip", "--disable-pip-version-check", "freeze")
    return pins(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def works(step: Step, python: Path) -> bool:
    """Runs a step, with a line about it, and the end of what it printed if it failed."""
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
    """The exit code."""
    locked = pins((ROOT / "requirements-dev.lock").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="ocean-custom-drift-") as folder:
        python = install(Path(folder))
        moved = list(moves(locked, installed(python)))
        print("\n".join([f"{len(moved)} packages differ from the lock:", *moved]), flush=True)
        results = [works(step, python) for step in STEPS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
