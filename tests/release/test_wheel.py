"""The wheel works in a new environment, as `uvx --from . ocean-custom` and pipx create it."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.end_to_end.conftest import port, sample

__all__ = ["port", "sample"]

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
_TIMEOUT_S = 300


def run(command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str] = {}) -> str:
    """Run a command and return its output. Raises AssertionError: its exit code is not 0."""
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        [UV, "build", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", folder, ROOT],
        folder,
    )
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return `ocean-custom` in an environment with only the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("environment")
    run([UV, "venv", "--quiet", "--python", sys.executable, folder / "venv"], folder)
    python = folder / "venv" / "bin" / "python"
    locked = ("--constraint", ROOT / "requirements-dev.lock", "--only-binary", ":all:")
    run([UV, "pip", "install", "--quiet", "--python", python, *locked, wheel], folder)
    return python.with_name("ocean-custom")


def test_the_wheel_has_one_top_level_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"ocean_custom", "custom-2.0.0.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".db")]


def test_the_wheel_has_what_the_tools_of_an_assistant_read(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"ocean_custom/docs/troubleshooting.md", "ocean_custom/skills/ocean-custom/SKILL.md"} <= names


def test_the_demo_syncs_every_kind_and_shows_changes_arriving(command: Path, tmp_path: Path) -> None:
    printed = run([command, "demo"], tmp_path)
    assert printed.count("completed") == 12, printed
    assert printed.count("in the catalog after") == 3, printed
    assert not list(tmp_path.iterdir())


@contextmanager
def served(command: Path, folder: Path) -> Iterator[str]:
    """Start the builder and yield its URL."""
    process = subprocess.Popen(
        [command, "builder", "--no-browser", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "http://" in line)
        yield "http://" + line.partition("http://")[2].split()[0]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_the_builder_serves_its_page(command: Path, tmp_path: Path) -> None:
    with served(command, tmp_path) as address, httpx.Client(follow_redirects=True) as browser:
        page = browser.get(address).raise_for_status()
        assert "<title>" in page.text
        assert browser.get(page.url.join("/static/builder.css")).is_success


def test_sync_runs_a_resync(command: Path, tmp_path: Path, port: Any, sample: httpx.Client) -> None:
    kind = "/none/page/api/v1/users"
    mappings = {"identifier": ".id", "blueprint": '"user"'}
    mapping = {
        "resources": [
            {
                "kind": kind,
                "selector": {"data_path": ".users", "pagination": {"type": "page"}},
                "port": {"entity": {"mappings": mappings}},
            }
        ]
    }
    port.prepare(mapping)
    port.install("from-the-wheel", mapping)
    settings = {
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": "from-the-wheel",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": str(sample.base_url).rstrip("/"),
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
    }
    env_file = tmp_path / "settings.env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    printed = run([command, "sync", "--env-file", env_file], tmp_path)
    assert f"completed  {kind}" in printed
    assert port.counts() == {"user": 120}
