"""Evaluate jq expressions for items as the mapping does."""

from collections.abc import Sequence

from expressions.program import JqProgram
from rest.bodies import Json
from rest.page import Item


def evaluate_expressions(expressions: Sequence[str], items: Sequence[Item]) -> list[list[Json]]:
    """Return, for each expression, its first output for each item: null if it fails or has no output.

    Raises JqError: an expression does not compile.
    """
    if not expressions or not items:
        return [[] for _ in expressions]
    for expression in expressions:
        JqProgram(expression)  # compiled alone, so that the error names this expression
    all_expressions = ", ".join(
        f"(first((try ({expression}\n) catch null), null))" for expression in expressions
    )
    outputs = JqProgram(f".[] | [{all_expressions}]").outputs(list(items))
    rows = [row for row in outputs if isinstance(row, list)]
    return [list(column) for column in zip(*rows, strict=True)]
