"""Write the figures and charts of docs/benchmarks.md from the results of the benchmarks.

python -m scripts.write_benchmarks          writes the page and the charts
python -m scripts.write_benchmarks --check  writes nothing; exit code 1 if a file is stale
"""

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks.figure_charts import CHARTS, picture
from benchmarks.figures import SECTIONS
from benchmarks.readings import Scenarios
from benchmarks.results import RESULTS, read_results

ROOT = Path(__file__).parents[1]
PAGE = Path("docs") / "benchmarks.md"
PICTURES = Path("docs") / "pictures"
_SECTION = re.compile(r"(<!-- figures: (\S+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def with_figures(page: str, scenarios: Scenarios) -> str:
    """Return the page with new figures between its markers. Raises SystemExit: a marker is unknown."""

    figures: Mapping[str, Callable[[Scenarios], str]] = {
        **SECTIONS,
        **{name: partial(picture, name) for name in CHARTS},
    }

    def section(found: re.Match[str]) -> str:
        if found[2] not in figures:
            raise SystemExit(f"no figures {found[2]}; there are {', '.join(figures)}")
        return f"{found[1]}\n{figures[found[2]](scenarios)}\n\n{found[3]}"

    return _SECTION.sub(section, page)


def written(folder: Path, scenarios: Scenarios) -> dict[Path, str]:
    """Return the content of each generated file. folder: has docs/benchmarks.md."""
    page = (folder / PAGE).read_text(encoding="utf-8")
    charts = {name: make(scenarios) for name, make in CHARTS.items()}
    pictures = {PICTURES / f"{name}.svg": chart.svg() for name, chart in charts.items() if chart}
    return {PAGE: with_figures(page, scenarios), **pictures}


def main() -> None:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(prog="python -m scripts.write_benchmarks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a file is stale")
    parser.add_argument("--folder", type=Path, default=ROOT, help="the project (default: this one)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the results file")
    options = parser.parse_args()
    files = written(options.folder, read_results(options.results).scenarios)
    if options.check:
        stale = [
            str(path)
            for path, text in files.items()
            if not (options.folder / path).exists()
            or (options.folder / path).read_text(encoding="utf-8") != text
        ]
        if stale:
            sys.exit(f"stale: {', '.join(stale)}; run python -m scripts.write_benchmarks")
        return
    for path, text in files.items():
        (options.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (options.folder / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
