"""`python -m sandbox.sample_api`: the sample company in a process of its own."""

import argparse
import contextlib
import signal
import sys

from sandbox.sample_api.data import Sizes
from sandbox.sample_api.sample import Options
from sandbox.sample_api.server import SampleServer, listen


def main(arguments: list[str] | None = None) -> int:
    """Serves until SIGTERM or SIGINT; 1 when the port is taken."""
    chosen = _parser().parse_args(arguments)
    sizes = Sizes(chosen.users, chosen.projects, chosen.tickets, chosen.events)
    options = Options(sizes, chosen.latency, chosen.token_lifetime)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        listener = listen(chosen.port)
    except OSError as error:
        print(f"Port {chosen.port}: {error.strerror}. Choose another: --port", file=sys.stderr)  # noqa: T201
        return 1
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again when it has ended
        SampleServer(options).run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.sample_api", description=main.__doc__)
    defaults = Options()
    parser.add_argument("--port", type=_count, default=3020, help="0 takes a free one (default 3020)")
    for name in ("users", "projects", "tickets", "events"):
        default = getattr(defaults.sizes, name)
        parser.add_argument(f"--{name}", type=_count, default=default, help=f"how many (default {default})")
    parser.add_argument("--latency", type=float, default=0, help="seconds each answer is held back")
    parser.add_argument(
        "--token-lifetime",
        type=_count,
        default=defaults.token_lifetime_s,
        help="expires_in of oauth2 and login, in seconds (default 3600)",
    )
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
