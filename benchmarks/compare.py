"""Compare extraction with dlt's rest_api source, Airbyte's low-code CDK, and a minimal program.

10,000 items on 100 pages, with a known number of pages, at no latency and at 50 ms. The results are medians
of five runs. Each run is a process that reads all items twice; the second time counts, after lazy imports.
The other tools are installed from PyPI into environments under .bench.
"""

import os
import statistics
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.lean_api import lean_api

ROOT = Path(__file__).parents[1]
OTHERS = Path(__file__).with_name("others")
ITEMS, PAGES, SIZE = 10_000, 100, 100
RUNS = 5
FLOOR = "with_httpx_and_orjson"
NAMES = {
    "ours": "ours",
    "with_dlt": "dlt",
    "with_airbyte": "Airbyte's CDK",
    FLOOR: "httpx and orjson (the floor)",
}


def environment_of(name: str) -> Path:
    """Return the Python of an environment with a program's requirements."""
    folder = ROOT / ".bench" / name
    python = folder / "bin" / "python"
    requirements = (OTHERS / f"{name}.txt").read_text()
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != requirements:
        print(f"installing {requirements.split()[0]} ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [*pip, "--requirement", str(OTHERS / f"{name}.txt")], check=True, stderr=subprocess.DEVNULL
        )
        stamp.write_text(requirements)
    return python


def seconds_of(name: str, url: str) -> float:
    """Return the seconds of one run. Raises AssertionError: items are missing."""
    if name == "ours":
        command = [sys.executable, str(OTHERS.with_name("ours_alone.py"))]
    else:
        command = [str(environment_of(name)), str(OTHERS / f"{name}.py")]
    done = subprocess.run(
        [*command, url, str(PAGES), str(SIZE)],
        env={**os.environ, "PYTHONPATH": str(ROOT) if name == "ours" else ""},
        capture_output=True,
        text=True,
        check=True,
    )
    count, seconds = done.stdout.split()
    assert int(count) == ITEMS, done.stdout
    return float(seconds)


def main() -> None:
    """Print a line for each tool and latency."""
    for latency_s in (0.0, 0.05):
        with lean_api(items=ITEMS, latency_s=latency_s) as (url, _):
            runs = [{name: seconds_of(name, url) for name in NAMES} for _ in range(RUNS)]
        medians = {name: statistics.median(run[name] for run in runs) for name in NAMES}
        print(f"at {latency_s * 1000:.0f} ms:")
        for name, seconds in medians.items():
            ratio = seconds / medians["ours"]
            floor = seconds / medians[FLOOR]
            print(f"  {NAMES[name]:<30} {seconds:>6.2f} s  {ratio:>5.1f} x ours  {floor:>5.1f} x the floor")


if __name__ == "__main__":
    main()
