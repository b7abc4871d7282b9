"""What jq expressions give for items, as the mapping will see it."""

from collections.abc import Sequence

from expressions.program import JqProgram
from rest.bodies import Json
from rest.page import Item


def outputs_of(expressions: Sequence[str], items: Sequence[Item]) -> list[list[Json]]:
    """For each expression, its first output for each item: null where it fails or gives none.

    Raises JqError: an expression does not compile.
    """
    if not expressions or not items:
        return [[] for _ in expressions]
    for expression in expressions:
        JqProgram(expression)  # on its own, so that the error is about this one
    each = ", ".join(f"(first((try ({expression}\n) catch null), null))" for expression in expressions)
    rows = JqProgram(f".[] | [{each}]").outputs(list(items))
    listed = [row for row in rows if isinstance(row, list)]
    return [list(column) for column in zip(*listed, strict=True)]
