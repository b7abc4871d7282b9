"""Export of the catalog and import of blueprints, over HTTP and on the command line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.port_api.__main__ import main
from sandbox.port_api.import_export import import_blueprints
from sandbox.port_api.port import Port, PortSettings

_TEAM: dict[str, Any] = {"identifier": "team", "title": "Team", "schema": {"properties": {}}}
_PERSON: dict[str, Any] = {
    "identifier": "person",
    "title": "Person",
    "schema": {"properties": {"age": {"type": "number"}}},
    "relations": {"team": {"target": "team", "many": False, "required": False}},
    "mirrorProperties": {"teamName": {"path": "team.$title"}},
}
_COMMAND = [sys.executable, "-m", "sandbox.port_api"]


async def test_import_accepts_references_in_any_order(
    port: httpx.AsyncClient,
) -> None:
    response = await port.post("/_sandbox/import", json={"blueprints": [_PERSON, _TEAM]})
    assert response.status_code == 201, response.text
    found = (await port.get("/v1/blueprints/person")).json()["blueprint"]
    assert found["relations"] == _PERSON["relations"]


async def test_export_can_be_imported(port: httpx.AsyncClient) -> None:
    await port.post("/_sandbox/import", json={"blueprints": [_PERSON, _TEAM]})
    await port.post("/v1/blueprints/person/entities", json={"identifier": "ann", "properties": {"age": 31}})
    exported = (await port.get("/_sandbox/export")).json()
    assert [(e["blueprint"], e["identifier"], e["properties"]) for e in exported["entities"]] == [
        ("person", "ann", {"age": 31})
    ]
    await port.post("/_sandbox/reset")
    assert (await port.post("/_sandbox/import", json=exported)).status_code == 201
    again = (await port.get("/_sandbox/export")).json()
    assert again == {"blueprints": exported["blueprints"], "entities": []}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"blueprints": [_TEAM, {**_PERSON, "title": ""}]}, id="one invalid"),
        pytest.param({"blueprints": [_TEAM, _PERSON, {**_PERSON, "identifier": None}]}, id="one unnamed"),
        pytest.param({"blueprints": [_PERSON]}, id="target missing"),
        pytest.param({"blueprints": ["team"]}, id="a text"),
        pytest.param({}, id="none"),
    ],
)
async def test_one_invalid_blueprint_rejects_the_whole_import(port: httpx.AsyncClient, body: object) -> None:
    response = await port.post("/_sandbox/import", json=body)
    assert (response.status_code, response.json()["ok"]) == (422, False)
    names = [b["identifier"] for b in (await port.get("/v1/blueprints")).json()["blueprints"]]
    assert names == ["_user", "_team"]


def _run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_COMMAND, *options], capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.process
def test_command_line_imports_and_exports_a_database(tmp_path: Path) -> None:
    database, source, target = (str(tmp_path / name) for name in ("port.db", "source.json", "target.json"))
    Path(source).write_text(json.dumps({"blueprints": [_PERSON, _TEAM]}))
    result = _run("--db", database, "--import", source, "--export", target)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    exported = json.loads(Path(target).read_text())
    assert [b["identifier"] for b in exported["blueprints"]] == [
        "_user",
        "_team",
        "person",
        "team",
    ]
    to_stdout = _run("--db", database, "--export", "-")
    assert json.loads(to_stdout.stdout) == exported
    emptied = json.loads(_run("--db", database, "--reset", "--export", "-").stdout)
    assert [b["identifier"] for b in emptied["blueprints"]] == ["_user", "_team"]


def _refusal(monkeypatch: pytest.MonkeyPatch, *options: str) -> str:
    """Run the command in this process, which must exit with an error. Return the error."""
    monkeypatch.setattr(sys, "argv", ["sandbox", *options])
    with pytest.raises(SystemExit) as refused:
        main()
    # Python prints a text, and exits with 1.
    assert isinstance(refused.value.code, str)
    assert len(refused.value.code.splitlines()) == 1
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "No such file"), ("{", "not valid JSON"), ('{"blueprints": [{}]}', "required property")],
    ids=["missing", "no JSON", "no blueprint"],
)
def test_invalid_file_is_a_one_line_error(
    tmp_path: Path,
    text: str | None,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "source.json"
    if text is not None:
        file.write_text(text)
    error = _refusal(monkeypatch, "--import", str(file), "--export", "-")
    assert error.startswith("cannot import ")
    assert words in error
    assert capsys.readouterr() == ("", "")


def test_failed_export_is_a_one_line_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = _refusal(monkeypatch, "--export", str(tmp_path / "none" / "target.json"))
    assert error.startswith("cannot export to ")


@pytest.mark.process
def test_database_of_another_version_requires_reset(tmp_path: Path) -> None:
    file = str(tmp_path / "port.db")
    old = Port(PortSettings(database=file))
    import_blueprints(old.blueprints, {"blueprints": [_TEAM]})
    old.store.write("PRAGMA user_version = 1")
    old.store.close()
    refused = _run("--db", file, "--export", "-")
    assert refused.returncode == 1
    assert "another version" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert _run("--db", file, "--reset", "--export", "-").returncode == 0
