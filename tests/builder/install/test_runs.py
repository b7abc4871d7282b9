"""Runs of `ocean sail --once` with the printed files, into the sandbox of Port."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from builder.draft import Draft, Installation
from builder.install import bundle, creation, env_file, integration_request
from tests.builder.install.terraform_model import apply_terraform

pytestmark = pytest.mark.process

_FILLED_IN = {
    "<PORT_CLIENT_ID>": "sandbox",
    "<PORT_CLIENT_SECRET>": "sandbox",
    "<YOUR_API_TOKEN>": "sample-token",
}
type Read = Callable[[str], dict[str, str]]
type Sail = Callable[[Mapping[str, str]], str]


@pytest.fixture
def printed(draft: Draft, port: httpx.Client, sample_url: str) -> Draft:
    """The draft with the URLs of the servers of this test."""
    settings = {**draft.settings, "baseUrl": f"{sample_url}/bearer/page"}
    installation = Installation("printed", port_base_url=str(port.base_url).rstrip("/"))
    return replace(draft, settings=settings, installation=installation)


@pytest.fixture
def sail(ocean_command: Any, clean_environment: dict[str, str]) -> Sail:
    """Runs `ocean sail --once` with the given variables, and returns its output."""
    # The disk cache is one for all processes of a machine, and so is the port.
    own = {"OCEAN__CACHING_STORAGE_MODE": "memory", "APPLICATION__PORT": "0"}

    def run(variables: Mapping[str, str]) -> str:
        printed: str = ocean_command.run(["sail", "--once"], {**clean_environment, **variables, **own}).stdout
        return printed

    return run


def _filled_in(content: str) -> str:
    for placeholder, value in _FILLED_IN.items():
        content = content.replace(placeholder, value)
    return content


def _entities(port: httpx.Client, blueprint: str) -> dict[str, Any]:
    found = port.get("/_sandbox/entities", params={"blueprint": blueprint}).raise_for_status().json()
    return {entity["identifier"]: entity for entity in found}


def _check_arrived(port: httpx.Client, log: str) -> None:
    users, projects = _entities(port, "sampleUser"), _entities(port, "sampleProject")
    assert set(users) == {str(number) for number in range(1, 121)}, log
    assert users["1"]["properties"].keys() == {"email", "active"}
    assert projects, log
    assert {project["relations"]["owner"] for project in projects.values()} <= users.keys()


def test_a_run_with_the_env_file_syncs_into_port(
    printed: Draft, port: httpx.Client, docker_env_file: Read, sail: Sail
) -> None:
    plan = creation(printed)
    for body in plan.create:
        port.post("/v1/blueprints", json=body).raise_for_status()
    for identifier, body in plan.relate.items():
        port.patch(f"/v1/blueprints/{quote(identifier)}", json=body).raise_for_status()
    port.post("/v1/integration?upsert=true", json=integration_request(printed, "0.1.0")).raise_for_status()
    log = sail(docker_env_file(_filled_in(env_file(printed))))
    _check_arrived(port, log)


def test_a_run_with_the_archive_creates_everything_in_an_empty_port(
    printed: Draft,
    port: httpx.Client,
    docker_env_file: Read,
    sail: Sail,
    tmp_path: Path,
) -> None:
    """The command mounts the folder, and the first start creates its blueprints and mapping."""
    for name, text in bundle(printed).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(_filled_in(text), encoding="utf-8")
    variables = docker_env_file((tmp_path / "ocean-custom.env").read_text(encoding="utf-8"))
    mounted = {"OCEAN__RESOURCES_PATH": str(tmp_path / "resources")}
    log = sail(variables | mounted)
    _check_arrived(port, log)


def test_a_first_start_keeps_what_terraform_created(
    printed: Draft, port: httpx.Client, docker_env_file: Read, sail: Sail
) -> None:
    apply_terraform(port, bundle(printed))
    created = _definitions(port)
    log = sail(docker_env_file(_filled_in(env_file(printed))))
    assert _definitions(port) == created
    _check_arrived(port, log)


def _definitions(port: httpx.Client) -> tuple[Any, Any]:
    """Return the blueprints, without their times, and the mappings in Port."""
    found = port.get("/v1/blueprints").raise_for_status().json()["blueprints"]
    integrations = port.get("/v1/integration").raise_for_status().json()["integrations"]
    names = ("identifier", "title", "schema", "relations")
    return [[each[name] for name in names if name in each] for each in found], [
        each["config"] for each in integrations
    ]
