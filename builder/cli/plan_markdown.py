"""The plan as Markdown, for a comment in a pull request of GitHub or in a merge request of GitLab."""

from collections.abc import Iterable, Iterator, Sequence

from builder.cli.command import error_lines
from builder.cli.markdown import MAX_COMMENT, Page, literal, row, table_head
from builder.cli.output import shown
from builder.field_changes import FieldChange
from builder.imports.sample_redaction import SampleRedactor
from builder.json_values import as_object
from builder.planning import KindPlan, Name, Plan, Update
from rest.errors import SyncError

_MAX_KINDS = 100
_MAX_BLUEPRINTS = 100
_MAX_ENTITIES = 50
_MAX_FIELDS = 5
_MAX_VALUE = 60
_MORE = "Not all of it fits here. `ocean-custom plan --json` shows everything."
_COLUMNS = ("kind", "requests", "items", "entities", "filtered out", "overwritten", "refused", "verdict")


def plan_markdown(
    plan: Plan,
    redact: SampleRedactor | None = None,
    *,
    max_deletions: int | None = None,
    limit: int = MAX_COMMENT,
) -> str:
    """Return the plan with the verdict first and with collapsed details.

    redact: masks secrets in the texts of the API and of Port. max_deletions: the number of entities that the
    sync may delete. limit: the maximum number of characters.
    """
    return _PlanPage(plan, redact or SampleRedactor(), Page(limit)).write(max_deletions)


def failure_markdown(errors: Iterable[SyncError]) -> str:
    """Return why there is no plan."""
    page = Page()
    lines = [
        f"- {literal(what, 1000)}{f' {literal(hint, 1000)}' if hint else ''}"
        for error in errors
        for what, hint in error_lines(error)
    ]
    page.add(["**The plan could not be made.**", ""], lines)
    return page.text("The log of the job has the rest.")


class _PlanPage:
    """The parts of the page."""

    def __init__(self, plan: Plan, redact: SampleRedactor, page: Page) -> None:
        self._plan = plan
        self._redact = redact
        self._page = page
        self._changes = {action: _by_blueprint(names) for action, names in _changes(plan).items()}
        self._updates: dict[str, list[Update]] = {}
        for update in plan.update:
            self._updates.setdefault(update.blueprint, []).append(update)
        self._blueprints = sorted({name for found in self._changes.values() for name in found})

    def write(self, max_deletions: int | None) -> str:
        plan = self._plan
        self._page.add([f"**{_verdict(plan, max_deletions)}** {_totals(plan)}"])
        kinds = (
            sorted(plan.kinds, key=lambda kind: not kind.fails)
            if len(plan.kinds) > _MAX_KINDS
            else plan.kinds
        )
        rows = [self._kind(kind) for kind in kinds[:_MAX_KINDS]]
        self._page.add(table_head(*_COLUMNS), rows, more=len(kinds) - len(rows))
        if problems := list(self._problems(kinds[:_MAX_KINDS])):
            self._page.add([""], problems)
        self._counts()
        for blueprint in self._blueprints:
            if self._page.is_full:
                self._page.is_cut = True
                break
            self._details(blueprint)
        return self._page.text(_MORE)

    def _kind(self, kind: KindPlan) -> str:
        counts = (kind.requests, kind.items, kind.entities, kind.left_out, kind.overwritten, kind.refused)
        verdict = self._literal(kind.verdict) if kind.verdict else "**fails**" if kind.fails else ""
        return row(self._literal(kind.kind), *map(str, counts), verdict)

    def _problems(self, kinds: Iterable[KindPlan]) -> Iterator[str]:
        for kind in kinds:
            name = self._literal(kind.kind)
            if kind.error:
                hint = f" {self._literal(kind.hint)}" if kind.hint else ""
                yield f"- Error in {name}: {self._literal(kind.error)}{hint}"
            if kind.refusal:
                yield f"- Port would refuse entities of {name}: {self._literal(kind.refusal)}"
            yield from (f"- Warning for {name}: {self._literal(each)}" for each in kind.warnings)
        yield from (f"- Stale entities are kept: {self._literal(each)}" for each in self._plan.kept_because)

    def _counts(self) -> None:
        rows = [
            row(self._literal(name), *(str(len(found.get(name, ()))) for found in self._changes.values()))
            for name in self._blueprints[:_MAX_BLUEPRINTS]
        ]
        if rows:
            more = len(self._blueprints) - len(rows)
            self._page.add(table_head("blueprint", *self._changes), rows, more=more)

    def _details(self, blueprint: str) -> None:
        """Add the changes of a blueprint, each kind of change collapsed."""
        for action, names in self._changes.items():
            found = names.get(blueprint, ())
            if found and action == "update":
                updates = self._updates[blueprint][:_MAX_ENTITIES]
                rows = [line for each in updates for line in self._update(each)]
                head = table_head("identifier", "field", "in Port", "new")
                self._collapsed(blueprint, action, len(found), head, rows)
            elif found:
                rows = [f"- {self._literal(each)}" for each in found[:_MAX_ENTITIES]]
                self._collapsed(blueprint, action, len(found), [""], rows)

    def _collapsed(
        self, blueprint: str, action: str, count: int, head: Sequence[str], rows: Sequence[str]
    ) -> None:
        summary = f"<details><summary>{self._literal(blueprint)}: {count} to {action}</summary>"
        self._page.add(["", summary, *head], rows, ["", "</details>"], more=max(0, count - _MAX_ENTITIES))

    def _update(self, update: Update) -> Iterator[str]:
        name = self._literal(update.identifier)
        for change in update.changes[:_MAX_FIELDS]:
            yield row(name, self._literal(change.field), *self._values(change))
        more = len(update.changes) - _MAX_FIELDS
        if more > 0:
            yield row(name, f"{more} more fields", "", "")

    def _values(self, change: FieldChange) -> Iterator[str]:
        """Yield the old and the new value. The name of a field may say that it is secret."""
        for value in (change.old, change.new):
            (found,) = as_object(self._redact({change.keys[-1]: value})).values()
            yield "(none)" if found is None else literal(shown(found), _MAX_VALUE)

    def _literal(self, text: str) -> str:
        return literal(shown(self._redact(text)))


def _verdict(plan: Plan, max_deletions: int | None) -> str:
    failing = sum(kind.fails for kind in plan.kinds)
    if failing:
        return f"The sync would fail: {failing} of {len(plan.kinds)} kinds cannot be synced."
    if plan.deletes_more_than(max_deletions):
        return f"The sync would delete {_entities(len(plan.delete))}, more than the limit of {max_deletions}."
    if plan.changes:
        return f"The sync would change {_entities(plan.changes)}."
    return "The sync would change nothing."


def _entities(number: int) -> str:
    return f"{number} entity" if number == 1 else f"{number} entities"


def _totals(plan: Plan) -> str:
    counts = [f"{len(names)} to {action}" for action, names in _changes(plan).items() if action != "keep"]
    kept = [f"{len(plan.kept)} stale but kept"] if plan.kept else []
    return f"{', '.join([*counts, *kept])}, {plan.unchanged} unchanged."


def _by_blueprint(names: Iterable[Name]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for blueprint, identifier in names:
        found.setdefault(blueprint, []).append(identifier)
    return found


def _changes(plan: Plan) -> dict[str, Sequence[Name]]:
    """Return the entities by what the sync does with them."""
    return {
        "create": plan.create,
        "update": [update.name for update in plan.update],
        "delete": plan.delete,
        "keep": plan.kept,
    }
