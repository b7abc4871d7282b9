"""The output of the `plan` command."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from builder.cli.output import make_table, shown
from builder.planning import Name, Plan

_MAX_ENTITIES = 20
_MAX_FIELDS = 5
_MAX_LENGTH = 60


def plan_tables(plan: Plan) -> Iterable[Table | Text]:
    """Yield the kinds, their warnings, and the entities that a sync would change."""
    yield _kinds(plan)
    for kind in plan.kinds:
        if kind.error:
            yield Text(f"Error: {kind.error}", style="red")
            if kind.hint:
                yield Text(f"       {kind.hint}")
        if kind.refusal:
            yield Text(f"{kind.kind}: {kind.refusal}", style="red")
            yield Text("       Correct the mapping, or the blueprint in Port")
        for warning in kind.warnings:
            yield Text(f"{kind.kind}: {warning}", style="yellow")
    yield _counts(plan)
    if plan.update:
        yield from _updates(plan)
    for title, names in (("delete", plan.delete), ("keep, although no kind has them", plan.kept)):
        if names:
            yield make_table(
                _title(f"Entities to {title}", names), ["blueprint", "identifier"], names[:_MAX_ENTITIES]
            )
    for reason in plan.kept_because:
        yield Text(reason, style="yellow")


def plan_json(plan: Plan) -> str:
    """Return the plan as JSON."""
    document = {
        "kinds": [asdict(kind) for kind in plan.kinds],
        "create": _named(plan.create),
        "update": [
            {
                "blueprint": update.blueprint,
                "identifier": update.identifier,
                "changes": [
                    {"field": change.field, "old": change.old, "new": change.new} for change in update.changes
                ],
            }
            for update in plan.update
        ],
        "delete": _named(plan.delete),
        "unchanged": plan.unchanged,
        "kept": _named(plan.kept),
        "keptBecause": list(plan.kept_because),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _kinds(plan: Plan) -> Table:
    columns = [
        *("kind", "requests", "items", "entities", "filtered out", "overwritten", "refused", "verdict"),
    ]
    rows: list[list[Any]] = [
        [
            *(kind.kind, kind.requests, kind.items, kind.entities, kind.left_out, kind.overwritten),
            *(kind.refused, kind.verdict or ("fails" if kind.error else "")),
        ]
        for kind in plan.kinds
    ]
    return make_table("Data of the API", columns, rows)


def _counts(plan: Plan) -> Table:
    changes = {
        "create": plan.create,
        "update": [update.name for update in plan.update],
        "delete": plan.delete,
        "keep": plan.kept,
    }
    rows: list[list[Any]] = [
        [action, blueprint, count]
        for action, names in changes.items()
        for blueprint, count in sorted(Counter(blueprint for blueprint, _ in names).items())
    ]
    rows.append(["unchanged", "", plan.unchanged])
    return make_table("Changes in Port by a sync", ["", "blueprint", "entities"], rows)


def _updates(plan: Plan) -> Iterator[Table | Text]:
    """Yield the fields that change. Ends with the number of those that are not shown."""
    rows: list[list[Any]] = []
    hidden = 0
    for update in plan.update[:_MAX_ENTITIES]:
        rows += [
            [*update.name, change.field, _cut(change.old), _cut(change.new)]
            for change in update.changes[:_MAX_FIELDS]
        ]
        hidden += max(0, len(update.changes) - _MAX_FIELDS)
    names = [update.name for update in plan.update]
    yield make_table(
        _title("Entities to update", names), ["blueprint", "identifier", "field", "in Port", "new"], rows
    )
    if hidden:
        yield Text(f"{hidden} more fields change. --json shows all of them")


def _title(text: str, names: Sequence[Name]) -> str:
    more = f" (the first {_MAX_ENTITIES} of {len(names)})" if len(names) > _MAX_ENTITIES else ""
    return f"{text}{more}"


def _cut(value: Any) -> str:  # noqa: ANN401 - any JSON
    text = "(none)" if value is None else shown(value)
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}…"


def _named(names: Iterable[Name]) -> list[dict[str, str]]:
    return [{"blueprint": blueprint, "identifier": identifier} for blueprint, identifier in names]
