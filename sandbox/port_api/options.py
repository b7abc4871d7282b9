"""The sandbox's command-line options."""

import argparse
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.port_api.port import PortSettings
from sandbox.port_api.rate_limits import PORT_LIMITS, Limits, uniform_limits
from sandbox.port_api.raw_data import Processing
from sandbox.webhooks.targets import ALLOW_OPTION


@dataclass(frozen=True, slots=True)
class Options:
    """Parsed options. port: 0 picks a free one; exported: write the catalog to this file, then exit."""

    port: int
    settings: PortSettings
    imported: tuple[Path, ...]
    exported: Path | None


def parse_options(arguments: Sequence[str] | None = None) -> Options:
    """Parse these arguments, or those of this process."""
    parsed = _parser().parse_args(arguments)
    settings = PortSettings(
        database=parsed.db,
        fresh=parsed.reset,
        limits=parsed.rate_limit,
        rate_period_s=parsed.rate_period,
        touch_unchanged=parsed.touch_unchanged,
        processing=Processing(parsed.processing),
        latency_s=parsed.latency,
        webhook_hosts=frozenset(host.lower() for host in parsed.webhook_host),
    )
    return Options(parsed.port, settings, tuple(parsed.imported), parsed.export)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.port_api",
        description="Run a local sandbox for Port's API. It listens on loopback only.",
    )
    parser.add_argument("--port", type=int, default=3010, help="port to listen on; 0 picks a free one (3010)")
    parser.add_argument(
        "--latency", type=_seconds, default=0, metavar="SECONDS", help="delay of every API response (0)"
    )
    _add_catalog_options(parser)
    _add_behavior_options(parser)
    return parser


def _add_catalog_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--db", default=":memory:", metavar="FILE", help="SQLite database file (default: in memory)")
    add("--reset", action="store_true", help="delete the database's contents first")
    add(
        "--import",
        dest="imported",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help='create or replace blueprints from {"blueprints": [...]}, the format of --export',
    )
    add("--export", type=Path, metavar="FILE", help="write the catalog as JSON and exit; - means stdout")


def _add_behavior_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--rate-limit",
        type=_limits,
        metavar="NUMBER",
        help='requests per window and operation family, or "port" for Port\'s limits (default: no limit)',
    )
    add("--rate-period", type=_positive, default=300, metavar="SECONDS", help="length of a window (300)")
    add("--touch-unchanged", action="store_true", help="update updatedAt even if an upsert changes nothing")
    add(
        "--processing",
        choices=[mode.value for mode in Processing],
        default=Processing.OCEAN.value,
        help="where raw items are mapped; dsp stores them without mapping (default: ocean)",
    )
    add(
        ALLOW_OPTION,
        action="append",
        default=[],
        metavar="NAME",
        help="also allow events to this host; by default the pages send them to loopback only",
    )


def _limits(text: str) -> Limits:
    return PORT_LIMITS if text == "port" else uniform_limits(_positive(text))


def _positive(text: str) -> int:
    with suppress(ValueError):
        number = int(text)
        if number > 0:
            return number
    raise argparse.ArgumentTypeError(f"{text} is not a positive integer")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        seconds = float(text)
        if 0 <= seconds < math.inf:
            return seconds
    raise argparse.ArgumentTypeError(f"{text} is not a number of seconds, 0 or more")
