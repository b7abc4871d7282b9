"""The blueprints that mapping entries write to, and those whose entities must not be deleted."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EntryEnd:
    """The result of one mapping entry.

    blueprint: its jq expression.
    enable_delete: enableDelete of the entry.
    """

    blueprint: Any
    has_failed: bool = False
    enable_delete: bool = True

    @property
    def keeps(self) -> bool:
        """Whether the entities of its blueprint are kept."""
        return self.has_failed or not self.enable_delete


@dataclass(frozen=True, slots=True)
class Withheld:
    """The blueprints whose entities are kept, even if this resync did not read them.

    is_all: nothing is deleted, because an entry that keeps entities computes its blueprint for each item.
    but: the blueprints of complete entries, if an entry failed. All others are kept, because the failed entry
    may have written to them before the mapping was changed. None: no entry failed.
    """

    blueprints: frozenset[str] = frozenset()
    is_all: bool = False
    but: frozenset[str] | None = None

    def __bool__(self) -> bool:
        return self.is_all or bool(self.blueprints)

    def holds(self, blueprint: str) -> bool:
        """Return True if the entities of a blueprint are kept."""
        is_named = self.but is None or blueprint in self.but
        return self.is_all or blueprint in self.blueprints or not is_named


def withheld(entries: Iterable[EntryEnd]) -> Withheld:
    """Return what is kept after these entries."""
    ends = list(entries)
    kept = {named_blueprint(end.blueprint) for end in ends if end.keeps}
    others = {named_blueprint(end.blueprint) for end in ends if not end.keeps}
    return Withheld(
        frozenset(name for name in kept if name is not None),
        is_all=None in kept,
        but=frozenset(name for name in others if name is not None)
        if any(end.has_failed for end in ends)
        else None,
    )


def named_blueprint(expression: Any) -> str | None:  # noqa: ANN401 - Ocean admits more than texts here
    """Return the blueprint of a literal expression such as `"task"`. None: it depends on the item.

    Ocean reads single quotes at both ends as double quotes.
    """
    text = expression.strip() if isinstance(expression, str) else ""
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = f'"{text[1:-1]}"'
    try:
        name = json.loads(text)
    except ValueError:
        return None
    # A string of jq may contain an expression, "\(.type)". That escape is not valid JSON.
    return name if isinstance(name, str) else None
