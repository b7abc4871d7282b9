"""Fills the inputs of step 2 with proposals from a sample, and keeps the user's changes."""

from collections.abc import Sequence
from dataclasses import fields, replace

from builder.draft import Blueprint, Property, Source
from builder.inference import FoundField, Proposal, propose_from_samples
from builder.sampling import Answer
from builder.web.choose.endpoint import EndpointForm, Failure, Origin, PropertyRow, Sample, type_of
from builder.web.choose.found_fields import with_found_fields
from builder.web.choose.selector import with_format
from rest.errors import ItemsError, JqError

# The inputs that a sample fills in. The others describe the request.
_FILLED_IN = (
    *("data_path", "more", "blueprint", "blueprint_title", "icon", "identifier", "title", "rows"),
    *("sample", "failure", "last_sample"),
)


def fill_in(form: EndpointForm, answer: Answer, origin: Origin, url: str) -> EndpointForm:
    """Return the endpoint filled in from a response. url: of the first request, made or not.

    Raises ItemsError: the items cannot be read.
    """
    last = form.sample or form.last_sample
    is_same_path = last is None or last.kind == form.kind.strip()
    if is_same_path and form.data_path.strip():
        try:
            return fill_in_from(form, answer, origin, url, form.data_path.strip())
        except (ItemsError, JqError):
            pass  # the shape of the response has changed, so the items are located again
    return fill_in_from(form, answer, origin, url, None)


def fill_in_from(
    form: EndpointForm, answer: Answer, origin: Origin, url: str, data_path: str | None
) -> EndpointForm:
    """Return the endpoint filled in from the items at a path. None: at the most likely path.

    Raises ItemsError: there are no items at the path. Raises JqError: the path is not valid jq.
    """
    kind = form.kind.strip()
    found = propose_from_samples(kind, answer.samples, data_path)
    path = str(found.source.selector["data_path"])
    is_same_answer = form.sample is not None and form.sample.answer is answer
    next_page = form.sample.next_page if form.sample and is_same_answer else None
    sample = Sample(answer, origin, kind, url, found, found.items, next_page)
    return _with_sample(replace(with_format(form, answer.format), data_path=path), sample)


def with_failure(form: EndpointForm, failure: Failure) -> EndpointForm:
    """Return the endpoint without a sample, because the last attempt to get one failed."""
    return replace(form, sample=None, failure=failure, last_sample=form.sample or form.last_sample)


def with_filled_in(form: EndpointForm, filled_in: EndpointForm) -> EndpointForm:
    """Take over the filled-in inputs only: the user may have changed the request in the meantime."""
    return replace(form, **{name: getattr(filled_in, name) for name in _FILLED_IN})


def with_changes(current: EndpointForm, before: EndpointForm, after: EndpointForm) -> EndpointForm:
    """Take over what differs between two states. Others may have changed the current one in the meantime."""
    names = [each.name for each in fields(EndpointForm)]
    changed = {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}
    return replace(current, **changed)


def with_type(row: PropertyRow, type_: str) -> PropertyRow:
    """Return a row of another type, with its proposed jq unless the user changed the expression."""
    proposed = (row.found.proposed, *row.found.alternatives) if row.found else ()
    is_unchanged = row.expression in {each.expression for each in proposed}
    match = next((each for each in proposed if type_of(each) == type_), None)
    expression = match.expression if match and is_unchanged else row.expression
    return replace(row, type=type_, expression=expression)


def _row(field: FoundField) -> PropertyRow:
    """Return the proposed row of a field."""
    definition: Property = field.proposed
    return PropertyRow(
        definition.name,
        definition.title,
        type_of(definition),
        definition.expression,
        is_selected=field.selected,
        found=field,
    )


def _with_sample(form: EndpointForm, sample: Sample) -> EndpointForm:
    if form.opened:
        return _with_offers(form, sample)
    last = form.sample or form.last_sample
    previous = last.proposal if last and last.kind == sample.kind else None
    old = previous.source if previous else Source("", Blueprint("", ""), "")
    new = sample.proposal.source
    if _has_imported_mapping(form):
        return replace(_with_imported_mapping(form, sample), failure=None)
    return replace(
        form,
        sample=sample,
        failure=None,
        last_sample=None,
        blueprint=_updated(form.blueprint, old.blueprint.identifier, new.blueprint.identifier),
        blueprint_title=_updated(form.blueprint_title, old.blueprint.title, new.blueprint.title),
        icon=_updated(form.icon, old.blueprint.icon, new.blueprint.icon),
        identifier=_updated(form.identifier, old.identifier, new.identifier),
        title=_updated(form.title, old.title, new.title),
        rows=_updated_rows(form.rows, previous.fields if previous else (), sample.proposal),
    )


def _has_imported_mapping(form: EndpointForm) -> bool:
    """Return whether the expressions are from an imported mapping: without a sample, no others exist."""
    return form.sample is None and form.last_sample is None and bool(form.identifier)


def _with_imported_mapping(form: EndpointForm, sample: Sample) -> EndpointForm:
    """Add the first sample. The imported expressions stay; its other fields are offered, not selected."""
    new = sample.proposal.source
    proposed = {row.expression: row for row in map(_row, sample.proposal.fields)}
    imported = [
        replace(proposed.get(row.expression, row), name=row.name, expression=row.expression, is_selected=True)
        for row in form.rows
    ]
    taken = {text for row in imported for text in (row.name, row.expression)}
    others = [row for row in proposed.values() if not {row.name, row.expression} & taken]
    return replace(
        form,
        sample=sample,
        blueprint=form.blueprint or new.blueprint.identifier,
        blueprint_title=form.blueprint_title or new.blueprint.title,
        icon=form.icon or new.blueprint.icon or "",
        rows=(*imported, *(replace(row, is_selected=False) for row in others)),
    )


def _with_offers(form: EndpointForm, sample: Sample) -> EndpointForm:
    """Return an endpoint whose mapping is its own. The sample only offers more properties."""
    rows = with_found_fields(form.rows, [(field, _row(field)) for field in sample.proposal.fields])
    return replace(form, sample=sample, failure=None, last_sample=None, rows=rows)


def _updated(text: str, old: str | None, new: str | None) -> str:
    """Return the user's text if it differs from the old proposal, otherwise the new proposal."""
    return text if text and old and text != old else new or ""


def _updated_rows(
    rows: Sequence[PropertyRow], old: Sequence[FoundField], new: Proposal
) -> tuple[PropertyRow, ...]:
    proposed = {field.keys: _row(field) for field in old}
    changed = {
        row.found.keys: row
        for row in rows
        if row.found and row.found.keys in proposed and row != proposed[row.found.keys]
    }
    updated = [
        replace(changed[field.keys], found=field) if field.keys in changed else _row(field)
        for field in new.fields
    ]
    added = [row for row in rows if row.found is None] if old else []
    return (*updated, *added)
