"""Command line: `python -m sandbox.sample_api`."""

import argparse
import contextlib
import signal
import sys

from sandbox.sample_api.sample import Options
from sandbox.sample_api.sample_data import Sizes
from sandbox.sample_api.server import SampleServer, listen
from sandbox.webhooks.targets import ALLOW_OPTION


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Return 1 if the port is in use."""
    parsed = _parser().parse_args(arguments)
    sizes = Sizes(parsed.users, parsed.projects, parsed.tickets, parsed.events)
    hosts = frozenset(host.lower() for host in parsed.webhook_host)
    options = Options(sizes, parsed.latency, parsed.token_lifetime, hosts)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        listener = listen(parsed.port)
    except OSError as error:
        message = f"Cannot listen on port {parsed.port}: {error.strerror}. Choose another one with --port"
        print(message, file=sys.stderr)  # noqa: T201
        return 1
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again when it has ended
        SampleServer(options).run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.sample_api",
        description="Run the API of a fictitious company. It listens on loopback only.",
    )
    defaults = Options()
    parser.add_argument(
        "--port", type=_count, default=3020, help="port to listen on; 0 picks a free one (3020)"
    )
    for name in ("users", "projects", "tickets", "events"):
        default = getattr(defaults.sizes, name)
        parser.add_argument(f"--{name}", type=_count, default=default, help=f"number of {name} ({default})")
    parser.add_argument("--latency", type=float, default=0, help="delay of every response, in seconds")
    parser.add_argument(
        "--token-lifetime",
        type=_count,
        default=defaults.token_lifetime_s,
        help="lifetime of OAuth and login tokens, in seconds (3600)",
    )
    parser.add_argument(
        ALLOW_OPTION,
        action="append",
        default=[],
        metavar="NAME",
        help="also allow events to this host; by default they are sent to loopback only",
    )
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
