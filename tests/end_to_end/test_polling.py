"""`ocean sail` polls Port for changes, as in a cluster."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 40
_EVERY_SECOND = '{"type": "POLLING", "interval": 1}'
_REQUESTS_PER_RESYNC = 2  # Ocean reports that a resync runs, and that it ended.


def _mapping(**mapped: str) -> Json:
    mappings = {"identifier": ".id", "blueprint": '"user"', **mapped}
    return {
        "entityDeletionThreshold": 1,
        "resources": [
            {
                "kind": "/users",
                "selector": {"query": "true"},
                "port": {"entity": {"mappings": mappings}},
            }
        ],
    }


def _users(*names: str) -> list[Json]:
    return [{"id": name, "name": f"User {name}"} for name in names]


@contextmanager
def _running(installation: Any, log: Path) -> Iterator[None]:
    """Run `ocean sail` during the block, then send SIGTERM and wait until it ends."""
    command = [str(Path(sys.executable).with_name("ocean")), "sail"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=_ROOT, env=installation.environment(), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=_TIMEOUT_S)
        finally:
            process.kill()
            process.wait()


def _wait_for(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


@pytest.fixture
def port_api(port: Any) -> Iterator[httpx.Client]:
    """Return a client that is logged in to Port's API."""
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    token = port.http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
    with httpx.Client(base_url=port.url, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def _resync_count(port: Any, installation: Any) -> int:
    """Return the number of finished resyncs."""
    path = f"/v1/integration/{installation.identifier}/resync-state"
    paths = [request["path"] for request in port.http.get("/_sandbox/requests").json()]
    return paths.count(path) // _REQUESTS_PER_RESYNC


def test_a_request_and_a_changed_mapping_start_a_resync(
    install: Callable[..., Any],
    port: Any,
    port_api: httpx.Client,
    loopback: Callable[[Json], Any],
    tmp_path: Path,
) -> None:
    api = loopback({"/users": _users("ann")})
    port.prepare(_mapping())
    installation = install({"baseUrl": api.url}, environ={"OCEAN__EVENT_LISTENER": _EVERY_SECOND})
    port.install(installation.identifier, _mapping())
    log, path = tmp_path / "sail.log", f"/v1/integration/{installation.identifier}"
    with _running(installation, log):
        _wait_for(lambda: _resync_count(port, installation) == 1, log)
        assert set(port.entities("user")) == {"ann"}

        api.answers["/users"] = _users("bob", "cid")
        port_api.patch(path).raise_for_status()
        _wait_for(lambda: _resync_count(port, installation) == 2, log)
        assert set(port.entities("user")) == {"bob", "cid"}

        port_api.patch(f"{path}/config", json={"config": _mapping(title=".name")}).raise_for_status()
        _wait_for(lambda: _resync_count(port, installation) == 3, log)
        titles = {name: user["title"] for name, user in port.entities("user").items()}
        assert titles == {"bob": "User bob", "cid": "User cid"}
    assert _resync_count(port, installation) == 3
