"""The shared documents and responses: the builder proposes what each expected.json calls right."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

_SHARED = Path(os.environ.get("SHARED", Path(__file__).parents[3] / "shared"))
_FOLDER = _SHARED / "imports"
_CASES = sorted(path.parent for path in _FOLDER.glob("cases/*/expected.json"))


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    """The runner of the cases."""
    spec = importlib.util.spec_from_file_location("import_cases", _FOLDER / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not _CASES, reason="the shared documents are not here")
@pytest.mark.parametrize("case", _CASES, ids=lambda path: path.name)
def test_case(runner: ModuleType, case: Path) -> None:
    """The runner raises an error that says what is wrong."""
    runner.run(case)
