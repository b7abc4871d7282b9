"""One endpoint and its answer -> what the integration could make of it, with the reasons."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from builder.draft import Blueprint, Source
from builder.inference.columns import path_of
from builder.inference.fields import FoundField, fields_of
from builder.inference.identifiers import FoundIdentifier, identifiers_found, joined
from builder.inference.lists import FoundList, lists_found
from builder.inference.parameters import own_columns, parameter_names, with_parameters
from builder.inference.resource_names import resource_name
from builder.inference.titles import FoundTitle, titles_found
from expressions.paths import jq_path
from extraction.items import as_items
from rest.bodies import Json
from rest.page import Item

NO_ITEMS = "There is no item in this answer: nothing can be said of its fields and its identifier"
NOTHING_TELLS_APART = (
    "No field, and no two or three of them, tell the items apart: choose what identifies an item, "
    "or other items would be overwritten"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could become of an answer, and what else is possible.

    source: ready to print but for what nothing could be found for: an identifier of "" is still to choose,
    and so are the path_parameters of a kind with placeholders.
    items: as the integration hands them to the mapping, with the path parameters' values.
    reasons: one sentence for each choice.
    """

    source: Source
    items: list[Item] = field(repr=False)
    lists: Sequence[FoundList] = field(repr=False)
    fields: Sequence[FoundField] = field(repr=False)
    identifiers: Sequence[FoundIdentifier]
    titles: Sequence[FoundTitle]
    reasons: tuple[str, ...] = ()


def proposal(kind: str, body: Json, data_path: str | None = None) -> Proposal:
    """What could become of an endpoint's answer; data_path: where the user says that the items are.

    Raises JqError: the data_path is no jq, or fails on the body.
    """
    lists = lists_found(body, kind)
    if data_path is None:
        items = lists[0].items if lists else list(as_items([body]))
        path = lists[0].data_path if lists else "."
        why = f"Items at {path}: {lists[0].why}" if lists else "No list and no object in the answer"
    else:
        items, path, why = items_at(body, data_path), data_path, ""
    return _proposed(kind, path, with_parameters(kind, items), lists, why)


def proposal_of_items(kind: str, items: Sequence[Item], data_path: str = ".") -> Proposal:
    """The same for items that were fetched already, of several pages or parents; it has no lists."""
    return _proposed(kind, data_path, with_parameters(kind, items), (), "")


def items_at(body: Json, data_path: str) -> list[Item]:
    """The items that the integration reads there.

    Raises JqError: the data_path is no jq, or fails on the body.
    """
    path = jq_path(data_path)
    outputs = path.outputs(body)
    only = outputs[0] if len(outputs) == 1 and not path.iterates else None
    return list(as_items(only if isinstance(only, list) else outputs))


def _proposed(kind: str, data_path: str, items: list[Item], lists: Sequence[FoundList], why: str) -> Proposal:
    name = resource_name(kind, data_path)
    parameters = parameter_names(kind)
    found = own_columns(kind, items)
    different = _different(items)
    distinct = found if len(different) == len(items) else own_columns(kind, different)
    identifiers = _under_parents(identifiers_found(distinct, name), parameters)
    titles = titles_found(found, name)
    fields = _without(fields_of(found), identifiers[:1], titles[:1])
    blueprint = Blueprint(
        name.identifier, name.title, name.icon, tuple(each.becomes for each in fields if each.selected)
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


def _different(items: Sequence[Item]) -> list[Item]:
    """Each item once: two that are the same in everything are the same thing."""
    return list({json.dumps(item, sort_keys=True): item for item in items}.values())


def _under_parents(found: Sequence[FoundIdentifier], parameters: Sequence[str]) -> list[FoundIdentifier]:
    """With the parents' values before what may be unique under one parent alone."""
    if not parameters:
        return list(found)
    parents = [f".__{name}" for name in parameters]
    return [
        replace(
            each,
            expression=joined([*parents, *map(path_of, each.keys)], is_legal=False),
            why=f"{each.why}, but it may repeat under another parent: so {' and '.join(parents)} comes first",
        )
        if each.is_local
        else each
        for each in found
    ]


def _without(
    fields: Sequence[FoundField], identifiers: Sequence[FoundIdentifier], titles: Sequence[FoundTitle]
) -> list[FoundField]:
    """The fields, those not ticked that the entity has already as its identifier or title."""
    chosen = [each.keys for each in identifiers] + [each.keys for each in titles]
    used = {keys[0] for keys in chosen if len(keys) == 1}
    return [replace(each, selected=False) if each.keys in used else each for each in fields]


def _reasons(
    items: Sequence[Item], identifiers: Sequence[FoundIdentifier], titles: Sequence[FoundTitle]
) -> Iterator[str]:
    if not items:
        yield NO_ITEMS
        return
    yield f"Identifier: {identifiers[0].why}" if identifiers else NOTHING_TELLS_APART
    yield f"Title: {titles[0].why}" if titles else "Title: none found, Port shows the identifier"
