"""The options of the demo, and how it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli.main import main
from scripts.demo import parse_options

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("arguments", "is_terminal", "ci", "stays", "opens"),
    [
        ([], True, "", True, True),
        ([], False, "", False, False),
        ([], True, "true", False, False),
        (["--stay"], False, "true", True, True),
        (["--stay", "--no-open"], False, "", True, False),
        (["--open"], False, "", True, True),
        (["--no-stay"], True, "", False, False),
    ],
)
def test_the_demo_stays_in_a_terminal_only(
    arguments: list[str],
    *,
    is_terminal: bool,
    ci: str,
    stays: bool,
    opens: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", ci)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: is_terminal, raising=False)
    options = parse_options(arguments)
    assert (options.stay, options.open) == (stays, opens)


def test_templates_are_listed_and_written(tmp_path: Path) -> None:
    listed = CliRunner().invoke(main, ["init", "--template", "list"])
    assert listed.exit_code == 0
    assert "jira             Jira Cloud" in listed.output
    folder = tmp_path / "github"
    command = ["init", "--template", "github", "--set", "organisation=acme", "--output", str(folder)]
    written = CliRunner().invoke(main, command)
    assert written.exit_code == 0, written.output
    assert "/orgs/acme/repos" in (folder / "resources" / "port-app-config.yml").read_text()
    assert "API_TOKEN=<YOUR_API_TOKEN>" in (folder / "ocean-custom.env").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--template", "nowhere"], "Choose one of auth0"),
        (["--template", "github", "--yes"], "Organisation: required with --yes"),
        (["--template", "github", "--set", "team=a"], "the template github needs organisation"),
        (["--template", "github", "--set", "acme"], "write it as NAME=VALUE"),
        (["--template", "github", "--base-url", "https://a.example"], "cannot be combined"),
        (["--template", "github", "--from", __file__], "cannot be combined"),
        (["--set", "organization=acme", "--base-url", "https://a.example"], "--set needs --template"),
    ],
)
def test_a_wrong_use_of_a_template_is_told(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(main, ["init", *arguments])
    assert result.exit_code != 0
    assert words in result.output


def _children(parent: int) -> dict[int, str]:
    """Return the command lines of a process's children."""
    numbers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {int(each): _command_line(int(each)) for each in numbers}


def _command_line(process: int) -> str:
    """Return the command line of a process, empty if it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.process
def test_the_demo_ends_its_servers_when_it_is_interrupted() -> None:
    # Shells start programs in the background with SIGINT ignored, which this process may have inherited.
    command = ["env", "--default-signal=INT", sys.executable, "scripts/demo.py", "--no-stay"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert any("Syncing" in line for line in iter(demo.stdout.readline, ""))
        children = _children(demo.pid)
        deadline = time.monotonic() + 60
        while not any("sail" in text for text in children.values()) and time.monotonic() < deadline:
            time.sleep(0.05)
            children = _children(demo.pid)
        assert len(children) == 3
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=60) == 130
    # Another process may have the number of one that has ended.
    assert [text for child, text in children.items() if text and _command_line(child) == text] == []
