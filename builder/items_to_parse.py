"""`itemsToParse`: a list in each item whose elements become entities, as in Ocean's handle_items_to_parse."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mapping import EntityTally, Mapper, WorkerLimits, open_mapper
from rest.page import Item

_PATH = re.compile(r"(\.[\w]+|\.\[[^\]]+\])(\.[\w]+|\[[^\]]+\]|\.\[[^\]]+\])*")
_AS = re.compile(r"\.\s+as\s+\$\w+")
_SAMPLE_LIMITS = WorkerLimits(count=1, timeout_s=10)


@dataclass(frozen=True, slots=True)
class ItemsToParse:
    """The keys itemsToParse and itemsToParseName.

    keeps_list: itemsToParseTopLevelTransform is false, so each element also gets the whole list.
    """

    expression: str
    name: str = "item"
    keeps_list: bool = False

    @classmethod
    def of(cls, port: dict[str, Any]) -> "ItemsToParse | None":
        """Return what `port` of a mapping entry says, None if it has no itemsToParse."""
        expression = port.get("itemsToParse")
        if not isinstance(expression, str) or not expression:
            return None
        name = port.get("itemsToParseName")
        keeps_list = port.get("itemsToParseTopLevelTransform") is False
        return cls(expression, name if isinstance(name, str) else "item", keeps_list)

    async def elements(self, items: Sequence[Item], mapper: Mapper, tally: EntityTally) -> list[Item]:
        """Return an item for each element, with the other keys of its item."""
        found: list[Item] = []
        for item in items:
            match await mapper.first(self.expression, item):
                case [list(values)]:
                    rest = item if self.keeps_list else await self._without_list(item, mapper)
                    found += [{**rest, self.name: value} for value in values] if rest is not None else []
                case _:
                    tally.note_unparsed(item)
        return found

    async def _without_list(self, item: Item, mapper: Mapper) -> Item | None:
        """Return the item without its list. None: Ocean then skips the item."""
        match await mapper.first(f"del({_list_path(self.expression)})", item):
            case [dict(rest)]:
                return rest
            case _:
                return None


async def parse_items(port: dict[str, Any], items: Sequence[Item]) -> Sequence[Item]:
    """Return the elements of a sample's items. port: of a mapping entry. Without itemsToParse, the items."""
    parsing = ItemsToParse.of(port)
    if parsing is None:
        return items
    async with open_mapper(_SAMPLE_LIMITS) as mapper:
        return await parsing.elements(items, mapper, EntityTally())


def _list_path(expression: str) -> str:
    """Return the path that Ocean removes from the item: the first one in a pipe, "." without one."""
    text = expression.strip()
    if text.startswith("(") and (inner := re.match(r"\((.*?)\)", text, re.DOTALL)):
        text = inner[1]
    found = (_PATH.match(segment.strip()) for segment in text.split("|") if not _AS.match(segment.strip()))
    return next((match[0] for match in found if match), ".")
