"""An answer -> the inputs of the second step, filled in with proposals; what the user changed stays."""

from collections.abc import Sequence
from dataclasses import replace

from builder.draft import Blueprint, Property, Source
from builder.inference import FoundField, Proposal, propose
from builder.sampling import Answer
from builder.web.workspace import EndpointForm, FieldRow, Origin, Seen, reading_of
from expressions.paths import jq_path
from rest.errors import ItemsError, JqError

# What an answer fills in; the rest says how to ask for one.
_FILLED_IN = ("data_path", "blueprint", "blueprint_title", "icon", "identifier", "title", "rows", "seen")


def looked_at(form: EndpointForm, answer: Answer, origin: Origin, url: str) -> EndpointForm:
    """The endpoint with an answer and what it proposes. url: what was, or would be, asked first.

    Raises ItemsError: the items cannot be read.
    """
    is_same = form.seen is None or form.seen.kind == form.kind.strip()
    if is_same and form.data_path.strip():
        try:
            return with_items_at(form, answer, origin, url, form.data_path.strip())
        except (ItemsError, JqError):
            pass  # the answer has another shape now: it is looked at anew
    return with_items_at(form, answer, origin, url, None)


def with_items_at(
    form: EndpointForm, answer: Answer, origin: Origin, url: str, data_path: str | None
) -> EndpointForm:
    """The same, with the items where the user says; None: where they likely are.

    Raises ItemsError: there are none. Raises JqError: the path is no jq.
    """
    kind = form.kind.strip()
    found = propose(kind, answer.first.body, data_path)
    path = str(found.source.selector["data_path"])
    seen = Seen(answer, origin, kind, url, found, answer.items(jq_path(path)))
    return _filled_in(replace(form, data_path=path), seen)


def taken_over(form: EndpointForm, filled_in: EndpointForm) -> EndpointForm:
    """What an answer filled in, beside what was typed of the endpoint meanwhile."""
    return replace(form, **{name: getattr(filled_in, name) for name in _FILLED_IN})


def row_of(field: FoundField) -> FieldRow:
    """A field as it is proposed."""
    return _row(field.proposed, field, is_selected=field.selected)


def read_otherwise(row: FieldRow, reading: str) -> FieldRow:
    """A row of another type, with the jq that goes with it where it is known and was not typed."""
    known = (row.found.proposed, *row.found.alternatives) if row.found else ()
    was_proposed = row.expression in {each.expression for each in known}
    fitting = next((each for each in known if reading_of(each) == reading), None)
    expression = fitting.expression if fitting and was_proposed else row.expression
    return replace(row, reading=reading, expression=expression)


def _row(made: Property, found: FoundField, *, is_selected: bool) -> FieldRow:
    return FieldRow(made.name, made.title, reading_of(made), made.expression, is_selected, found)


def _filled_in(form: EndpointForm, seen: Seen) -> EndpointForm:
    before = form.seen.proposal if form.seen and form.seen.kind == seen.kind else None
    was = before.source if before else Source("", Blueprint("", ""), "")
    now = seen.proposal.source
    return replace(
        form,
        seen=seen,
        blueprint=_kept(form.blueprint, was.blueprint.identifier, now.blueprint.identifier),
        blueprint_title=_kept(form.blueprint_title, was.blueprint.title, now.blueprint.title),
        icon=_kept(form.icon, was.blueprint.icon, now.blueprint.icon),
        identifier=_kept(form.identifier, was.identifier, now.identifier),
        title=_kept(form.title, was.title, now.title),
        rows=_rows(form.rows, before.fields if before else (), seen.proposal),
    )


def _kept(typed: str, was: str | None, now: str | None) -> str:
    """What the user typed over a proposal, else the new proposal."""
    return typed if typed and was and typed != was else now or ""


def _rows(typed: Sequence[FieldRow], before: Sequence[FoundField], found: Proposal) -> tuple[FieldRow, ...]:
    was = {field.keys: row_of(field) for field in before}
    changed = {
        row.found.keys: row
        for row in typed
        if row.found and row.found.keys in was and row != was[row.found.keys]
    }
    rows = [
        replace(changed[field.keys], found=field) if field.keys in changed else row_of(field)
        for field in found.fields
    ]
    own = [row for row in typed if row.found is None] if before else []
    return (*rows, *own)
