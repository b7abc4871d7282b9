"""Answers of APIs as files, and jq run strictly, as the mapping runs it."""

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
    """An answer of an API, and the request that it answers."""

    name: str
    kind: str
    request: Request
    response: Response = field(repr=False)

    @property
    def body(self) -> Json:
        """As the integration parses it."""
        return self.response.body


@pytest.fixture(scope="session")
def shape() -> Callable[[str], Shape]:
    """A shape by its file's name."""

    def shape(name: str) -> Shape:
        told: dict[str, Any] = json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8"))
        content = told["text"] if "text" in told else json.dumps(told["body"])
        request = Request(told["method"], told["url"], body=told.get("request_body"))
        return Shape(name, told["kind"], request, Response(200, told["headers"], content.encode()))

    return shape


@pytest.fixture(scope="session")
def each() -> Callable[[str, Sequence[Item]], list[Json]]:
    """What an expression gives for each item: exactly one value, and no error."""

    def each(expression: str, items: Sequence[Item]) -> list[Json]:
        program = JqProgram(expression)
        values = []
        for item in items:
            [value] = program.outputs(item)
            values.append(value)
        return values

    return each
