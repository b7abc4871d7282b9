"""API responses as files, and jq run strictly, as the mapping runs it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from expressions.program import JqProgram
from rest.bodies import Json
from rest.page import Item
from rest.request import Request
from rest.response import Response

SHAPES = Path(__file__).with_name("shapes")


@dataclass(frozen=True)
class Shape:
    """A response of an API and its request."""

    name: str
    kind: str
    request: Request
    response: Response = field(repr=False)

    @property
    def body(self) -> Json:
        """The body as the integration parses it."""
        return self.response.body


@pytest.fixture(scope="session")
def shape() -> Callable[[str], Shape]:
    """Return a shape by the name of its file."""

    def shape(name: str) -> Shape:
        recorded: dict[str, Any] = json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8"))
        content = recorded["text"] if "text" in recorded else json.dumps(recorded["body"])
        request = Request(recorded["method"], recorded["url"], body=recorded.get("request_body"))
        return Shape(name, recorded["kind"], request, Response(200, recorded["headers"], content.encode()))

    return shape


@pytest.fixture(scope="session")
def apply_jq() -> Callable[[str, Sequence[Item]], list[Json]]:
    """Return the output of an expression for each item: exactly one value, and no error."""

    def apply_jq(expression: str, items: Sequence[Item]) -> list[Json]:
        program = JqProgram(expression)
        values = []
        for item in items:
            [value] = program.outputs(item)
            values.append(value)
        return values

    return apply_jq
