#!/usr/bin/env python3
"""Print a version's section of CHANGELOG.md, without its heading: scripts/changelog_section.py 1.0.0

The exit code is 1 if the version has no section, or an empty one.
"""

import argparse
import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def section(text: str, version: str) -> str:
    """Return the text between the version's heading and the next one. Raises LookupError: there is none."""
    heading = rf"^## {re.escape(version)}(?: [^\n]*)?\n"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise LookupError(f"CHANGELOG.md says nothing about version {version}")
    return found[1].strip("\n") + "\n"


def main(arguments: list[str] | None = None, changelog: Path = CHANGELOG) -> int:
    """Print the section. Return the exit code."""
    parser = argparse.ArgumentParser(description="Print a version's section of CHANGELOG.md.")
    parser.add_argument("version", help="as in the heading: 1.0.0")
    version = parser.parse_args(arguments).version
    try:
        print(section(changelog.read_text(encoding="utf-8"), version), end="")
    except LookupError as error:
        print(f"changelog_section: {error.args[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
