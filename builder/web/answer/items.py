"""The items of a slice as a table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from builder.web.answer.tree import start_of
from rest.bodies import Json
from rest.origin import Redactor
from rest.page import Item

MAX_ROWS = 50
_MAX_COLUMNS, _MAX_CELL = 30, 80


@dataclass(frozen=True, slots=True)
class ItemTable:
    """The first items. total: all of them. hidden_columns: how many keys are not shown."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    hidden_columns: int


def item_table(items: Sequence[Item], redact: Redactor) -> ItemTable:
    """Return the first 50 items with the first 30 of their keys."""
    shown = items[:MAX_ROWS]
    keys = list(dict.fromkeys(key for item in shown for key in item))
    columns = keys[:_MAX_COLUMNS]
    return ItemTable(
        tuple(start_of(key, _MAX_CELL, redact) for key in columns),
        tuple(tuple(_cell(item, key, redact) for key in columns) for item in shown),
        len(items),
        len(keys) - len(columns),
    )


def _cell(item: Item, key: str, redact: Redactor) -> str:
    if key not in item:
        return ""
    value = item[key]
    text = value if isinstance(value, str) else _json(value)
    return start_of(text, _MAX_CELL, redact) + ("…" if len(text) > _MAX_CELL else "")


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
