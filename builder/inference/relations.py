"""Propose relations: fields whose values are identifiers of another endpoint's items."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from builder.draft import Relation, Source
from builder.inference.fields import FoundField, find_fields
from builder.inference.jq_outputs import evaluate_expressions
from builder.inference.parent_matching import SampledSource, find_parents
from builder.inference.path_parameters import own_columns
from builder.inference.property_names import WRAPPERS, Keys, field_title, property_names
from builder.inference.relation_evidence import (
    IdentifierOverlap,
    RelationTarget,
    measure_overlap,
    most_plausible,
)
from builder.inference.type_coercion import AS_TEXT, ILLEGAL_TO_UNDERSCORE
from builder.inference.value_columns import path_expression
from builder.inference.words import squash_name
from rest.bodies import Json
from rest.request import text_of
from rest.steps import quoted_key

_ID_NAMES = ("id", "uuid", "key", "slug", "login", "name")
_ID_ENDING = re.compile(
    r"([_-](ids?|keys?|uuids?|refs?|slugs?|logins?)|(?<=[a-z0-9])(Ids?|Keys?|Uuids?|Refs?))$"
)
_IGNORED_KEYS = WRAPPERS | {"relationships", "relations", "data"}
# A relation is likely if at least this share of its values are identifiers of the target.
_LIKELY_FROM = 0.8
# A sample of this size is enough to match values with identifiers.
_MAX_FIELDS, _MAX_ITEMS = 150, 2000


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """A proposed relation of a source's blueprint.

    keys: the field with the target's identifiers, empty for a path parameter. total: the number of distinct
    values in the field. hits: the number of these that are identifiers of the target's items. Both are 0 for
    a path parameter. why: the same in words.
    """

    source: Source
    relation: Relation
    why: str
    keys: Keys = ()
    hits: int = 0
    total: int = 0

    @property
    def is_likely(self) -> bool:
        """True if the relation is proposed as chosen: to a parent, or with few values without a target."""
        return not self.keys or self.hits >= _LIKELY_FROM * self.total


@dataclass(frozen=True, slots=True)
class _RelationField:
    """A field that may hold identifiers. outputs: the result of its expression for each item."""

    keys: Keys
    expression: str
    is_many: bool = False
    outputs: Sequence[Json] = field(repr=False, default=())

    def texts(self) -> set[str]:
        """Return the distinct values, including those in lists."""
        values = [part for value in self.outputs for part in (value if isinstance(value, list) else [value])]
        return {text_of(value) for value in values if _is_identifier(value)}


def find_relations(samples: Sequence[SampledSource]) -> list[FoundRelation]:
    """Return the relations between the samples: for each sample by path parameters, then by fields.

    Raises JqError: the identifier of a source does not compile.
    """
    targets = [_target(sample) for sample in samples if sample.source.identifier]
    return [relation for sample in samples for relation in _relations(sample, samples, targets)]


def _target(sample: SampledSource) -> RelationTarget:
    [outputs] = evaluate_expressions([sample.source.identifier], sample.items)
    ids = frozenset(text_of(value) for value in outputs if _is_identifier(value))
    return RelationTarget(sample.source, ids, outputs)


def _is_identifier(value: Json) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _relations(
    sample: SampledSource, samples: Sequence[SampledSource], targets: Sequence[RelationTarget]
) -> Iterator[FoundRelation]:
    parents = [each.relation for each in find_parents(sample.source, samples).values() if each.relation]
    for relation in parents:
        yield FoundRelation(sample.source, relation, f"the items are requested per {relation.target}")
    # Fields such as owner_id and owner.name refer to the same entity: one relation.
    known = {(relation.name.lower(), relation.target) for relation in parents}
    chosen: list[tuple[_RelationField, IdentifierOverlap]] = []
    for each, best in _plausible_overlaps(sample, targets):
        key = (squash_name("".join(_name_keys(each, best))), best.target.source.blueprint.identifier)
        if key not in known:
            known.add(key)
            chosen.append((each, best))
    paths = [(relation.name,) for relation in parents] + [_name_keys(*pair) for pair in chosen]
    for (each, best), name in zip(chosen, property_names(paths)[len(parents) :], strict=True):
        yield _relation(sample.source, each, best, name)


def _plausible_overlaps(
    sample: SampledSource, targets: Sequence[RelationTarget]
) -> Iterator[tuple[_RelationField, IdentifierOverlap]]:
    for each in _relation_fields(sample):
        texts = each.texts()
        overlaps = (
            measure_overlap(each.keys, texts, target)
            for target in targets
            if not (target.source is sample.source and _is_own_identifier(each, target))
        )
        if best := most_plausible([found for found in overlaps if found]):
            yield each, best


def _is_own_identifier(each: _RelationField, target: RelationTarget) -> bool:
    """True for a field with the item's own identifier, whatever its name."""
    return list(each.outputs) == list(target.outputs)[: len(each.outputs)]


def _relation_fields(sample: SampledSource) -> Iterator[_RelationField]:
    items = sample.items[:_MAX_ITEMS]
    fields = find_fields(islice(own_columns(sample.source.kind, items), _MAX_FIELDS))
    candidates = [candidate for each in fields for candidate in _from_field(each)]
    outputs = evaluate_expressions([each.expression for each in candidates], items)
    return (replace(each, outputs=values) for each, values in zip(candidates, outputs, strict=True))


def _from_field(found: FoundField) -> Iterator[_RelationField]:
    proposed = found.proposed
    if proposed.type in ("string", "number") and proposed.format in (None, "email"):
        yield _RelationField(found.keys, proposed.expression)
    elif proposed.type == "array":
        yield _RelationField(found.keys, proposed.expression, is_many=True)
        for name in _ID_NAMES:
            inner = f"[({proposed.expression})[]? | objects | {quoted_key(name)} | values]"
            yield _RelationField((*found.keys, name), inner, is_many=True)


def _name_keys(each: _RelationField, overlap: IdentifierOverlap) -> Keys:
    """Return the keys that name the relation: owner for owner_id and for owner.id."""
    kept = [key for key in each.keys if key not in _IGNORED_KEYS]
    if kept and kept[-1].lower().lstrip("_") in _ID_NAMES:
        kept = kept[:-1]
    elif kept and (ending := _ID_ENDING.search(kept[-1])):
        stem = kept[-1][: ending.start()]
        kept[-1] = f"{stem}s" if each.is_many and not stem.endswith("s") else stem
    return tuple(kept) or (overlap.target.source.blueprint.identifier,)


def _relation(source: Source, each: _RelationField, overlap: IdentifierOverlap, name: str) -> FoundRelation:
    blueprint = overlap.target.source.blueprint
    relation = Relation(
        name,
        blueprint.identifier,
        _identifier_expression(each, overlap.target),
        field_title(_name_keys(each, overlap)),
        each.is_many,
    )
    path = path_expression(each.keys)
    why = f"{overlap.hits} of {overlap.total} values of {path} are identifiers of {blueprint.identifier}"
    return FoundRelation(source, relation, why, each.keys, overlap.hits, overlap.total)


def _identifier_expression(each: _RelationField, target: RelationTarget) -> str:
    """Return the field's jq, with the same replacement of characters as in the target's identifier."""
    if not target.replaces_characters:
        return each.expression
    legal = f"{AS_TEXT} | {ILLEGAL_TO_UNDERSCORE}"
    if each.is_many:
        return f"[({each.expression})[]? | values | {legal}]"
    return f"{each.expression} | if . == null then null else {legal} end"
