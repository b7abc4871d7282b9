"""The wheel's only package, `ocean_custom`. This file becomes its `__init__.py`, next to the source tree."""

import sys
from pathlib import Path


def main() -> None:
    """Run `ocean-custom` with the source tree on this process's import path."""
    sys.path.insert(0, str(Path(__file__).parent))
    from builder.cli.main import main as commands  # needs the import path

    commands(prog_name="ocean-custom")
