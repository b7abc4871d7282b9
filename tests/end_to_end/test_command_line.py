"""`ocean-custom` as a process, with the sample API and the Port sandbox."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

from builder.cli.main import main as commands

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "scripts" / "ocean-custom"
EXAMPLE = ROOT / "examples" / "sample_company"
MAPPING = EXAMPLE / "port-app-config.yml"
BLUEPRINTS = EXAMPLE / "blueprints.json"

type Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def env_file(port: Any, sample: httpx.Client, tmp_path: Path) -> Path:
    """Return a file with settings and credentials in the format of `docker run --env-file`."""
    path = tmp_path / "settings.env"
    base_url = f"{str(sample.base_url).rstrip('/')}/bearer/cursor"
    lines = {
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": "from-the-terminal",
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        "OCEAN__CACHING_STORAGE_MODE": "memory",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": base_url,
        "OCEAN__INTEGRATION__CONFIG__AUTH_TYPE": "bearer_token",
        "OCEAN__INTEGRATION__CONFIG__API_TOKEN": "sample-token",
        "OCEAN__INTEGRATION__CONFIG__PAGINATION_TYPE": "cursor",
        "OCEAN__INTEGRATION__CONFIG__CURSOR_PATH": "meta.after_cursor",
        "OCEAN__INTEGRATION__CONFIG__PAGE_SIZE": "50",
    }
    path.write_text("# a comment\n" + "".join(f"{name}={text}\n" for name, text in lines.items()))
    return path


@pytest.fixture
def ocean_custom(env_file: Path, tmp_path: Path, ocean_custom_command: Any) -> Command:
    """Return a function that runs a command with these settings in a folder outside the project."""

    def run(command: str, *arguments: object) -> Any:
        words = [command, "--env-file", str(env_file), *map(str, arguments)]
        return ocean_custom_command.run(words, os.environ, tmp_path)

    return run


def change_settings(env_file: Path, **values: str) -> None:
    """Replace settings in the env file."""
    lines = env_file.read_text().splitlines()
    names = {f"OCEAN__INTEGRATION__CONFIG__{name}": value for name, value in values.items()}
    kept = [line for line in lines if line.partition("=")[0] not in names]
    env_file.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in names.items())]))


def targets(port: Any) -> set[str]:
    """Return the identifiers to which an entity in Port relates."""
    entities = [each for name in port.counts() for each in port.entities(name).values()]
    values = [value for each in entities for value in each["relations"].values()]
    return {part for value in values for part in (value if isinstance(value, list) else [value]) if part}


def test_a_sync_makes_the_changes_of_the_plan(ocean_custom: Command, port: Any, sample: httpx.Client) -> None:
    """After the sync, a second plan has no changes."""
    applied = ocean_custom("apply", "--mapping", MAPPING, "--blueprints", BLUEPRINTS)
    assert applied.returncode == 0, applied.stderr
    assert "created   blueprint sampleUser" in applied.stdout.splitlines()
    before = json.loads(ocean_custom("plan", "--json").stdout)
    assert len(before["create"]) == 758
    assert not any(port.counts().values())
    synced = ocean_custom("sync")
    assert synced.returncode == 0, synced.stdout + synced.stderr
    assert synced.stdout.count("completed  /api") == 6
    assert sum(port.counts().values()) == 758
    after = ocean_custom("plan", "--json", "--exit-code")
    assert after.returncode == 0
    document = json.loads(after.stdout)
    assert (document["create"], document["update"], document["delete"]) == ([], [], [])
    assert document["unchanged"] == 758
    gone = min(port.entities("sampleUser").keys() - targets(port))
    users = [{"id": int(name), "name": "Renamed"} for name in port.entities("sampleUser") if name != gone]
    sample.post("/_control/data", json={"users": users}).raise_for_status()
    changes = ocean_custom("plan", "--json", "--exit-code")
    assert changes.returncode == 3
    document = json.loads(changes.stdout)
    assert {each["identifier"] for each in document["update"]} >= {str(user["id"]) for user in users}
    assert [(each["blueprint"], each["identifier"]) for each in document["delete"]] == [("sampleUser", gone)]
    assert sum(port.counts().values()) == 758


def test_a_failed_sync_has_exit_code_1_and_prints_the_reasons(ocean_custom: Command, env_file: Path) -> None:
    ocean_custom("apply", "--mapping", MAPPING, "--blueprints", BLUEPRINTS)
    change_settings(env_file, API_TOKEN="wr0ng-token")
    synced = ocean_custom("sync")
    assert synced.returncode == 1
    assert synced.stdout.count("failed     /api") == 6
    reasons = synced.stderr.splitlines()
    assert [line for line in reasons if line and not ("/api/" in line and "401" in line)] == []
    assert 1 <= len(reasons) <= 7
    assert "wr0ng-token" not in synced.stdout + synced.stderr


def test_a_plan_with_failed_kinds_deletes_nothing_and_has_exit_code_1(
    ocean_custom: Command, env_file: Path
) -> None:
    ocean_custom("apply", "--mapping", MAPPING, "--blueprints", BLUEPRINTS)
    synced = ocean_custom("sync", "--json")
    assert synced.returncode == 0
    kinds = json.loads(synced.stdout)["kinds"]
    assert [kind["verdict"].partition(":")[0] for kind in kinds] == ["complete"] * 6
    change_settings(env_file, API_TOKEN="wr0ng-token")
    plan = ocean_custom("plan", "--json")
    assert plan.returncode == 1
    document = json.loads(plan.stdout)
    assert document["delete"] == []
    assert all("401" in kind["error"] for kind in document["kinds"])
    assert all(kind["verdict"] == "" for kind in document["kinds"])


def test_a_sync_fails_with_port_s_reason_if_port_rejects_most_entities(
    ocean_custom: Command, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yml"
    entity = {"entity": {"mappings": {"identifier": '"b a d \\(.id)"', "blueprint": '"sampleUser"'}}}
    resource = {"kind": "/api/v1/users", "selector": {"data_path": ".users"}, "port": entity}
    mapping.write_text(yaml.safe_dump({"resources": [resource]}))
    ocean_custom("apply", "--mapping", mapping, "--blueprints", BLUEPRINTS)
    synced = ocean_custom("sync")
    assert synced.returncode == 1
    assert "Resync failed" in synced.stdout
    assert "/api/v1/users: Port refused " in synced.stderr
    assert "(sampleUser b a d 1, " in synced.stderr


def test_plan_and_sync_delete_the_same_entities_despite_failed_kinds(
    ocean_custom: Command, port: Any, sample: httpx.Client, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yml"
    resources: list[dict[str, Any]] = [
        {
            "kind": kind,
            "selector": {"data_path": path},
            "port": {
                "entity": {"mappings": {"identifier": ".id // .project_id", "blueprint": f'"{blueprint}"'}}
            },
        }
        for kind, path, blueprint in (
            ("/api/v1/users", ".users", "sampleUser"),
            ("/api/v1/projects", ".data.projects", "sampleProject"),
            ("/api/tickets", ".data", "other"),
        )
    ]
    mapping.write_text(yaml.safe_dump({"resources": resources}))
    port.prepare({"resources": resources})
    ocean_custom("apply", "--mapping", mapping)
    assert ocean_custom("sync").returncode == 0
    users, projects, tickets = (set(port.entities(name)) for name in ("sampleUser", "sampleProject", "other"))
    resources[1]["enableDelete"] = False
    resources[2]["selector"]["data_path"] = ".nothing"
    mapping.write_text(yaml.safe_dump({"resources": resources}))
    ocean_custom("apply", "--mapping", mapping, "--overwrite", "--yes")
    fewer = {
        "users": [{"id": name} for name in sorted(users)[1:]],
        "projects": [{"project_id": name} for name in sorted(projects)[:9]],
    }
    sample.post("/_control/data", json=fewer).raise_for_status()
    planned = json.loads(ocean_custom("plan", "--json").stdout)["delete"]
    assert planned == [{"blueprint": "sampleUser", "identifier": min(users)}]
    assert ocean_custom("sync").returncode == 1
    assert set(port.entities("sampleUser")) == users - {min(users)}
    assert (set(port.entities("sampleProject")), set(port.entities("other"))) == (projects, tickets)


def test_plan_preview_and_sync_report_the_same_doubt(ocean_custom: Command, tmp_path: Path) -> None:
    """Half of the users have no identifier. The others share five identifiers."""
    identifier = "if .id % 2 == 0 then null else (.id % 5 | tostring) end"
    entity = {"entity": {"mappings": {"identifier": identifier, "blueprint": '"sampleUser"', "title": ".id"}}}
    resource = {"kind": "/api/v1/users", "selector": {"data_path": ".users"}, "port": entity}
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(yaml.safe_dump({"resources": [resource]}))
    ocean_custom("apply", "--mapping", mapping, "--blueprints", BLUEPRINTS)
    planned = json.loads(ocean_custom("plan", "--mapping", mapping, "--json").stdout)["kinds"][0]
    assert (planned["doubts"], planned["verdict"]) == (["skipped_items"], "doubtful: skipped_items")
    assert planned["overwritten"] > 0
    previewed = json.loads(ocean_custom("preview", "--mapping", mapping, "--json").stdout)[0]
    assert "selector.accept: [skipped_items]" in previewed["notes"][0]
    synced = ocean_custom("sync", "--json")
    assert synced.returncode == 1
    (kind,) = json.loads(synced.stdout)["kinds"]
    assert (kind["state"], kind["deleted"], kind["doubts"]) == ("failed", 0, ["skipped_items"])
    assert kind["overwritten"] == planned["overwritten"]


def test_apply_shows_the_difference_and_overwrites_only_if_asked(
    ocean_custom: Command, tmp_path: Path
) -> None:
    ocean_custom("apply", "--mapping", MAPPING, "--blueprints", BLUEPRINTS)
    content = yaml.safe_load(MAPPING.read_text())
    del content["resources"][-1]
    content["resources"][0]["port"]["entity"]["mappings"]["title"] = ".nickname"
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(yaml.safe_dump(content))
    documents = json.loads(BLUEPRINTS.read_text())
    documents[0]["title"] = "Somebody"
    blueprints = tmp_path / "blueprints.json"
    blueprints.write_text(json.dumps(documents))
    files = ("--mapping", mapping, "--blueprints", blueprints)
    shown = ocean_custom("apply", *files, "--dry-run")
    assert shown.returncode == 0
    assert '  ~ title: "User" -> "Somebody"' in shown.stdout
    assert ' -> ".nickname"' in shown.stdout
    assert shown.stdout.count(": removed") == 1
    for options in ((), ("--merge",), ("--overwrite",)):
        refused = ocean_custom("apply", *files, *options)
        assert refused.returncode == 1
        assert "overwrit" in refused.stdout + refused.stderr
    assert ocean_custom("apply", *files, "--dry-run").stdout == shown.stdout
    written = ocean_custom("apply", *files, "--overwrite", "--yes")
    assert written.returncode == 0, written.stdout
    assert "overwritten blueprint" in written.stdout
    again = ocean_custom("apply", *files, "--dry-run").stdout
    assert (": changed" in again, ": removed" in again) == (False, False)


def test_check_prints_a_line_for_each_endpoint(ocean_custom: Command, tmp_path: Path) -> None:
    entity = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"x"'}}}
    resources = [
        {"kind": "/api/v1/users", "selector": {"data_path": ".users"}, "port": entity},
        {"kind": "/api/v1/users", "selector": {"data_path": ".user"}, "port": entity},
        {"kind": "/api/v1/users", "selector": {"data_paht": ".users"}, "port": entity},
        {"kind": "/api/v1/nobody", "port": entity},
    ]
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(yaml.safe_dump({"resources": resources}))
    checked = ocean_custom("check", "--mapping", mapping)
    assert checked.returncode == 1
    good, wrong_path, _, wrong_key, missing, _ = checked.stdout.splitlines()
    assert good.startswith("ok     /api/v1/users: 50 items on the first page")
    assert "data_path .user does not exist in the response. The response has .users" in wrong_path
    assert wrong_key.endswith("selector.data_paht: is unknown; did you mean data_path?")
    assert "404" in missing


@pytest.mark.parametrize(
    ("selector", "variable", "message"),
    [
        (
            {"method": "PATCH"},
            "OCEAN__INTEGRATION__CONFIG__ALLOW_WRITES",
            "set the setting allowWrites to true",
        ),
        (
            {"exportEnvVariables": ["HOME"]},
            "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS",
            "set OCEAN__ALLOW_",
        ),
    ],
    ids=["a method that writes", "environment variables"],
)
def test_commands_reject_a_mapping_without_the_required_permission(
    selector: dict[str, Any],
    variable: str,
    message: str,
    ocean_custom: Command,
    env_file: Path,
    tmp_path: Path,
) -> None:
    entity = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"sampleUser"'}}}
    resource = {
        "kind": "/api/v1/users",
        "selector": {"data_path": ".users", **selector},
        "port": entity,
    }
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(yaml.safe_dump({"resources": [resource]}))
    for command in ("check", "preview", "plan"):
        done = ocean_custom(command, "--mapping", mapping)
        assert done.returncode == 1
        assert message in " ".join((done.stdout + done.stderr).split())
    env_file.write_text(f"{env_file.read_text()}\n{variable}=true\n")
    assert message not in " ".join(ocean_custom("check", "--mapping", mapping).stdout.split())


def test_preview_shows_entities_and_problems_without_port(ocean_custom: Command, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yml"
    mappings = {
        "identifier": ".name",
        "title": ".name",
        "blueprint": '"sampleUser"',
        "properties": {"email": ".id"},
    }
    resource = {
        "kind": "/api/v1/users",
        "selector": {"data_path": ".users"},
        "port": {"entity": {"mappings": mappings}},
    }
    mapping.write_text(yaml.safe_dump({"resources": [resource]}))
    shown = ocean_custom("preview", "--mapping", mapping, "--blueprints", BLUEPRINTS, "--limit", 2, "--json")
    assert shown.returncode == 1
    (kind,) = json.loads(shown.stdout)
    assert [entity["identifier"] for entity in kind["entities"]] == ["User 1", "User 2"]
    assert [(each["entity"], each["field"]) for each in kind["problems"]] == [
        (0, "identifier"),
        (0, "email"),
        (1, "identifier"),
        (1, "email"),
    ]
    good = ocean_custom("preview", "--mapping", MAPPING, "--blueprints", BLUEPRINTS, "--limit", 2)
    assert good.returncode == 0, good.stdout
    assert "user1@example.com" in good.stdout


def test_an_integration_written_by_init_can_be_synced(
    ocean_custom: Command, port: Any, tmp_path: Path
) -> None:
    kinds = ["/api/v1/users", "/api/v1/projects", "/api/v1/projects/{project_id}/tasks"]
    options = [part for kind in kinds for part in ("--endpoint", kind)]
    built = ocean_custom("init", "--yes", "--output", tmp_path / "built", *options)
    assert built.returncode == 0, built.stdout + built.stderr
    assert f"{tmp_path / 'built' / 'README.md'} has the next steps" in built.stdout
    resources = tmp_path / "built" / "resources"
    assert "sample-token" not in "".join(
        each.read_text() for each in (tmp_path / "built").rglob("*.*") if each.is_file()
    )
    applied = ocean_custom(
        "apply", "--mapping", resources / "port-app-config.yml", "--blueprints", resources / "blueprints.json"
    )
    assert applied.returncode == 0, applied.stdout
    assert ocean_custom("sync").returncode == 0
    assert set(port.counts()) == {"user", "project", "task"}
    again = ocean_custom("init", "--yes", "--output", tmp_path / "built", *options)
    assert again.returncode == 1
    assert "already exists" in again.stderr
    env_file = (tmp_path / "built" / "ocean-custom.env").read_text()
    assert "OCEAN__PORT__CLIENT_ID=<PORT_CLIENT_ID>\n" in env_file
    assert f"OCEAN__PORT__BASE_URL={port.url}\n" in env_file
    assert "OCEAN__INTEGRATION__CONFIG__CURSOR_PATH=meta.after_cursor\n" in env_file


@pytest.mark.parametrize(
    ("command", "old", "new", "message"),
    [
        ("plan", "CLIENT_ID=sandbox", "CLIENT_ID=", "OCEAN__PORT__CLIENT_ID: required"),
        ("check", "=sample-token", "=<YOUR_API_TOKEN>", "API_TOKEN: replace the placeholder"),
        (
            "plan",
            "CLIENT_SECRET=sandbox",
            "CLIENT_SECRET=s3cr3t-wrong",
            "Check the client ID and client secret",
        ),
        ("check", "PAGE_SIZE=50", "PAGE_SIZE=many", "pageSize: got"),
        ("sync", "IDENTIFIER=from-the-terminal", "IDENTIFIER=nobody-s", "Port has no integration nobody-s"),
    ],
    ids=["no credentials", "a placeholder", "a wrong secret", "a wrong setting", "no integration"],
)
def test_an_error_is_two_lines(
    ocean_custom: Command, env_file: Path, command: str, old: str, new: str, message: str
) -> None:
    env_file.write_text(env_file.read_text().replace(old, new))
    done = ocean_custom(command)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2
    assert "s3cr3t" not in done.stderr


def test_every_command_has_help() -> None:
    shown = subprocess.run([str(PROGRAM), "--help"], capture_output=True, text=True, check=True, timeout=120)
    expected = {"init", "check", "preview", "event", "plan", "apply", "sync", "sandbox", "demo"}
    assert expected <= set(commands.commands)
    for name in commands.commands:
        assert f"\n  {name}" in shown.stdout
        done = CliRunner().invoke(commands, [name, "--help"], prog_name="ocean-custom")
        assert done.exit_code == 0
        assert f"Usage: ocean-custom {name}" in done.stdout
