"""Commands that run the project's other programs."""

import subprocess
import sys

import click

from builder.project import ROOT


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def sandbox(options: tuple[str, ...]) -> None:
    """Run a sandbox of Port on this machine. For its OPTIONS, run `ocean-custom sandbox -- --help`."""
    sys.exit(_run_program("-m", "sandbox.port_api", *options))


@click.command()
@click.option(
    "--stay/--no-stay",
    default=None,
    help="Keep sandbox, sample API and builder running. Default: in a terminal.",
)
@click.option(
    "--open/--no-open", "opens", default=None, help="Open the catalog in the browser. Default: with --stay."
)
def demo(*, stay: bool | None, opens: bool | None) -> None:
    """Run a resync of a sample API into a sandbox of Port. In a terminal, keep both running."""
    flags = {"stay": stay, "open": opens}
    given = [f"--{name}" if is_on else f"--no-{name}" for name, is_on in flags.items() if is_on is not None]
    sys.exit(_run_program("scripts/demo.py", *given))


def _run_program(*arguments: str) -> int:
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT) as process:  # noqa: S603 - our own program
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the program gets it too, and ends by itself
                continue
