"""Run scripts/install.sh with a package index in a folder, so that no release can break the tests.

The locked package `app` requires `library[extra]`, as port-ocean requires `pydantic[dotenv]`. The index also
has a newer `library`. The package that the extra requires is in no index, so resolving dependencies fails.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
PYTHON: str = getattr(sys, "_base_executable", sys.executable)
_PROJECT_FILES = ("pyproject.toml", "requirements-dev.lock", "scripts/install.sh", "scripts/ocean-custom")


@dataclass(frozen=True, slots=True)
class Index:
    """A package index in a folder, in the form that pip's `--index-url` reads (PEP 503)."""

    folder: Path

    def add(self, name: str, version: str, *metadata: str) -> str:
        """Add a wheel. Return its line for a lock file."""
        wheel = self.folder / name / f"{name}-{version}-py3-none-any.whl"
        wheel.parent.mkdir(parents=True, exist_ok=True)
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
            head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            archive.writestr(f"{info}/METADATA", head + "".join(f"{line}\n" for line in metadata))
            archive.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{info}/RECORD", "")
        return self._listed(name, version, wheel)

    def add_source(self, name: str, version: str) -> str:
        """Add a source distribution, which pip would have to build. Return its line for a lock file."""
        archive = self.folder / name / f"{name}-{version}.zip"
        archive.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(
                f"{name}-{version}/PKG-INFO", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            )
            file.writestr(f"{name}-{version}/setup.py", "raise SystemExit('was built')\n")
        return self._listed(name, version, archive)

    def _listed(self, name: str, version: str, file: Path) -> str:
        links = [f'<a href="{each.name}">{each.name}</a>' for each in sorted(file.parent.glob("*-*"))]
        (file.parent / "index.html").write_text("\n".join(links), encoding="utf-8")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return f"{name}=={version} \\\n    --hash=sha256:{digest}\n"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy the files that the script needs to a folder whose name has a space."""
    folder = tmp_path / "a project"
    for name in _PROJECT_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def quick_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an interpreter that copies a prepared virtual environment. Installing pip takes 6 s."""
    folder = tmp_path_factory.mktemp("interpreter")
    prepared, program = folder / "prepared", folder / "python"
    subprocess.run([PYTHON, "-m", "venv", prepared], check=True, timeout=120)
    script(
        program,
        f"""
        case "$*" in "-m venv --clear .venv") rm -rf .venv; exec cp -Rp "{prepared}" .venv ;; esac
        exec "{PYTHON}" "$@"
        """,
    )
    return str(program)


def install(
    project: Path, index: Index, *locked: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    (project / "small.lock").write_text("".join(locked), encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    environ |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index.folder.as_uri(),
        "PIP_NO_CACHE_DIR": "1",
        "PYTHON": PYTHON,
        "PYENV_ROOT": str(project / "no pyenv"),
    }
    return subprocess.run(
        [project / "scripts" / "install.sh", "small.lock"],
        env=environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def installed(project: Path, name: str) -> str:
    program = f"import {name}; print({name}.VERSION)"
    done = subprocess.run(
        [project / ".venv" / "bin" / "python", "-c", program], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr


def test_only_the_packages_of_the_lock_file_are_installed(
    project: Path, index: Index, quick_python: str
) -> None:
    locked = (
        index.add("app", "1.0", "Requires-Dist: library[extra] >=1"),
        index.add("library", "1.0", "Provides-Extra: extra", 'Requires-Dist: nowhere; extra == "extra"'),
    )
    index.add("library", "2.0", "Provides-Extra: extra", 'Requires-Dist: nowhere; extra == "extra"')
    newer = index.add("app", "9.0")
    done = install(project, index, *locked, PYTHON=quick_python)
    assert done.returncode == 0, done.stderr
    assert (installed(project, "app"), installed(project, "library")) == ("1.0", "1.0")
    assert (project / ".venv" / "bin" / "ocean-custom").exists()

    again = install(project, index, *locked, PYTHON=quick_python, PIP_INDEX_URL="file:///nowhere")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")

    assert install(project, index, newer, PYTHON=quick_python).returncode == 0
    assert installed(project, "app") == "9.0"
    assert "No module named 'library'" in installed(project, "library")


@pytest.mark.parametrize(
    ("locked", "message"),
    [
        pytest.param(
            lambda index: index.add("app", "1.0", "Requires-Dist: library"),
            "small.lock is not complete; update it with 'make lock'\ninstall: app 1.0 requires library",
            id="a package that is missing in the lock file",
        ),
        pytest.param(
            lambda index: index.add("app", "1.0").replace("sha256:", "sha256:0")[:-2] + "\n",
            "DO NOT MATCH THE HASHES",
            id="another file under the locked name",
        ),
        pytest.param(
            lambda index: index.add_source("app", "1.0"), "SOURCE_BUILDS=yes", id="a package without a wheel"
        ),
    ],
)
def test_a_failed_installation_is_explained(
    locked: Callable[[Index], str], message: str, project: Path, index: Index, quick_python: str
) -> None:
    done = install(project, index, locked(index), PYTHON=quick_python)
    assert done.returncode == 1
    assert message in done.stderr
    assert "was built" not in done.stderr
    assert not (project / ".venv" / ".installed-from").exists(), "the next run would consider it installed"


def script(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{textwrap.dedent(text)}", encoding="utf-8")
    file.chmod(0o755)


def test_programs_that_do_not_start_are_skipped(project: Path, index: Index, tmp_path: Path) -> None:
    """pyenv's shims exit with an error for versions that are not selected."""
    for name in ("python3.13", "python3.12", "python3.14", "python3", "python", "uv"):
        script(tmp_path / "shims" / name, 'echo "pyenv: $0: command not found" >&2\nexit 127\n')
    python = tmp_path / "pyenv" / "versions" / "3.12.99" / "bin" / "python"
    script(python, f'exec "{PYTHON}" "$@"\n')
    path = f"{tmp_path / 'shims'}:/usr/bin:/bin"
    environment = {"PATH": path, "PYTHON": "", "PYENV_ROOT": str(tmp_path / "pyenv")}
    done = install(project, index, index.add("app", "1.0"), **environment)
    assert done.returncode == 0, done.stderr
    assert installed(project, "app") == "1.0"
    assert "command not found" not in done.stderr


def test_an_unsupported_python_is_rejected_by_name(project: Path, index: Index, tmp_path: Path) -> None:
    too_new = tmp_path / "python3.15"
    script(too_new, "exit 1\n")
    done = install(project, index, index.add("app", "1.0"), PYTHON=str(too_new))
    assert done.returncode == 1
    expected = f"install: PYTHON={too_new} does not start, lacks venv, or is not Python 3.12 to 3.14\n"
    assert done.stderr == expected
