"""`python -m builder.web`: the page, without the terminal's other commands."""

import argparse
import sys

from builder.web.server import DEFAULT_PORT, serve


def main(arguments: list[str] | None = None) -> int:
    """Serves until it is interrupted; 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m builder.web", description=main.__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"0 takes a free one ({DEFAULT_PORT})")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    chosen = parser.parse_args(arguments)
    try:
        serve(chosen.port, opens_browser=chosen.open)
    except OSError as error:
        print(f"Port {chosen.port}: {error.strerror}. Choose another: --port", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
