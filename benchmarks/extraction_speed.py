"""Extraction alone: ours, dlt's rest_api source, Airbyte's low-code CDK, and a minimal program (the floor).

10,000 items on 100 pages, with a known number of pages. Each run is a process that reads all items twice.
The second time counts, after lazy imports. The other tools are installed from lock files into environments
under .bench. A tool that cannot be installed is left out, with a line that says so.
"""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.lean_api import lean_api
from benchmarks.port_sandbox import ROOT
from benchmarks.results import Results
from benchmarks.series import alternate

OTHERS = Path(__file__).with_name("others")
ITEMS, PAGES, SIZE = 10_000, 100, 100
# The floor is the fewest lines of httpx and orjson that fetch the same bytes at the same concurrency.
TOOLS = ("ours", "with_httpx_and_orjson", "with_dlt", "with_airbyte")
_INSTALL_S = 600


def environment_of(name: str) -> Path | None:
    """Return the Python of an environment with a tool's locked packages. None: it cannot be installed."""
    folder, lock = ROOT / ".bench" / name, OTHERS / f"{name}.lock"
    stamp = folder / "installed.lock"
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        print(f"installing the packages of {lock.name} ...", file=sys.stderr, flush=True)
        create = [sys.executable, "-m", "venv", "--clear", str(folder)]
        pip = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
        ]
        for command in (create, [*pip, "--requirement", str(lock)]):
            done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
            if done.returncode:
                print(f"{name} is left out: it cannot be installed: {done.stderr[-500:]}", file=sys.stderr)
                return None
        stamp.write_text(lock.read_text())
    return folder / "bin" / "python"


def seconds_of(name: str, python: Path, url: str) -> float:
    """Return the seconds of one run. Raises SystemExit: items are missing."""
    program = OTHERS.with_name("ours_alone.py") if name == "ours" else OTHERS / f"{name}.py"
    done = subprocess.run(
        [str(python), "-P", str(program), url, str(PAGES), str(SIZE)],
        env={**os.environ, "PYTHONPATH": str(ROOT) if name == "ours" else ""},
        capture_output=True,
        text=True,
        check=True,
    )
    count, seconds = done.stdout.split()
    if int(count) != ITEMS:
        raise SystemExit(f"{name} read {count} of {ITEMS} items")
    return float(seconds)


def record_extraction(results: Results, latency_s: float, runs: int) -> None:
    """Measure all tools at this latency, and save the scenario."""
    pythons = {name: Path(sys.executable) if name == "ours" else environment_of(name) for name in TOOLS}
    with lean_api(items=ITEMS, latency_s=latency_s) as (url, _):
        measures = {
            name: lambda _, name=name, python=python: seconds_of(name, python, url)
            for name, python in pythons.items()
            if python
        }
        series: dict[str, list[float]] = {name: [] for name in measures}
        for name, seconds in alternate(measures, dict.fromkeys(measures, runs)):
            print(f"  {name}: {seconds:.2f} s", flush=True)
            series[name].append(seconds)
    parameters = {"items": ITEMS, "pages": PAGES, "latency_ms": round(latency_s * 1000)}
    results.record(f"extraction-{parameters['latency_ms']}", {"parameters": parameters, "seconds": series})
