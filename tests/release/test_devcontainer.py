"""The devcontainer fits the project and the specification of devcontainers.

Sources: https://github.com/devcontainers/spec/blob/main/schemas/devContainer.base.schema.json and
https://github.com/devcontainers/images/tree/main/src/python, read on 2026-11-30.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from builder.web import DEFAULT_PORT

ROOT = Path(__file__).parents[2]
# The properties that the file may use, with their types: the schema allows no others.
_TYPES: dict[str, type] = {
    "$schema": str,
    "name": str,
    "image": str,
    "features": dict,
    "postCreateCommand": str,
    "postStartCommand": str,
    "containerEnv": dict,
    "remoteEnv": dict,
    "remoteUser": str,
    "forwardPorts": list,
    "portsAttributes": dict,
    "customizations": dict,
}
_PORT_TYPES = {"label": str, "requireLocalPort": bool, "onAutoForward": str, "protocol": str}
_ON_FORWARD = {"notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"}
_EXTENSION = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")


@pytest.fixture(scope="module")
def container() -> dict[str, Any]:
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_file_has_only_properties_of_the_specification(container: dict[str, Any]) -> None:
    for name, value in container.items():
        assert isinstance(value, _TYPES[name]), name
    assert all(isinstance(text, str) for text in container["remoteEnv"].values())
    for port, attributes in container["portsAttributes"].items():
        assert port.isdigit()
        assert all(isinstance(value, _PORT_TYPES[name]) for name, value in attributes.items())
        assert attributes["onAutoForward"] in _ON_FORWARD
    extensions = container["customizations"]["vscode"]["extensions"]
    assert [each for each in extensions if not _EXTENSION.fullmatch(each)] == []


def test_the_image_has_the_python_that_releases_are_built_with(container: dict[str, Any]) -> None:
    image, _, version = container["image"].partition(":")
    assert image == "mcr.microsoft.com/devcontainers/python"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"{version}.0" in SpecifierSet(project["requires-python"])
    release = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert f'python-version: "{version}"' in release


def test_the_command_is_a_make_target_and_creates_the_environment_on_the_path(
    container: dict[str, Any],
) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    program, target = container["postCreateCommand"].split()
    assert program == "make"
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert "python=.venv/bin/python" in (ROOT / "scripts" / "install.sh").read_text(encoding="utf-8")
    settings = container["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")
    assert container["remoteEnv"]["PATH"].startswith("${containerWorkspaceFolder}/.venv/bin:")


@pytest.mark.process
def test_the_ports_are_those_of_builder_sandbox_and_sample_api(container: dict[str, Any]) -> None:
    wanted = [DEFAULT_PORT, _default_port("sandbox.port_api"), _default_port("sandbox.sample_api")]
    assert container["forwardPorts"] == wanted
    assert list(container["portsAttributes"]) == [str(port) for port in wanted]
    # The builder's page answers only to its own host and port.
    assert container["portsAttributes"][str(DEFAULT_PORT)]["requireLocalPort"] is True


def _default_port(module: str) -> int:
    """Return the default of `--port`, as the help of a server says it."""
    command = [sys.executable, "-m", module, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = re.search(r"--port PORT\s.*?\((\d+)\)", done.stdout, re.DOTALL)
    assert found, done.stdout
    return int(found[1])
