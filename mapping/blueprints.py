"""Which blueprints an entry of the mapping writes to, and which of them nothing may be deleted from."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EntryEnd:
    """How one entry of the mapping ended. blueprint: its jq expression. enable_delete: Port's own key."""

    blueprint: Any
    has_failed: bool = False
    enable_delete: bool = True

    @property
    def keeps(self) -> bool:
        """Whether nothing of its blueprint is deleted."""
        return self.has_failed or not self.enable_delete


@dataclass(frozen=True, slots=True)
class Withheld:
    """The blueprints whose entities are kept, whether they were read again or not.

    is_all: nothing at all is deleted, as an entry names its blueprint for each item by itself.
    but: where an entry failed, the blueprints of the complete ones; what no entry names is kept as well, as
    it may be what the failed one wrote before the mapping was changed. None where none failed.
    """

    blueprints: frozenset[str] = frozenset()
    is_all: bool = False
    but: frozenset[str] | None = None

    def __bool__(self) -> bool:
        return self.is_all or bool(self.blueprints)

    def holds(self, blueprint: str) -> bool:
        """Whether the entities of a blueprint are kept."""
        is_named = self.but is None or blueprint in self.but
        return self.is_all or blueprint in self.blueprints or not is_named


def withheld(entries: Iterable[EntryEnd]) -> Withheld:
    """What is kept after entries that ended so."""
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
