"""Propose a source (blueprint and mapping) for an endpoint from its response, with reasons."""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from builder.draft import Blueprint, Source
from builder.inference.fields import FoundField, find_fields
from builder.inference.identifier_candidates import ItemGroups
from builder.inference.identifiers import FoundIdentifier, find_identifiers, join_expression
from builder.inference.lists import FoundList, find_lists
from builder.inference.path_parameters import add_path_parameters, own_columns, scope_parameters
from builder.inference.resource_names import item_nouns, resource_name
from builder.inference.titles import FoundTitle, find_titles
from builder.inference.value_columns import ValueColumn, path_expression, prefix_noun
from builder.inference.wrappers import Wrappers
from expressions.paths import jq_path
from extraction import Binding, Sample
from extraction.items import as_items
from rest.bodies import Json
from rest.page import Item

_NO_ITEMS = "The response has no items, so no fields and no identifier can be proposed"
_NO_IDENTIFIER = (
    "No field identifies the items for certain. Choose the identifier yourself, for example a field that the "
    "API's documentation calls unique: items with the same identifier overwrite each other"
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


@dataclass(frozen=True)
class _SampledItems:
    """The items of a sample.

    own: as the API sent them. bound: the same items with the values of path parameters.
    is_item: each response is a single item.
    """

    kind: str
    own: list[Item]
    bound: list[Item]
    is_item: bool

    @cached_property
    def columns(self) -> list[ValueColumn]:
        """The fields of all items."""
        return own_columns(self.kind, self.own)

    @cached_property
    def contents(self) -> list[int]:
        """A number for each item. Equal items have the same number."""
        numbers: dict[str, int] = {}
        return [numbers.setdefault(json.dumps(item, sort_keys=True), len(numbers)) for item in self.own]

    def distinct_columns(self, keys: Iterable[Hashable]) -> list[ValueColumn]:
        """Return the fields of the first item of each key. keys: one for each item."""
        first: dict[Hashable, Item] = {}
        for key, item in zip(keys, self.own, strict=True):
            first.setdefault(key, item)
        return self.columns if len(first) == len(self.own) else own_columns(self.kind, list(first.values()))


def propose(kind: str, body: Json, data_path: str | None = None) -> Proposal:
    """Return the proposal for an endpoint's response. data_path: the user's choice, None to find it.

    Raises JqError: data_path is not valid jq, or fails on the body.
    """
    lists = find_lists(body, kind)
    path, why = _located(lists, data_path)
    own = lists[0].items if lists and data_path is None else items_at(body, path)
    sampled = _SampledItems(kind, own, add_path_parameters(kind, own), _is_item(lists, path))
    return _propose(path, sampled, lists, why)


def propose_from_samples(kind: str, samples: Sequence[Sample], data_path: str | None = None) -> Proposal:
    """Return the proposal for an endpoint's responses, one for each parent. data_path: as for `propose`.

    Raises JqError: data_path is not valid jq. Raises ItemsError: a response cannot be read.
    """
    largest = max((sample.response for sample in samples), key=lambda response: len(response.content))
    lists = find_lists(largest.body, kind)
    path, why = _located(lists, data_path)
    where = jq_path(path)
    own = [item for sample in samples for item in replace(sample, binding=Binding()).items(where)]
    bound = [item for sample in samples for item in sample.items(where)]
    return _propose(path, _SampledItems(kind, own, bound, _is_item(lists, path)), lists, why)


def _located(lists: Sequence[FoundList], data_path: str | None) -> tuple[str, str]:
    """Return the path of the items and the reason for it, "" if the user chose it."""
    if data_path is not None:
        return data_path, ""
    if not lists:
        return ".", "The response has no list and no object"
    return lists[0].data_path, f"Items at {lists[0].data_path}: {lists[0].why}"


def _is_item(lists: Sequence[FoundList], data_path: str) -> bool:
    return any(each.data_path == data_path and each.holds == "object" for each in lists)


def items_at(body: Json, data_path: str) -> list[Item]:
    """Return the items that the integration reads at data_path.

    Raises JqError: data_path is not valid jq, or fails on the body.
    """
    path = jq_path(data_path)
    outputs = path.outputs(body)
    only = outputs[0] if len(outputs) == 1 and not path.iterates else None
    return list(as_items(only if isinstance(only, list) else outputs))


def _propose(data_path: str, sampled: _SampledItems, lists: Sequence[FoundList], why: str) -> Proposal:
    kind, columns = sampled.kind, sampled.columns
    name = resource_name(kind, data_path)
    nouns = item_nouns(kind, data_path) | frozenset(filter(None, [prefix_noun(columns)]))
    wrappers = Wrappers.of(columns, nouns)
    identifiers = _identifiers(sampled, nouns, wrappers)
    titles = find_titles(sampled.distinct_columns(sampled.contents), nouns, wrappers)
    fields = _deselect_used(find_fields(columns, wrappers, name.words), identifiers[:1], titles[:1])
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
    reasons = (why, *_reasons(sampled.bound, identifiers, titles))
    return Proposal(source, sampled.bound, lists, fields, identifiers, titles, tuple(filter(None, reasons)))


def _identifiers(sampled: _SampledItems, nouns: frozenset[str], wrappers: Wrappers) -> list[FoundIdentifier]:
    """Return the identifiers of the distinct items, prefixed by the parents where they may repeat."""
    parameters = scope_parameters(sampled.kind, is_item=sampled.is_item)
    parents = ("-".join(str(item.get(f"__{name}")) for name in parameters) for item in sampled.bound)
    pairs = list(zip(parents, sampled.contents, strict=True))
    distinct = dict.fromkeys(pairs)
    groups = ItemGroups([parent for parent, _ in distinct], [content for _, content in distinct])
    found = find_identifiers(sampled.distinct_columns(pairs), nouns, groups, wrappers)
    return [_with_parents(each, parameters) if each.is_local else each for each in found]


def _with_parents(identifier: FoundIdentifier, parameters: Sequence[str]) -> FoundIdentifier:
    """Prefix an identifier with the parents' values."""
    if not parameters:
        return identifier
    parents = [f".__{name}" for name in parameters]
    return replace(
        identifier,
        expression=join_expression([*parents, *map(path_expression, identifier.keys)], is_legal=False),
        why=f"{identifier.why}. It may repeat under another parent, so {' and '.join(parents)} comes first",
    )


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
