"""Compose's services run in the image, with their commands, environment and mounts."""

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.end_to_end.conftest import free_port
from tests.image.container import Container

pytestmark = pytest.mark.process

type NewContainer = Callable[..., Container]

_ROOT = Path(__file__).parents[2]
_FILE = _ROOT / "compose.yaml"
_TIMEOUT_S = 60
_OURS = "port-ocean-custom"


def _services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["services"]
    return services


@pytest.mark.parametrize("profiles", ["", "builder", "monitoring", "integration"])
def test_compose_accepts_the_file(profiles: str) -> None:
    """`docker-compose config` checks the file by the Compose Specification's schema, and needs no daemon."""
    if (compose := shutil.which("docker-compose")) is None:
        reason = "docker-compose is missing: scripts/install_image_tools.sh installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [compose, "--file", str(_FILE), "config", "--services"],
        cwd=_ROOT,
        env={**os.environ, "COMPOSE_PROFILES": profiles},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    services = _services().items()
    started = {name for name, service in services if service.get("profiles", [profiles]) == [profiles]}
    # Version 1 lists the services of all profiles.
    assert started <= set(done.stdout.split())


def test_ports_are_published_to_this_machine_only() -> None:
    ports = [port for service in _services().values() for port in service.get("ports", ())]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


@dataclass(frozen=True)
class Services:
    """Starts services in the image. ports: free ports of this machine instead of those of the file.

    The containers of the tests share this machine's network, as the services of the demo share one.
    """

    new: NewContainer
    ports: Mapping[str, str]

    @contextmanager
    def running(self, name: str) -> Iterator[Container]:
        """Run a service during the block."""
        service = _services()[name]
        sources = [volume.split(":")[:2] for volume in service.get("volumes", ()) if ":" in volume]
        container: Container = self.new(
            {key: self.moved(text) for key, text in service.get("environment", {}).items()}
            | {"APPLICATION__PORT": self.ports["8000"]},
            user="1001:1001",
            mounts={target: _ROOT / source for source, target in sources},
            command=tuple(self.moved(word) for word in service.get("command", ())),
            directory=service.get("working_dir", ""),
        )
        with container.running():
            yield container

    def moved(self, text: str) -> str:
        """Return a text with the ports of this machine."""
        return re.sub(r"\b\d{4,5}\b", lambda found: self.ports.get(found[0], found[0]), text)

    def url(self, port: str) -> str:
        return f"http://127.0.0.1:{self.ports[port]}"


@pytest.fixture
def services(container: NewContainer) -> Services:
    names = ("3010", "3020", "3030", "8000", "13010", "13020", "13030")
    return Services(container, {name: str(free_port()) for name in names})


def _wait_for(condition: Callable[[], Any], logs: Callable[[], str]) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while True:
        with contextlib.suppress(httpx.TransportError):
            if condition():
                return
        assert time.monotonic() < deadline, logs()
        time.sleep(0.1)


def test_the_demo_syncs_the_sample_company(services: Services) -> None:
    """Everything is looked at from outside of the containers, through the forwarded ports."""
    with ExitStack() as stack:
        names = ("sandbox", "sample-api", "ports")
        containers = {name: stack.enter_context(services.running(name)) for name in names}

        def logs() -> str:
            return "\n".join(f"{name}: {each.log.read_text()[-2000:]}" for name, each in containers.items())

        for name, port in (("sandbox", "13010"), ("sample-api", "13020")):
            check = services.moved(_services()[name]["healthcheck"]["test"][-1])
            [path] = re.findall(r"'http://127\.0\.0\.1:\d+(/.*?)'", check)
            address = f"{services.url(port)}{path}"
            _wait_for(lambda: httpx.get(address).is_success, logs)  # noqa: B023 - it is called at once
            assert containers[name].inside("python", "-c", check).returncode == 0
        containers["demo"] = stack.enter_context(services.running("demo"))
        counts = f"{services.url('13010')}/_sandbox/catalog"
        _wait_for(lambda: len([number for number in httpx.get(counts).json().values() if number]) == 6, logs)
        metrics = f"{services.url('8000')}/metrics"
        succeeded = 'ocean_custom_resync_end_timestamp_seconds{result="succeeded"}'
        _wait_for(lambda: succeeded in httpx.get(metrics).text, logs)


def test_an_integration_syncs_with_the_env_file(services: Services, port: Any, sample: httpx.Client) -> None:
    """The service `integration` has the variables of compose.env, once the values in <...> are replaced."""
    lines = (_ROOT / "compose.env").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    values = {
        "<PORT_CLIENT_ID>": "sandbox",
        "<PORT_CLIENT_SECRET>": "sandbox",
        "https://api.getport.io": port.url,
        "<YOUR_API_URL>": f"{sample.base_url}/bearer/page",
        "<YOUR_API_TOKEN>": "sample-token",
    }
    variables = {name: values.get(value, value) for name, value in given.items()}
    variables["OCEAN__INTEGRATION__CONFIG__PAGINATION_TYPE"] = "page"
    mapping = {"resources": [_entry("/api/v1/users")]}
    port.prepare(mapping)
    port.install(given["OCEAN__INTEGRATION__IDENTIFIER"], mapping, "generic-http")
    container = services.new({**variables, "APPLICATION__PORT": services.ports["8000"]}, user="1001:1001")
    assert container.run("ocean-custom", "sync") == 0, container.log.read_text()
    assert len(port.entities("user")) > 100


def _entry(kind: str) -> dict[str, Any]:
    mappings = {"identifier": ".id", "title": ".name", "blueprint": '"user"'}
    return {"kind": kind, "selector": {"data_path": ".users"}, "port": {"entity": {"mappings": mappings}}}


def test_the_builder_opens_at_the_address_of_its_log(services: Services) -> None:
    with services.running("ports"), services.running("builder") as builder:
        _wait_for(lambda: "The builder is at " in builder.log.read_text(), builder.log.read_text)
        [address] = re.findall(r"http://127\.0\.0\.1:\d+(/\S*)", builder.log.read_text())
        own = services.url("3030").removeprefix("http://")
        answer = httpx.get(f"{services.url('13030')}{address}", headers={"Host": own}, follow_redirects=False)
        assert answer.status_code in (200, 303), answer.text
