"""The layering: imports go down only, one package imports Ocean, and module names are unique."""

import ast
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest
from port_ocean.core.integrations.base import BaseIntegration
from port_ocean.utils.misc import get_integration_class

from configuration.mapping_models import SelectorInput

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 250
LONGEST_FUNCTION = 35
LONGEST_STRATEGY = 60
# Modules above the limit, each with the reason.
LONGER_FOR_A_REASON: Mapping[str, str] = {}
OCEAN_USERS = {"main", "integration", "ocean_adapter"}

# Layers, lowest first. A module imports from its own package and from lower rows,
# never from another package of its own row.
ROWS: tuple[frozenset[str], ...] = (
    frozenset({"rest"}),
    frozenset({"expressions"}),
    frozenset({"configuration"}),
    frozenset({"client", "auth", "pagination"}),
    frozenset({"http_client"}),
    frozenset({"extraction", "mapping"}),
    frozenset({"live_events"}),
    frozenset({"ocean_adapter", "builder"}),
    frozenset({"main", "integration"}),
)
ROW_OF = {name: row for row, names in enumerate(ROWS) for name in names}
# Stands for foreign software. Tests reach it only over HTTP.
OUTSIDE = frozenset({"sandbox"})
OURS = ROW_OF.keys() | OUTSIDE
# Pure packages do no I/O, start no processes and wait for nothing.
PURE = {"rest", "pagination"}
NOT_PURE = {"os", "subprocess", "threading", "asyncio", "httpx", "socket", "multiprocessing"}
# Packages that the layering allows but that must not be imported here.
NEVER: Mapping[str, frozenset[str]] = {
    "http_client": frozenset({"auth", "pagination"}),
    "mapping": frozenset({"client", "auth", "pagination", "http_client"}),
    "integration": frozenset(ROW_OF.keys() - {"ocean_adapter"}),
}


def may_import(name: str) -> frozenset[str]:
    """Return our other packages that this one may import."""
    if name in OUTSIDE:
        return frozenset()
    below = {other for other, row in ROW_OF.items() if row < ROW_OF[name]}
    return frozenset(below - NEVER.get(name, frozenset()))


SANDBOX_USERS = {"sandbox"}


def modules() -> dict[str, Path]:
    """Return our modules by full name. Packages that do not exist yet are skipped."""
    files = [ROOT / f"{name}.py" for name in OURS]
    files += [file for name in OURS for file in sorted((ROOT / name).rglob("*.py"))]
    return {module_name(file): file for file in files if file.is_file()}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(name: str, file: Path) -> Iterator[str]:
    """Yield the full names of a module's imports, including those in functions. Resolves relative ones."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and is_dynamic_import(node):
            assert isinstance(node.args[0], ast.Constant), f"{name} has an import that cannot be read"
            yield str(node.args[0].value)


def is_dynamic_import(call: ast.Call) -> bool:
    function = call.func
    called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return called in ("__import__", "import_module") and bool(call.args)


MODULES = modules()


@cache
def imported() -> Mapping[str, set[str]]:
    """Return the imports of each module."""
    return {name: set(imports(name, file)) for name, file in MODULES.items()}


def top(name: str) -> str:
    return name.partition(".")[0]


def test_imports_go_down_only() -> None:
    wrong = {}
    for name in MODULES:
        imported_packages = {top(each) for each in imported()[name]} & OURS
        if up := imported_packages - {top(name)} - may_import(top(name)):
            wrong[name] = up
    assert not wrong


def test_pure_packages_import_nothing_that_does_input_or_output() -> None:
    users = {
        name: found & NOT_PURE
        for name, modules in imported().items()
        if top(name) in PURE and (found := set(map(top, modules))) & NOT_PURE
    }
    assert not users


def test_only_the_sandbox_imports_the_sandbox() -> None:
    users = {top(name) for name, found in imported().items() if SANDBOX_USERS & {top(each) for each in found}}
    assert users <= SANDBOX_USERS


def test_only_the_adapter_imports_ocean() -> None:
    users = {name for name, found in imported().items() if "port_ocean" in map(top, found)}
    assert {top(name) for name in users} <= OCEAN_USERS, users


def test_modules_have_no_import_cycle() -> None:
    graph = {name: (found & MODULES.keys()) - {name} for name, found in imported().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_a_module_has_at_most_250_lines() -> None:
    lines = {name: len(file.read_text().splitlines()) for name, file in MODULES.items()}
    too_long = {name for name, count in lines.items() if count > LONGEST_MODULE}
    assert too_long == LONGER_FOR_A_REASON.keys()


class Definition(NamedTuple):
    """A function or class, with its full name and number of lines."""

    name: str
    is_class: bool
    lines: int


@cache
def definitions() -> tuple[Definition, ...]:
    """Return all functions and classes."""
    return tuple(
        Definition(
            f"{module}.{node.name}",
            isinstance(node, ast.ClassDef),
            (node.end_lineno or node.lineno) - node.lineno + 1,
        )
        for module, file in MODULES.items()
        for node in ast.walk(ast.parse(file.read_text(), str(file)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


def test_a_function_has_at_most_35_lines() -> None:
    functions = (each for each in definitions() if not each.is_class)
    assert [each for each in functions if each.lines > LONGEST_FUNCTION] == []


def test_a_paginator_or_auth_scheme_has_at_most_60_lines() -> None:
    strategies = (
        each for each in definitions() if each.is_class and each.name.endswith(("Paginator", "Auth"))
    )
    assert [each for each in strategies if each.lines > LONGEST_STRATEGY] == []


def test_a_top_level_name_is_loaded_from_this_repository() -> None:
    """Ocean puts the working folder last on the path. Installed packages with the same name would win."""
    for name in sorted({top(name) for name in MODULES} - {"main", "integration"}):
        loaded = importlib.import_module(name)
        places = [loaded.__file__] if loaded.__file__ else list(loaded.__path__)
        assert places, name
        assert all(Path(place or "").is_relative_to(ROOT) for place in places), name


@pytest.mark.process
def test_a_top_level_name_is_loaded_from_here_if_the_folder_is_last_on_the_path() -> None:
    """In a process of its own, as `ocean sail` does."""
    names = sorted({top(name) for name in MODULES} - {"main", "integration"})
    program = (
        "import importlib, json, sys\n"
        f"sys.path = [path for path in sys.path if path not in ('', {str(ROOT)!r})] + ['.']\n"
        f"loaded = [importlib.import_module(name) for name in {names!r}]\n"
        "print(json.dumps([m.__file__ or list(m.__path__)[0] for m in loaded]))\n"
    )
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all((ROOT / place).resolve().is_relative_to(ROOT) for place in json.loads(done.stdout))


def test_no_top_level_name_is_a_standard_library_module() -> None:
    names = {file.stem for file in ROOT.glob("*.py")} | {file.parent.name for file in ROOT.glob("*/*.py")}
    assert not names & sys.stdlib_module_names


def test_every_top_level_module_has_a_row() -> None:
    """A new package needs a row before it is written."""
    others = {"tests", "scripts", "benchmarks"}
    packages = {file.relative_to(ROOT).parts[0] for file in ROOT.glob("[!.]*/**/*.py")}
    assert packages - others <= OURS
    assert {file.stem for file in ROOT.glob("*.py")} <= OURS


def test_no_test_folder_is_a_package() -> None:
    """tests/auth/__init__.py would hide the real auth."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.fixture
def ocean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run in an empty folder without OCEAN__ variables. Restores the import path."""
    for name in [name for name in os.environ if name.upper().startswith("OCEAN__")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("ocean_environment")
def test_ocean_finds_our_integration_class() -> None:
    """Ocean swallows errors while it loads the file, then runs its default class."""
    found = get_integration_class(str(ROOT))
    assert found is not None
    assert issubclass(found, BaseIntegration)
    assert found.__name__ == "CustomIntegration"
    assert found.AppConfigHandlerClass.__module__ == "ocean_adapter.selector"
    assert found.EntityProcessorClass.__module__ == "ocean_adapter.processor"


@pytest.mark.process
@pytest.mark.usefixtures("ocean_environment")
def test_ocean_shows_every_key_of_the_mapping_with_title_and_description() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ocean")), "port-app-config", "schema", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    definitions = json.loads(done.stdout)["definitions"]
    shown = definitions["CustomSelector"]["properties"]
    assert SelectorInput.model_fields.keys() <= shown.keys()
    for name in SelectorInput.model_fields:
        assert shown[name]["title"].strip(), name
        assert shown[name]["description"].strip(), name
