"""Env files: how their lines are read, and which names nothing reads."""

from pathlib import Path

import pytest

from builder.cli.env_file import read_env_file
from builder.cli.inputs import read_inputs
from builder.cli.variable_names import json_mistakes, names_without_prefix, nearest_name, unknown_names
from rest.errors import SettingsError

CONFIG = "OCEAN__INTEGRATION__CONFIG__"


@pytest.mark.parametrize(
    ("content", "value", "note"),
    [
        (b"A=b=c", "b=c", ""),
        (b"A=1\r\nB=2\r\n", "1", ""),
        (b"export A=1", "1", "export is ignored here"),
        (b"  export\tA=1  ", "1", "export is ignored here"),
        (b'A="x y"', "x y", "the quotes are ignored here"),
        (b"A='{\"a\": 1}'", '{"a": 1}', "the quotes are ignored here"),
        (b'A="a" + "b"', '"a" + "b"', ""),
        (b'A="', '"', ""),
        (b"A = 1", "1", "blanks around = are ignored here"),
        (b"A=", "", ""),
        ("A=\u2028x".encode(), "\u2028x".strip(), "blanks"),
        (b"A", "from the environment", ""),
    ],
    ids=str,
)
def test_a_line_is_read_as_a_shell_reads_it(content: bytes, value: str, note: str, tmp_path: Path) -> None:
    file = tmp_path / "my.env"
    file.write_bytes(b"\xef\xbb\xbf# a comment\n" + content)
    found = read_env_file(file, {"A": "from the environment"})
    assert found.variables["A"] == value
    assert [note in each for each in found.notes] == ([True] if note else [])
    assert all(each.startswith(f"{file}, line 2: ") for each in found.notes)


@pytest.mark.parametrize("line", ["A: 1", "=1", "A B=1", "- A=1"])
def test_a_line_of_another_form_is_an_error(line: str, tmp_path: Path) -> None:
    file = tmp_path / "my.env"
    file.write_text(f"A=1\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"line 2: .* is not NAME=value"):
        read_env_file(file, {})


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        (f"{CONFIG}BASEURL", f"{CONFIG}BASE_URL"),
        (f"{CONFIG}baseUrl", f"{CONFIG}BASE_URL"),
        (f"{CONFIG}BASE_ULR", f"{CONFIG}BASE_URL"),
        ("OCEAN_INTEGRATION_CONFIG_BASE_URL", f"{CONFIG}BASE_URL"),
        ("OCEAN__INTEGRATION__BASE_URL", f"{CONFIG}BASE_URL"),
        ("OCEAN__CONFIG__API_TOKEN", f"{CONFIG}API_TOKEN"),
        ("OCEAN__PORT__CLIENTID", "OCEAN__PORT__CLIENT_ID"),
        ("OCEAN__PORT_CLIENT_SECRET", "OCEAN__PORT__CLIENT_SECRET"),
        ("OCEAN__INTEGRATION__IDENTIFER", "OCEAN__INTEGRATION__IDENTIFIER"),
        ("OCEAN__EVENT_LISTNER", "OCEAN__EVENT_LISTENER"),
        (f"{CONFIG}XYZ", ""),
    ],
)
def test_a_name_that_nothing_reads_has_the_nearest_known_one(name: str, nearest: str) -> None:
    (mistake,) = unknown_names({name: "x"}, "my.env")
    assert mistake.name == name
    assert nearest_name(name) == nearest
    assert nearest in mistake.hint


@pytest.mark.parametrize(
    "name",
    [
        f"{CONFIG}BASE_URL",
        f"{CONFIG}PAGINATION_PARAM",
        "OCEAN__PORT__BASE_URL",
        "OCEAN__METRICS__ENABLED",
        "OCEAN__EVENT_LISTENER__TYPE",
        "OCEAN__EVENT_LISTENER",
        "OCEAN__BASE_URL",
        "OCEAN__INTEGRATION__TYPE",
        "OCEAN_CUSTOM_VERDICTS_FILE",
        "OCEAN_DRIVE",
        "PATH",
    ],
)
def test_known_and_foreign_names_are_no_mistakes(name: str) -> None:
    assert list(unknown_names({name: "x"}, "my.env")) == []


def test_a_setting_without_its_prefix_is_a_warning() -> None:
    (warning,) = names_without_prefix({"BASE_URL": "x", "HOME": "y"}, "my.env")
    assert warning == f"my.env: BASE_URL is read by nothing. Did you mean {CONFIG}BASE_URL?"
    assert "OCEAN__PORT__CLIENT_ID" in next(names_without_prefix({"PORT_CLIENT_ID": "x"}, "my.env"))
    used = {"API_TOKEN": "x", f"{CONFIG}CUSTOM_HEADERS": '{"X": "${API_TOKEN}"}'}
    assert list(names_without_prefix(used, "my.env")) == []


def test_an_object_of_ocean_that_is_not_json_is_a_mistake() -> None:
    variables = {"OCEAN__EVENT_LISTENER": "{type: ONCE}", "OCEAN__METRICS": '{"enabled": true}', "A": "{"}
    (mistake,) = json_mistakes(variables, "my.env")
    assert (mistake.name, "is not valid JSON" in mistake.what) == ("OCEAN__EVENT_LISTENER", True)


def test_names_in_the_environment_are_warnings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{CONFIG}BASEURL", "x")
    read_inputs(None)
    assert (
        f"Warning: {CONFIG}BASEURL is not a setting. Did you mean {CONFIG}BASE_URL?"
        in capsys.readouterr().err
    )
