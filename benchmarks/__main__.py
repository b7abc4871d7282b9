"""Run the benchmarks and save their results: `python -m benchmarks quick` or `all`.

quick takes about ten minutes on two idle cores, all about an hour. --only runs some scenarios, --against
compares with another checkout of the project, and --results names another file. Then
`python -m scripts.write_benchmarks` writes docs/benchmarks.md from the file.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.extraction_speed import record_extraction
from benchmarks.growth import record_growth
from benchmarks.port_sandbox import ROOT
from benchmarks.results import RESULTS, Results, read_results, versions
from benchmarks.resyncs import PREFIX, Contestant, Scenario, conditional, nested, port_at, record_resyncs
from benchmarks.stock_project import PAGE_BATCHES, stock_project
from configuration.setting_names import setting_name
from configuration.settings import setting_names

# Programs that print their own figures. Their output is saved as it is.
PROGRAMS = ("start_up", "sandbox", "rate_limit", "large_array", "mapping_speed", "partitions", "live_events")
_CONDITIONAL = "conditionalRequests"


@dataclass(frozen=True)
class Plan:
    """The scenarios of a run by name, in order. most_runs: limits the number of runs of each."""

    results: Results
    contestants: Mapping[str, Contestant]
    most_runs: int

    def quick(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the scenarios of `make bench`."""
        yield self._syncs(port_at(0), {"ours": 5, "stock_paged": 2})
        yield self._syncs(port_at(50), {"ours": 5, "stock_paged": 1})
        yield self._syncs(nested(), {"ours": 3})
        yield self._conditional(2)
        yield self._growth(10_000)
        yield self._extraction(0, 3)
        yield self._extraction(50, 3)

    def all(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the scenarios of `make bench-all`."""
        yield self._syncs(port_at(0), {"ours": 5, "ours_two_processes": 3, "stock": 3, "stock_paged": 3})
        yield self._syncs(port_at(20), {"ours": 5})
        yield self._syncs(port_at(50), {"ours": 5, "ours_two_processes": 3, "stock": 2, "stock_paged": 2})
        yield self._syncs(port_at(150), {"ours": 3})
        yield self._syncs(nested(), {"ours": 5, "stock_paged": 2})
        yield self._conditional(3)
        for latency_ms in (0, 50):
            yield self._extraction(latency_ms, 5)
        for name in PROGRAMS:
            yield name, partial(record_program, self.results, name)
        for count in (10_000, 100_000, 1_000_000):
            yield self._growth(count)

    def _syncs(self, scenario: Scenario, runs: Mapping[str, int]) -> tuple[str, Callable[[], None]]:
        if "against" in self.contestants and scenario.name != "conditional":
            runs = {**runs, "against": runs["ours"]}
        contestants = {name: self.contestants[name] for name in runs}
        runs = {name: min(number, self.most_runs) for name, number in runs.items()}
        return scenario.name, partial(record_resyncs, self.results, scenario, contestants, runs)

    def _conditional(self, runs: int) -> tuple[str, Callable[[], None]]:
        scenario = conditional()
        if _CONDITIONAL not in map(setting_name, setting_names()):
            return scenario.name, partial(print, f"  left out: there is no setting {_CONDITIONAL}")
        contestants = {
            name: Contestant(environ={f"{PREFIX}CONDITIONAL_REQUESTS": name}) for name in ("auto", "off")
        }
        counts = dict.fromkeys(contestants, min(runs, self.most_runs))
        return scenario.name, partial(record_resyncs, self.results, scenario, contestants, counts)

    def _growth(self, count: int) -> tuple[str, Callable[[], None]]:
        with_empty = count == 100_000
        return f"growth-{count}", partial(record_growth, self.results, count, with_empty=with_empty)

    def _extraction(self, latency_ms: int, runs: int) -> tuple[str, Callable[[], None]]:
        return f"extraction-{latency_ms}", partial(
            record_extraction, self.results, latency_ms / 1000, min(runs, self.most_runs)
        )


def record_program(results: Results, name: str) -> None:
    """Run a program of this folder, and save what it prints."""
    program = Path(__file__).with_name(f"{name}.py")
    if not program.exists():
        print(f"  left out: there is no {program.name}")
        return
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", str(program)]
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    if done.returncode:
        print(f"  {name} failed with exit code {done.returncode}; nothing is saved", file=sys.stderr)
        return
    results.record(name, {"output": done.stdout.splitlines()})


@contextmanager
def contestants(against: Path | None) -> Iterator[dict[str, Contestant]]:
    """Create the projects that are measured. against: another checkout of this project."""
    with stock_project() as stock:
        found = {
            "ours": Contestant(),
            "ours_two_processes": Contestant(two_processes=True),
            "stock": Contestant(stock),
            "stock_paged": Contestant(stock, PAGE_BATCHES),
        }
        yield found | ({"against": Contestant(against.resolve())} if against else {})


def main() -> None:
    """Run the scenarios of a plan."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("plan", choices=("quick", "all"))
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these scenarios")
    parser.add_argument("--runs", type=int, default=sys.maxsize, metavar="N", help="at most N of each series")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="another checkout to compare with")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE", help="the results file")
    options = parser.parse_args()
    # The default action would leave the started processes behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    with contestants(options.against) as found:
        plan = Plan(read_results(options.results, versions()), found, options.runs)
        scenarios = dict(plan.quick() if options.plan == "quick" else plan.all())
        if unknown := set(options.only) - scenarios.keys():
            parser.error(f"no scenario {', '.join(sorted(unknown))}; there are {', '.join(scenarios)}")
        for name in options.only or scenarios:
            print(f"== {name}", flush=True)
            start = time.monotonic()
            scenarios[name]()
            print(f"  {time.monotonic() - start:.0f} s in total, load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
