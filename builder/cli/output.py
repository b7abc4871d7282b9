"""The tables of the commands."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from builder.json_values import as_object
from builder.port_rules import Problem
from mapping import Entity

# The width without a terminal, for example in the log of a CI job.
_LOG_WIDTH = 140


def console(*, stderr: bool = False) -> Console:
    """Return the console for tables, as wide as the terminal or a log."""
    terminal = Console(stderr=stderr)
    return terminal if terminal.is_terminal else Console(stderr=stderr, width=_LOG_WIDTH)


def make_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Return a table with right-aligned numbers. Values are never interpreted as markup."""
    rows = [list(row) for row in rows]
    table = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for place, name in enumerate(columns):
        is_number = bool(rows) and all(isinstance(row[place], int) for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(shown(value)) for value in row))
    return table


def entities_table(title: str, entities: Sequence[Entity], problems: Sequence[Problem]) -> Table:
    """Return the entities, with the rules of Port that each breaks."""
    messages: dict[int, list[str]] = {}
    for problem in problems:
        messages.setdefault(problem.number, []).append(f"{problem.field}: {problem.message}")
    names = list(dict.fromkeys(name for entity in entities for name in _values(entity)))
    columns = ["identifier", "title", "blueprint", *names, *(["problems"] if messages else [])]
    rows = [
        [
            *(entity.get(key) for key in ("identifier", "title", "blueprint")),
            *(_values(entity).get(name) for name in names),
            *(["\n".join(messages.get(number, []))] if messages else []),
        ]
        for number, entity in enumerate(entities)
    ]
    return make_table(title, columns, rows)


def _values(entity: Entity) -> Mapping[str, Any]:
    """Return properties and relations by name."""
    return {**as_object(entity.get("properties")), **as_object(entity.get("relations"))}


def shown(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a value as the text of a table's cell."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
