"""Measure the time from `ocean sail` to the first request, for ours and for an empty integration."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.lean_api import lean_api
from benchmarks.mappings import mapping_of
from benchmarks.port_sandbox import ROOT, port_sandbox

RUNS = 5
EMPTY_MAIN = """
import time
from port_ocean.context.ocean import ocean


@ocean.on_resync()
async def resync(kind):
    print(f"FIRST {time.time()} ", flush=True)
    yield []
"""


def first_request_s(project: Path, port_url: str, api_url: str) -> float:
    """Return the seconds from the start of the process to its first request."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OCEAN__")},
        "PYTHONPATH": str(project),
        "OCEAN__PORT__BASE_URL": port_url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": "bench-start",
        "OCEAN__EVENT_LISTENER": '{"type": "ONCE"}',
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        "OCEAN__CACHING_STORAGE_MODE": "memory",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": api_url,
        "OCEAN__APPLICATION__LOG_LEVEL": "INFO",
        "APPLICATION__PORT": "0",
    }
    start = time.time()
    done = subprocess.run(
        [Path(sys.executable).with_name("ocean"), "sail"],
        cwd=project,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("FIRST "))
    return float(line.split()[1]) - start


def project_in(folder: Path, *, is_empty: bool) -> Path:
    """Create a project that prints the time of its first request: ours, or one with only a handler."""
    project = folder / ("empty" if is_empty else "ours")
    project.mkdir()
    for name in (".port", "pyproject.toml") if is_empty else os.listdir(ROOT):
        if name not in {"main.py", ".git"}:
            (project / name).symlink_to(ROOT / name)
    main = (ROOT / "main.py").read_text()
    first_request = "    extractor = await engine.extractor()\n"
    print_time = '    import time\n    print(f"FIRST {time.time()} ", flush=True)\n'
    timed = main.replace(first_request, print_time + first_request, 1)
    (project / "main.py").write_text(EMPTY_MAIN if is_empty else timed)
    return project


def main() -> None:
    """Print a line for each project."""
    with lean_api(items=1) as (api_url, _), port_sandbox() as port, tempfile.TemporaryDirectory() as folder:
        projects = {
            "an empty integration": project_in(Path(folder), is_empty=True),
            "ours": project_in(Path(folder), is_empty=False),
        }
        port.install("bench-start", mapping_of("/items"))
        runs: dict[str, list[float]] = {name: [] for name in projects}
        for _ in range(RUNS):
            for name, project in projects.items():
                runs[name].append(first_request_s(project, port.url, api_url))
        for name, seconds in runs.items():
            print(f"{name:<22} {statistics.median(seconds):.2f} s from its start to its first request")


if __name__ == "__main__":
    main()
