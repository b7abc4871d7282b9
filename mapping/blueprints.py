"""Which blueprints an entry of the mapping writes to, and which of them nothing may be deleted from."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Withheld:
    """The blueprints whose entities are kept, whether they were read again or not.

    is_all: nothing at all is deleted, as an entry names its blueprint for each item by itself.
    """

    blueprints: frozenset[str] = frozenset()
    is_all: bool = False

    def __bool__(self) -> bool:
        return self.is_all or bool(self.blueprints)

    def holds(self, blueprint: str) -> bool:
        """Whether the entities of a blueprint are kept."""
        return self.is_all or blueprint in self.blueprints


def withheld(blueprints: Iterable[Any]) -> Withheld:
    """What is kept for entries with these expressions of their blueprint."""
    names = [named_blueprint(expression) for expression in blueprints]
    return Withheld(frozenset(name for name in names if name is not None), is_all=None in names)


def named_blueprint(expression: Any) -> str | None:  # noqa: ANN401 - Ocean admits more than texts here
    """The blueprint that an expression names by itself: `"task"`. None where it depends on the item.

    Ocean takes single quotes at both ends for double ones.
    """
    text = expression.strip() if isinstance(expression, str) else ""
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = f'"{text[1:-1]}"'
    try:
        named = json.loads(text)
    except ValueError:
        return None
    # jq's own text may compute: "\(.type)". JSON has no such escape, so it is no JSON.
    return named if isinstance(named, str) else None
