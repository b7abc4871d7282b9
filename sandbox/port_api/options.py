"""The command line of the sandbox, read."""

import argparse
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.port_api.port import PortSettings
from sandbox.port_api.quota import PORT_LIMITS, Limits, same_limit
from sandbox.port_api.raw import Processing


@dataclass(frozen=True, slots=True)
class Options:
    """port: 0 picks a free one; exported: write the catalog there instead of serving."""

    port: int
    settings: PortSettings
    imported: tuple[Path, ...]
    exported: Path | None


def command_line(arguments: Sequence[str] | None = None) -> Options:
    """Of this process, or these arguments."""
    asked = _parser().parse_args(arguments)
    settings = PortSettings(
        database=asked.db,
        fresh=asked.reset,
        limits=asked.rate_limit,
        rate_period_s=asked.rate_period,
        touch_unchanged=asked.touch_unchanged,
        processing=Processing(asked.processing),
        latency_s=asked.latency,
    )
    return Options(asked.port, settings, tuple(asked.imported), asked.export)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.port_api", description="Port on this machine. Answers on loopback only."
    )
    add = parser.add_argument
    add("--port", type=int, default=3010, help="0 picks a free one (default: 3010)")
    add("--db", default=":memory:", metavar="FILE", help="SQLite file (default: in memory)")
    add("--reset", action="store_true", help="empty the database first")
    add(
        "--import",
        dest="imported",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help='blueprints to create or replace: {"blueprints": [...]}, as --export writes them',
    )
    add("--export", type=Path, metavar="FILE", help="write the catalog as JSON, - is stdout, and end")
    add(
        "--rate-limit",
        type=_limits,
        metavar="NUMBER",
        help='requests per window and family of operations, or "port" for Port\'s own (default: no limit)',
    )
    add("--rate-period", type=_positive, default=300, metavar="SECONDS", help="window (default: 300)")
    add("--touch-unchanged", action="store_true", help="move updatedAt even when an upsert changes nothing")
    add(
        "--processing",
        choices=[mode.value for mode in Processing],
        default=Processing.OCEAN.value,
        help="who makes entities of raw items; dsp keeps them and makes none (default: ocean)",
    )
    add(
        "--latency", type=_seconds, default=0, metavar="SECONDS", help="each answer is held back (default: 0)"
    )
    return parser


def _limits(text: str) -> Limits:
    return PORT_LIMITS if text == "port" else same_limit(_positive(text))


def _positive(text: str) -> int:
    with suppress(ValueError):
        number = int(text)
        if number > 0:
            return number
    raise argparse.ArgumentTypeError(f"{text} is no positive number")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        seconds = float(text)
        if 0 <= seconds < math.inf:
            return seconds
    raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
