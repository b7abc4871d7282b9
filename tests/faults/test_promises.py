"""Each promise in the documents names existing tests that are expected to pass."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("docs/reliability.md", "SECURITY.md")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def promises(document: str) -> list[str]:
    """Return the rows of a document's tables, without their headers."""
    lines = (ROOT / document).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("|") and not line.startswith(("|---", "| promise"))]


def is_expected_to_pass(file: str, name: str) -> bool:
    """Return False if there is no such test or if it is marked as failing."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return not any("mark.xfail" in ast.unparse(decorator) for decorator in node.decorator_list)
    return False


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_promise_names_tests_that_prove_it(document: str) -> None:
    assert len(promises(document)) >= 10
    assert [promise for promise in promises(document) if not _TEST.search(promise)] == []
    named = {found for promise in promises(document) for found in _TEST.findall(promise)}
    assert [f"{file}::{name}" for file, name in sorted(named) if not is_expected_to_pass(file, name)] == []
