"""A copy of the project in which Ocean's own classes map, compare, write and delete."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
STOCK = Path(__file__).with_name("stock")
PAGE_BATCHES = {"BENCH_BATCH_ITEMS": "100"}


@contextmanager
def stock_project() -> Iterator[Path]:
    """Create the copy. Its main.py and integration.py are those of benchmarks/stock."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "custom"
        project.mkdir()
        names = (each.name for each in ROOT.iterdir() if not each.name.startswith("."))
        for name in (".port", *names):
            if name not in {"benchmarks", "tests", "docs", "main.py", "integration.py"}:
                (project / name).symlink_to(ROOT / name)
        for file in STOCK.glob("*.py"):
            shutil.copy(file, project)
        yield project
