"""What the templates of the overview show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder.inference import FoundPagination
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.pagination import pages_of
from builder.web.overview.diagram import diagram_of
from builder.web.overview.states import State, Verdict, Verdicts
from builder.web.page.parsing import ParsedPage
from builder.web.page.workspace import Workspace

# Symbols besides words and colors.
_SYMBOLS: Mapping[State, str] = {State.DONE: "✓", State.DOUBTFUL: "?", State.WRONG: "✗", State.TO_DO: "○"}
TEMPLATE_GLOBALS: Mapping[str, Any] = {"symbol_of": _SYMBOLS.__getitem__}


@dataclass(frozen=True, slots=True)
class Row:
    """An endpoint in the table of the overview. items: None without a sample."""

    number: int
    path: str
    verdict: Verdict
    items: int | None
    pagination: str
    blueprint: str
    identifier: str


def context(workspace: Workspace, parsed: ParsedPage, verdicts: Verdicts) -> Mapping[str, Any]:
    """Return the variables of the templates."""
    rows = [_row(each, parsed, verdicts) for each in workspace.endpoints]
    return {
        "verdicts": verdicts,
        "rows": rows,
        "is_empty": not any(row.path for row in rows),
        "diagram": diagram_of(workspace.endpoints),
        "heading": ", ".join(_counts(verdicts)),
    }


def _row(form: EndpointForm, parsed: ParsedPage, verdicts: Verdicts) -> Row:
    pages = pages_of(parsed.connection, form)
    return Row(
        form.number,
        form.kind.strip(),
        verdicts.endpoints[form.number],
        len(form.sample.items) if form.sample else None,
        _pagination_text(pages) if pages else "",
        form.blueprint.strip(),
        form.identifier.strip(),
    )


def _pagination_text(pages: FoundPagination) -> str:
    if pages.next_rule:
        return f"{pages.next_rule}. {pages.stop_rule}." if pages.next_request else f"{pages.next_rule}."
    return "Not recognized" if pages.problem else "One page"


def _counts(verdicts: Verdicts) -> Iterator[str]:
    """Yield the number of wrong and doubtful inputs on the page."""
    problems = {
        (each.endpoint, each.issue.field): each
        for name in ("install", "choose", "connect")
        for each in verdicts.steps[name].problems
    }
    for state in (State.WRONG, State.DOUBTFUL):
        if count := sum(each.state is state for each in problems.values()):
            yield f"{count} {state}"
