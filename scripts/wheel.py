"""The one package of the wheel, `ocean_custom`: this file is its `__init__.py`, the tree lies beside it."""

import sys
from pathlib import Path


def main() -> None:
    """`ocean-custom`. Puts the tree on the import path of this process alone."""
    sys.path.insert(0, str(Path(__file__).parent))
    from builder.cli.main import main as commands  # found only now

    commands(prog_name="ocean-custom")
