"""Propose a source (blueprint and mapping) for an endpoint from its response, with reasons."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from builder.draft import Blueprint, Source
from builder.inference.fields import FoundField, find_fields
from builder.inference.identifiers import FoundIdentifier, find_identifiers, join_expression
from builder.inference.lists import FoundList, find_lists
from builder.inference.path_parameters import add_path_parameters, own_columns, parameter_names
from builder.inference.resource_names import resource_name
from builder.inference.titles import FoundTitle, find_titles
from builder.inference.value_columns import path_expression
from expressions.paths import jq_path
from extraction.items import as_items
from rest.bodies import Json
from rest.page import Item

_NO_ITEMS = "The response has no items, so no fields and no identifier can be proposed"
_NO_IDENTIFIER = (
    "No field, and no combination of two or three fields, is unique. Choose the identifier yourself: "
    "items with the same identifier overwrite each other"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed source and its alternatives.

    source: its identifier is "" if none was found, and it has no path_parameters yet.
    items: in the form that the mapping receives, with the path parameters' values.
    reasons: one sentence for each choice.
    """

    source: Source
    items: list[Item] = field(repr=False)
    lists: Sequence[FoundList] = field(repr=False)
    fields: Sequence[FoundField] = field(repr=False)
    identifiers: Sequence[FoundIdentifier]
    titles: Sequence[FoundTitle]
    reasons: tuple[str, ...] = ()


def propose(kind: str, body: Json, data_path: str | None = None) -> Proposal:
    """Return the proposal for an endpoint's response. data_path: the user's choice, None to find it.

    Raises JqError: data_path is not valid jq, or fails on the body.
    """
    lists = find_lists(body, kind)
    if data_path is None:
        items = lists[0].items if lists else list(as_items([body]))
        path = lists[0].data_path if lists else "."
        why = f"Items at {path}: {lists[0].why}" if lists else "The response has no list and no object"
    else:
        items, path, why = items_at(body, data_path), data_path, ""
    return _propose(kind, path, add_path_parameters(kind, items), lists, why)


def items_at(body: Json, data_path: str) -> list[Item]:
    """Return the items that the integration reads at data_path.

    Raises JqError: data_path is not valid jq, or fails on the body.
    """
    path = jq_path(data_path)
    outputs = path.outputs(body)
    only = outputs[0] if len(outputs) == 1 and not path.iterates else None
    return list(as_items(only if isinstance(only, list) else outputs))


def _propose(kind: str, data_path: str, items: list[Item], lists: Sequence[FoundList], why: str) -> Proposal:
    name = resource_name(kind, data_path)
    parameters = parameter_names(kind)
    columns = own_columns(kind, items)
    distinct_items = _without_duplicates(items)
    distinct = columns if len(distinct_items) == len(items) else own_columns(kind, distinct_items)
    identifiers = _with_parents(find_identifiers(distinct, name), parameters)
    titles = find_titles(columns, name)
    fields = _deselect_used(find_fields(columns), identifiers[:1], titles[:1])
    blueprint = Blueprint(
        name.identifier, name.title, name.icon, tuple(each.proposed for each in fields if each.selected)
    )
    source = Source(
        kind,
        blueprint,
        identifiers[0].expression if identifiers else "",
        titles[0].expression if titles else None,
        {"data_path": data_path},
    )
    reasons = (why, *_reasons(items, identifiers, titles))
    return Proposal(source, items, lists, fields, identifiers, titles, tuple(filter(None, reasons)))


def _without_duplicates(items: Sequence[Item]) -> list[Item]:
    return list({json.dumps(item, sort_keys=True): item for item in items}.values())


def _with_parents(identifiers: Sequence[FoundIdentifier], parameters: Sequence[str]) -> list[FoundIdentifier]:
    """Prefix the identifiers that may be unique only within one parent with the parents' values."""
    if not parameters:
        return list(identifiers)
    parents = [f".__{name}" for name in parameters]
    return [
        replace(
            each,
            expression=join_expression([*parents, *map(path_expression, each.keys)], is_legal=False),
            why=f"{each.why}. It may repeat under another parent, so {' and '.join(parents)} comes first",
        )
        if each.is_local
        else each
        for each in identifiers
    ]


def _deselect_used(
    fields: Sequence[FoundField], identifiers: Sequence[FoundIdentifier], titles: Sequence[FoundTitle]
) -> list[FoundField]:
    """Deselect the fields that are already the entity's identifier or title."""
    all_keys = [each.keys for each in identifiers] + [each.keys for each in titles]
    used = {keys[0] for keys in all_keys if len(keys) == 1}
    return [replace(each, selected=False) if each.keys in used else each for each in fields]


def _reasons(
    items: Sequence[Item], identifiers: Sequence[FoundIdentifier], titles: Sequence[FoundTitle]
) -> Iterator[str]:
    if not items:
        yield _NO_ITEMS
        return
    yield f"Identifier: {identifiers[0].why}" if identifiers else _NO_IDENTIFIER
    yield f"Title: {titles[0].why}" if titles else "Title: none found. Port shows the identifier"
