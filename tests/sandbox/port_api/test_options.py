"""Parsing of the command line."""

from pathlib import Path

import pytest

from sandbox.port_api.options import parse_options
from sandbox.port_api.port import PortSettings
from sandbox.port_api.rate_limits import PORT_LIMITS, uniform_limits
from sandbox.port_api.raw_data import Processing


def test_defaults_are_in_memory_without_limits() -> None:
    options = parse_options([])
    assert (options.port, options.imported, options.exported) == (3010, (), None)
    assert options.settings == PortSettings()


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ("--db port.db --reset", PortSettings(database="port.db", fresh=True)),
        ("--rate-limit 5 --rate-period 10", PortSettings(limits=uniform_limits(5), rate_period_s=10)),
        ("--rate-limit port", PortSettings(limits=PORT_LIMITS)),
        ("--processing dsp", PortSettings(processing=Processing.DSP)),
        ("--latency 0.05", PortSettings(latency_s=0.05)),
        ("--touch-unchanged", PortSettings(touch_unchanged=True)),
    ],
)
def test_option_is_parsed(words: str, settings: PortSettings) -> None:
    assert parse_options(words.split()).settings == settings


def test_import_can_be_repeated() -> None:
    options = parse_options(["--import", "a.json", "--import", "b.json", "--export", "-"])
    assert (options.imported, options.exported) == ((Path("a.json"), Path("b.json")), Path("-"))


@pytest.mark.parametrize(
    "words",
    [
        "--rate-limit 0",
        "--rate-limit many",
        "--rate-period -1",
        "--processing none",
        "--latency -1",
        "--latency inf",
        "--latency x",
        "--host 0.0.0.0",
    ],
)
def test_invalid_option_is_an_error(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No option makes the sandbox listen on an address other than loopback."""
    with pytest.raises(SystemExit) as caught:
        parse_options(words.split())
    assert caught.value.code == 2
    message = capsys.readouterr().err
    assert words.split()[0] in message
    assert "invalid _" not in message
