"""`ocean-custom mcp` as a process, with the SDK's own client, the sample API and the sandbox of Port."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters, stdio_client

from builder.cli.main import main as commands

pytestmark = [pytest.mark.process, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "scripts" / "ocean-custom"
KINDS = ["/api/v1/users", "/api/v1/projects", "/api/v1/projects/{project_id}/tasks"]


@pytest.fixture
def env_file(port: Any, sample: httpx.Client, tmp_path: Path) -> Path:
    """Return the settings that a user starts with: a base URL, a token, and Port."""
    path = tmp_path / "settings.env"
    lines = {
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": "from-an-assistant",
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        "OCEAN__CACHING_STORAGE_MODE": "memory",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": f"{str(sample.base_url).rstrip('/')}/bearer/cursor",
        "OCEAN__INTEGRATION__CONFIG__AUTH_TYPE": "bearer_token",
        "OCEAN__INTEGRATION__CONFIG__API_TOKEN": "sample-token",
    }
    path.write_text("".join(f"{name}={text}\n" for name, text in lines.items()))
    return path


@dataclass(frozen=True)
class Assistant:
    """A client of the process. stderr: the log of the process."""

    client: Client
    stderr: Path

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the structured answer of a tool that must not fail."""
        result = await self.client.call_tool(tool, arguments, read_timeout_seconds=120)
        assert not result.is_error, result.content
        answer: dict[str, Any] = result.structured_content
        return answer

    async def error(self, tool: str, **arguments: Any) -> str:
        """Return the error of a tool that must fail."""
        result = await self.client.call_tool(tool, arguments, read_timeout_seconds=120)
        assert result.is_error, result.structured_content
        return str(result.content)


@asynccontextmanager
async def started(env_file: Path, *options: str) -> AsyncIterator[Assistant]:
    """Start the command as a client does, outside of the project's folder."""
    log = env_file.with_name("stderr")
    words = ["mcp", "--env-file", str(env_file), *options]
    parameters = StdioServerParameters(command=str(PROGRAM), args=words, cwd=env_file.parent)
    with log.open("a") as errors:
        async with Client(stdio_client(parameters, errors)) as client:
            yield Assistant(client, log)


async def mapping_with_right_plan(assistant: Assistant) -> tuple[dict[str, Any], dict[str, Any]]:
    """Go the way of the skill. Return the proposal and its plan."""
    checked = await assistant.call("check")
    assert checked["ok"], checked
    assert checked["port"].startswith("connected, does not have")
    first = await assistant.call("propose", endpoints=[{"kind": kind} for kind in KINDS])
    # The responses do not say which parameter takes the cursor.
    assert len(first["doubts"]) == 2, first["doubts"]
    assert all("Does the API know the parameter 'after'?" in doubt for doubt in first["doubts"])
    cursor = {"type": "cursor", "param": "cursor", "cursor_path": ".meta.after_cursor"}
    endpoints = [{"kind": kind, "selector": {"pagination": cursor}} for kind in KINDS]
    proposal = await assistant.call("propose", endpoints=endpoints)
    assert proposal["doubts"] == []
    assert [each["error"] for each in proposal["endpoints"]] == ["", "", ""]
    given = {"mapping": proposal["mapping"], "blueprints": proposal["blueprints"]}
    preview = await assistant.call("preview", **given)
    assert preview["ok"], preview
    validation = await assistant.call("validate", **given)
    assert validation["ok"], validation
    plan = await assistant.call("plan", **given)
    return given, plan


async def test_from_a_base_url_to_a_sync_as_planned(
    env_file: Path, port: Any, ocean_custom_command: Any, tmp_path: Path
) -> None:
    async with started(env_file, "--allow-apply") as assistant:
        given, plan = await mapping_with_right_plan(assistant)
        assert not plan["fails"], plan["kinds"]
        assert [kind["kind"] for kind in plan["kinds"]] == KINDS
        assert [(each["refused"], each["overwritten"], each["error"]) for each in plan["kinds"]] == [
            (0, 0, "")
        ] * 3
        assert all(each["items"] == each["entities"] > 0 for each in plan["kinds"])
        assert plan["create"]["count"] == sum(each["entities"] for each in plan["kinds"])
        assert (plan["update"]["count"], plan["delete"]["count"]) == (0, 0)
        assert port.counts() == {}
        dry = await assistant.call("apply", **given)
        assert not dry["written"]
        assert port.counts() == {}
        refused = await assistant.error("apply", **given, dry_run=False)
        assert "this is not the difference that was shown" in refused
        assert port.counts() == {}
        applied = await assistant.call("apply", **given, dry_run=False, fingerprint=dry["fingerprint"])
        assert applied["written"], applied
        assert set(port.counts()) == {each["identifier"] for each in given["blueprints"]}
        from_port = await assistant.call("plan")
        assert from_port["create"] == plan["create"]
    synced = ocean_custom_command.run(["sync", "--env-file", str(env_file)], os.environ, tmp_path)
    assert synced.returncode == 0, synced.stdout + synced.stderr
    assert port.counts() == plan["create"]["by_blueprint"]


async def test_without_the_flag_nothing_is_written(env_file: Path, port: Any) -> None:
    async with started(env_file) as assistant:
        tools = [each.name for each in (await assistant.client.list_tools()).tools]
        assert "apply" not in tools
        given, plan = await mapping_with_right_plan(assistant)
        assert not plan["fails"]
        error = await assistant.error("apply", **given, dry_run=False)
    assert "Unknown tool" in error
    assert port.counts() == {}
    assert not list(env_file.parent.glob("*.y*ml"))


async def test_a_difference_that_has_changed_is_not_written(env_file: Path, port: Any) -> None:
    mappings = {"identifier": ".id", "blueprint": '"user"'}
    entry = {"kind": "/api/v1/users", "selector": {"data_path": ".users"}}
    mapping = {"resources": [{**entry, "port": {"entity": {"mappings": mappings}}}]}
    blueprint = {"identifier": "user", "title": "User", "schema": {"properties": {}}}
    async with started(env_file, "--allow-apply") as assistant:
        given: dict[str, Any] = {"mapping": mapping, "blueprints": [blueprint]}
        dry = await assistant.call("apply", **given)
        other = {**given, "blueprints": [{**blueprint, "title": "Person"}]}
        agreed = {"dry_run": False, "fingerprint": dry["fingerprint"]}
        for changed in (other, {**given, "mode": "overwrite"}):
            assert "nothing was written" in await assistant.error("apply", **changed, **agreed)
        port.install("from-an-assistant", mapping)
        assert "nothing was written" in await assistant.error("apply", **given, **agreed)
    assert port.counts() == {}


@pytest.fixture
def wrong_token(env_file: Path) -> Path:
    env_file.write_text(env_file.read_text().replace("API_TOKEN=sample-token", "API_TOKEN=wr0ng-token"))
    return env_file


async def test_wrong_credentials_are_errors_that_can_be_explained(wrong_token: Path) -> None:
    async with started(wrong_token) as assistant:
        error = await assistant.error("sample", kind="/api/v1/users")
        checked = await assistant.call("check", kinds=["/api/v1/users"])
        explained = await assistant.call("explain", message=error)
    assert "401" in error
    assert not checked["ok"]
    assert explained["entries"]
    assert "wr0ng-token" not in error + str(checked) + assistant.stderr.read_text()


async def test_missing_settings_do_not_prevent_the_start(tmp_path: Path) -> None:
    """The assistant can then say what is missing."""
    env_file = tmp_path / "empty.env"
    env_file.write_text("OCEAN__INTEGRATION__CONFIG__PAGE_SIZE=50\n")
    async with started(env_file) as assistant:
        error = await assistant.error("check")
        validation = await assistant.call("validate")
    assert "baseUrl" in error
    assert [each["name"] for each in validation["mistakes"]] == ["baseUrl"]


async def test_progress_of_a_plan_is_reported(env_file: Path) -> None:
    messages: list[str | None] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:  # noqa: ARG001
        messages.append(message)

    mappings = {"identifier": ".id", "blueprint": '"user"'}
    entry = {"kind": "/api/v1/users", "selector": {"data_path": ".users"}}
    mapping = {"resources": [{**entry, "port": {"entity": {"mappings": mappings}}}]}
    async with started(env_file) as assistant:
        result = await assistant.client.call_tool("plan", {"mapping": mapping}, progress_callback=note)
    assert not result.is_error
    assert "reading Port" in messages


def test_only_the_protocol_is_on_stdout(env_file: Path) -> None:
    """A plain pipe, as any client of the protocol opens it. The process ends with its input."""
    messages: list[dict[str, Any]] = [
        {
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"method": "notifications/initialized"},
        {
            "id": 2,
            "method": "tools/call",
            "params": {"name": "propose", "arguments": {"endpoints": [{"kind": KINDS[0]}]}},
        },
    ]
    command = [str(PROGRAM), "mcp", "--env-file", str(env_file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in messages:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
        lines = [process.stdout.readline() for _ in range(2)]
        output, _ = process.communicate(timeout=60)
    answers = [json.loads(line) for line in [*lines, *output.splitlines()]]
    assert [each["id"] for each in answers] == [1, 2]
    assert answers[0]["result"]["serverInfo"]["name"] == "ocean-custom"
    assert not answers[1]["result"]["isError"]
    assert process.returncode == 0


def test_without_the_extra_a_message_says_what_to_install(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("builder.assistant")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "mcp"]:
        monkeypatch.setitem(sys.modules, name, None)
    done = CliRunner().invoke(commands, ["mcp", "--env-file", str(env_file)])
    assert done.exit_code == 1
    assert done.stderr.splitlines()[0] == "Error: the package mcp is not installed"
    assert "'.[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr
