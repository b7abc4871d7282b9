"""`python -m builder.web`: the page without the other commands."""

import argparse
import sys

from builder.web import DEFAULT_PORT
from builder.web.page.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Serve the page until interrupted. Returns 1 if the port is in use."""
    parser = argparse.ArgumentParser(
        prog="python -m builder.web", description="Serve the builder's page on this machine."
    )
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help=f"port to listen on, 0 for any free port (default: {DEFAULT_PORT})",
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args(arguments)
    try:
        serve(options.port, opens_browser=options.open)
    except OSError as error:
        print(f"Port {options.port}: {error.strerror}. Choose another with --port", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
