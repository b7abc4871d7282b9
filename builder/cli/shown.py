"""What the commands show: tables for people, JSON for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from builder.cli.resync import Resync
from builder.creation import Result
from builder.planning import Name, Plan
from builder.port_rules import Problem
from mapping import Entity

# Without a terminal, lines are as long as they need to be read in a log.
_WIDTH = 140
_MOST_SHOWN = 20


def console(*, stderr: bool = False) -> Console:
    """Where tables go: as wide as the terminal, or as a log is."""
    plain = Console(stderr=stderr)
    return plain if plain.is_terminal else Console(stderr=stderr, width=_WIDTH)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Rows under columns; numbers stand to the right, and nothing in them is markup."""
    rows = [list(row) for row in rows]
    shown = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for place, name in enumerate(columns):
        is_number = bool(rows) and all(isinstance(row[place], int) for row in rows)
        shown.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(_text(value)) for value in row))
    return shown


def entities_table(kind: str, entities: Sequence[Entity], problems: Sequence[Problem]) -> Table:
    """Entities, each with the rules of Port's that it breaks."""
    wrong: dict[int, list[str]] = {}
    for problem in problems:
        wrong.setdefault(problem.number, []).append(f"{problem.field} {problem.words}")
    names = list(dict.fromkeys(name for entity in entities for name in _parts(entity)))
    columns = ["identifier", "title", "blueprint", *names, *(["problems"] if wrong else [])]
    rows = [
        [
            *(entity.get(key) for key in ("identifier", "title", "blueprint")),
            *(_parts(entity).get(name) for name in names),
            *(["\n".join(wrong.get(number, []))] if wrong else []),
        ]
        for number, entity in enumerate(entities)
    ]
    return table(kind, columns, rows)


def plan_tables(plan: Plan) -> Iterable[Table | Text]:
    """The requests, and the entities that would change."""
    yield table(
        "What the API gives",
        ["kind", "requests", "items", "entities", "left out", "overwritten", "verdict"],
        [
            [
                kind.kind,
                kind.requests,
                kind.items,
                kind.entities,
                kind.left_out,
                kind.overwritten,
                kind.error or kind.verdict,
            ]
            for kind in plan.kinds
        ],
    )
    for kind in plan.kinds:
        if kind.warning:
            yield Text(f"{kind.kind}: {kind.warning}", style="yellow")
    changes = {"create": plan.create, "update": plan.update, "delete": plan.delete}
    rows = [
        [what, blueprint, count] for what, names in changes.items() for blueprint, count in _counts(names)
    ]
    yield table("What a sync would do in Port", ["", "blueprint", "entities"], rows)
    if plan.delete:
        rows = [list(name) for name in plan.delete[:_MOST_SHOWN]]
        more = f" (the first {_MOST_SHOWN} of {len(plan.delete)})" if len(plan.delete) > _MOST_SHOWN else ""
        yield table(f"Would be deleted{more}", ["blueprint", "identifier"], rows)


def plan_json(plan: Plan) -> str:
    """The whole plan."""
    names = {
        what: [{"blueprint": blueprint, "identifier": identifier} for blueprint, identifier in found]
        for what, found in (("create", plan.create), ("update", plan.update), ("delete", plan.delete))
    }
    document = {"kinds": [asdict(kind) for kind in plan.kinds], **names, "unchanged": plan.unchanged}
    return json.dumps(document, indent=2, ensure_ascii=False)


def resync_table(resync: Resync) -> Table:
    """What became of each kind, and why it counts as complete."""
    columns = ["kind", "state", "items", "loaded", "failed", "deleted", "overwritten", "seconds", "verdict"]
    rows = [
        [
            *(kind.kind, kind.state, kind.items, kind.loaded, kind.failed, kind.deleted, kind.overwritten),
            *(f"{kind.seconds:.1f}", kind.verdict),
        ]
        for kind in resync.kinds
    ]
    return table(f"Resync {resync.state}", columns, rows)


def resync_json(resync: Resync) -> str:
    """The same for programs."""
    return json.dumps(asdict(resync), indent=2, ensure_ascii=False)


def result_line(result: Result) -> Text:
    """What became of one object."""
    colour = "green" if result.is_good else "red"
    return Text.assemble((f"{result.outcome:<9}", colour), f" {result.name} {result.words}".rstrip())


def _counts(names: Iterable[Name]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for blueprint, _ in names:
        counts[blueprint] = counts.get(blueprint, 0) + 1
    return sorted(counts.items())


def _parts(entity: Entity) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for part in ("properties", "relations"):
        value = entity.get(part)
        found |= value if isinstance(value, dict) else {}
    return found


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
