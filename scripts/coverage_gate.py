"""Check that each package's branch coverage is at least what it must be: python -m scripts.coverage_gate

Without arguments, it checks the packages that `make test` measures. Arguments name other packages:
`make coverage` measures the builder and the sandbox, which takes half a minute more than testing them.

Reads `.coverage`. The exit code is 1 if a package is below its limit.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# The engine decides what is deleted, so all of it is covered. The others also run in processes of their own,
# which are not measured.
LIMITS: Mapping[str, float] = {
    "rest": 100,
    "expressions": 100,
    "configuration": 100,
    "client": 100,
    "auth": 100,
    "pagination": 100,
    "http_client.py": 100,
    "extraction": 100,
    "mapping": 100,
    "live_events": 100,
    "ocean_adapter": 95,
}
ON_REQUEST: Mapping[str, float] = {"builder": 90, "sandbox": 95}


type Files = Mapping[str, Mapping[str, Mapping[str, int]]]


def coverage_by_package(files: Files) -> dict[str, float]:
    """Return the percentage of covered lines and branches by package. files: of coverage's JSON report."""
    covered: dict[str, int] = {}
    total: dict[str, int] = {}
    for file, entry in files.items():
        package, summary = Path(file).parts[0], entry["summary"]
        covered[package] = covered.get(package, 0) + summary["covered_lines"] + summary["covered_branches"]
        total[package] = total.get(package, 0) + summary["num_statements"] + summary["num_branches"]
    return {package: 100 * covered[package] / max(total[package], 1) for package in total}


def main(requested: Sequence[str]) -> None:
    """Print each package's coverage, and exit with 1 if one is below its limit."""
    limits = {package: ON_REQUEST[package] for package in requested} or LIMITS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "coverage.json")
        subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", str(file)], check=True)
        found = coverage_by_package(json.loads(file.read_text(encoding="utf-8"))["files"])
    failed = [package for package, limit in limits.items() if found.get(package, 0) < limit]
    for package, limit in limits.items():
        print(f"{package:16} {found.get(package, 0):6.2f} % (at least {limit} %)")
    if failed:
        raise SystemExit(f"coverage is below its limit: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
