"""How commands end."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from builder.cli.command import Commands, command, error_lines
from builder.cli.main import main as ocean_custom
from rest.errors import DoubtError, ItemsError, Mistake, ResourceError, SettingsError, SyncError

ROOT = Path(__file__).parents[3]


def run_with(raised: BaseException) -> Any:
    """Return the result of a command that raises."""

    @click.group(cls=Commands)
    def main() -> None:
        """Do nothing."""

    @main.command()
    @command
    async def fails() -> int:
        raise raised

    return CliRunner().invoke(main, ["fails"])


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (SyncError("it is wrong", hint="Correct it"), [("it is wrong", "Correct it")]),
        (
            DoubtError("x", doubt="skipped_items"),
            [("x", "If this is expected, set selector.accept: [skipped_items]")],
        ),
        (ResourceError("x"), [("x", "Correct it in the mapping. docs/mapping.md describes each key")]),
        (SettingsError([Mistake("a", "b", "c"), Mistake("d", "e")]), [("a: b", "c"), ("d: e", "")]),
    ],
)
def test_an_error_has_a_line_and_a_hint(error: SyncError, lines: list[tuple[str, str]]) -> None:
    assert list(error_lines(error)) == lines


@pytest.mark.parametrize(
    "raised",
    [ItemsError("a", hint="b"), ExceptionGroup("g", [ExceptionGroup("h", [ItemsError("a", hint="b")])])],
    ids=["an error", "a group"],
)
def test_errors_have_exit_code_1(raised: Exception) -> None:
    result = run_with(raised)
    assert (result.exit_code, result.output) == (1, "Error: a\n       b\n")


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), click.Abort()], ids=["a command", "a question"])
def test_an_interrupted_command_has_exit_code_130(raised: BaseException) -> None:
    result = run_with(raised)
    assert (result.exit_code, result.output.strip()) == (130, "Interrupted")


@pytest.mark.process
def test_a_closed_pipe_makes_no_traceback(tmp_path: Path) -> None:
    """The reader of the pipe has ended before the command writes."""
    code = (
        "import os, sys; from builder.cli.main import main; r, w = os.pipe(); os.close(r); os.dup2(w, 1);"
        f"main(['check', '--mapping', {str(tmp_path / 'mapping.yml')!r}])"
    )
    entry = "{kind: /a, port: {entity: {mappings: {identifier: .id, blueprint: '\"x\"'}}}}"
    (tmp_path / "mapping.yml").write_text(f"resources: [{entry}]", encoding="utf-8")
    environ = {**os.environ, "OCEAN__INTEGRATION__CONFIG__BASE_URL": "http://127.0.0.1:9"}
    program = [sys.executable, "-c", code]
    done = subprocess.run(program, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_port_out_of_range_is_refused() -> None:
    result = CliRunner().invoke(ocean_custom, ["builder", "--no-browser", "--port", "99999"])
    assert result.exit_code == 2
    assert "99999 is not in the range 0<=x<=65535" in result.output


@pytest.mark.process
def test_help_does_not_wait_for_the_imports_of_the_commands() -> None:
    program = (
        "import sys, builder.cli.main\n"
        "print(*{'extraction', 'httpx', 'pydantic', 'rich', 'yaml'} & sys.modules.keys())"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert found.stdout.strip() == ""


def test_a_preview_of_no_entities_is_refused() -> None:
    result = CliRunner().invoke(ocean_custom, ["preview", "--limit", "0"])
    assert result.exit_code == 2
    assert "0 is not in the range" in result.output
