"""The variables that Docker passes to the container."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.draft import Draft, Installation
from builder.install import docker_command, docker_env_file_command, env_file, environment
from rest.bodies import Json

type Run = Callable[[str, str], list[list[str]]]

_NAMES = ("username", "apiKeyParam", "cursorPath", "sizeParam", "paginationType", "clientId")
_TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    st.text("\"'$`\\!\n\r #={}\t\u2028\x85", min_size=1),
)
_CHOSEN = st.dictionaries(st.sampled_from(_NAMES), _TEXTS)
_property = settings(max_examples=settings().max_examples // 2, deadline=None)
_BASE = {"baseUrl": "https://api.example.com"}


@pytest.mark.process
@_property
@given(chosen=_CHOSEN)
def test_the_command_sets_every_variable(draft: Draft, run_printed: Run, chosen: dict[str, Any]) -> None:
    several = replace(draft, settings=_BASE | chosen)
    (words,) = run_printed(docker_command(several), "docker")
    assert words[:2] == ["run", "--rm"]
    assert words[-1] == "port-ocean-custom"
    assert set(words[2:-1:2]) == {"-e"}
    assert dict(word.split("=", 1) for word in words[3:-1:2]) == environment(several)


@pytest.mark.process
@_property
@given(chosen=_CHOSEN)
def test_the_env_file_and_its_command_set_every_variable(
    draft: Draft, run_printed: Run, docker_env_file: Callable[[str], Any], chosen: dict[str, Any]
) -> None:
    several = replace(draft, settings=_BASE | chosen)
    (words,) = run_printed(docker_env_file_command(several), "docker")
    assert words[2:4] == ["--env-file", "ocean-custom.env"]
    given_beside = dict(word.split("=", 1) for word in words[5:-1:2])
    assert docker_env_file(env_file(several)) | given_beside == environment(several)


def test_objects_and_lists_are_one_line_of_ascii_json(draft: Draft) -> None:
    origins: list[Json] = ["https://ä.example", "https://b.example"]
    text = environment(replace(draft, settings={**_BASE, "trustedOrigins": origins}))
    line = text["OCEAN__INTEGRATION__CONFIG__TRUSTED_ORIGINS"]
    assert line == '["https://\\u00e4.example", "https://b.example"]'


@pytest.mark.parametrize(
    ("installation", "name", "value"),
    [
        pytest.param(Installation(), "OCEAN__SCHEDULED_RESYNC_INTERVAL", "60", id="interval"),
        pytest.param(Installation(resync_minutes=None), "OCEAN__SCHEDULED_RESYNC_INTERVAL", None, id="never"),
        pytest.param(
            Installation(event_listener="ONCE"), "OCEAN__SCHEDULED_RESYNC_INTERVAL", None, id="once"
        ),
        pytest.param(Installation(), "OCEAN__INITIALIZE_PORT_RESOURCES", None, id="Ocean's default"),
        pytest.param(
            Installation(initialize_port_resources=False),
            "OCEAN__INITIALIZE_PORT_RESOURCES",
            "false",
            id="nothing created",
        ),
        pytest.param(Installation(), "OCEAN__INTEGRATION__TYPE", None, id="custom"),
        pytest.param(
            Installation(type="generic-http"), "OCEAN__INTEGRATION__TYPE", "generic-http", id="other type"
        ),
        pytest.param(Installation(), "OCEAN__EVENT_LISTENER", '{"type": "POLLING"}', id="listener"),
    ],
)
def test_oceans_variables_are_set_unless_they_have_their_default(
    draft: Draft, installation: Installation, name: str, value: str | None
) -> None:
    assert environment(replace(draft, installation=installation)).get(name) == value


def test_variables_have_placeholders_unless_real_values_are_requested(draft: Draft) -> None:
    name = "OCEAN__INTEGRATION__CONFIG__AUTH_VALUE"
    assert environment(draft)[name] == "<YOUR_API_TOKEN>"
    assert environment(draft, with_secrets=True)[name] == "sample-token"


def test_the_image_name_includes_the_integration_type(draft: Draft) -> None:
    other = replace(draft, installation=Installation(type="generic-http"))
    assert docker_command(other).endswith("  port-ocean-generic-http\n")


@pytest.mark.process
def test_resources_are_mounted_at_oceans_folder(draft: Draft, run_printed: Run) -> None:
    (words,) = run_printed(docker_env_file_command(draft, with_resources=True), "docker")
    assert words[4:-1] == [
        "--mount",
        "type=bind,source=//resources,target=/app/.port/resources,readonly",
    ]


@pytest.fixture
def docker_daemon() -> Iterator[tuple[str, list[Any]]]:
    """A fake Docker daemon: its address, and the containers that clients created."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(201, b'{"Id": "1", "Warnings": []}')

        def do_HEAD(self) -> None:
            self._answer(200, b"")

        def do_GET(self) -> None:
            self._answer(200, b"OK")

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Api-Version", "1.44")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"tcp://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("docker"), reason="Docker's client is not here")
def test_a_real_docker_reads_the_env_file(
    draft: Draft, docker_daemon: tuple[str, list[Any]], tmp_path: Path
) -> None:
    """Docker's client reads the file and sends the variables to the daemon."""
    address, asked = docker_daemon
    texts = ["  blanks  ", "#no comment", "a=b=c", "\"quoted\" 'twice'", "$HOME `id` \\n", "ä\u2028\tz"]
    several = replace(
        draft, settings=_BASE | dict(zip(_NAMES, texts, strict=True)) | {"customHeaders": {"X": "y"}}
    )
    (tmp_path / "ocean-custom.env").write_text(env_file(several), encoding="utf-8")
    created = docker_env_file_command(several).replace("docker run --rm", "docker create --pull never")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DOCKER_HOST": address}
    done = subprocess.run(
        [str(shutil.which("bash")), "-c", created],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert asked[0]["Image"] == "port-ocean-custom"
    assert dict(line.split("=", 1) for line in asked[0]["Env"]) == environment(several)
