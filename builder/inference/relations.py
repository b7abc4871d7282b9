"""Fields whose values are the identifiers of another endpoint's items: relations to be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from builder.draft import Relation, Source
from builder.inference.columns import path_of
from builder.inference.evidence import Overlap, Target, believed, overlap
from builder.inference.fields import FoundField, fields_of
from builder.inference.mending import AS_TEXT, ILLEGAL_TO_UNDERSCORE
from builder.inference.naming import WRAPPERS, Keys, field_title, property_names
from builder.inference.outputs import outputs_of
from builder.inference.parameters import own_columns
from builder.inference.parents import SampledSource, parameters_found
from builder.inference.words import plain
from rest.bodies import Json
from rest.request import text_of
from rest.steps import quoted_key

_ID_NAMES = ("id", "uuid", "key", "slug", "login", "name")
_ID_ENDING = re.compile(
    r"([_-](ids?|keys?|uuids?|refs?|slugs?|logins?)|(?<=[a-z0-9])(Ids?|Keys?|Uuids?|Refs?))$"
)
_NOTHING = WRAPPERS | {"relationships", "relations", "data"}
# Enough to see where a field leads.
_MOST_FIELDS, _MOST_ITEMS = 150, 2000


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """A relation that a source's blueprint could have.

    keys: the field that it is read from. hits, total: of its different values, how many are identifiers of
    the target's items in the sample. A path parameter has no field, and its values are that by nature: 0.
    why: the same in words.
    """

    source: Source
    relation: Relation
    why: str
    keys: Keys = ()
    hits: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that may lead somewhere. outputs: what its expression gives for each item."""

    keys: Keys
    expression: str
    is_many: bool = False
    outputs: Sequence[Json] = field(repr=False, default=())

    def texts(self) -> set[str]:
        """Its different values, those in lists too."""
        values = [part for value in self.outputs for part in (value if isinstance(value, list) else [value])]
        return {text_of(value) for value in values if _is_name(value)}


def relations_found(samples: Sequence[SampledSource]) -> list[FoundRelation]:
    """The relations between the samples' items: to a parent by a path parameter, then by the fields.

    Raises JqError: the identifier of a source does not compile.
    """
    targets = [_target(sample) for sample in samples if sample.source.identifier]
    return [relation for sample in samples for relation in _of_sample(sample, samples, targets)]


def _target(sample: SampledSource) -> Target:
    [outputs] = outputs_of([sample.source.identifier], sample.items)
    return Target(sample.source, frozenset(text_of(value) for value in outputs if _is_name(value)), outputs)


def _is_name(value: Json) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _of_sample(
    sample: SampledSource, samples: Sequence[SampledSource], targets: Sequence[Target]
) -> Iterator[FoundRelation]:
    parents = [each.relation for each in parameters_found(sample.source, samples).values() if each.relation]
    for relation in parents:
        yield FoundRelation(sample.source, relation, f"each {relation.target} is asked for its own")
    # The same thing by its id and by its name is one relation.
    known = {(relation.name.lower(), relation.target) for relation in parents}
    chosen: list[tuple[_Field, Overlap]] = []
    for each, found in _believed(sample, targets):
        sign = (plain("".join(_telling(each, found))), found.target.source.blueprint.identifier)
        if sign not in known:
            known.add(sign)
            chosen.append((each, found))
    paths = [(relation.name,) for relation in parents] + [_telling(*pair) for pair in chosen]
    for (each, found), name in zip(chosen, property_names(paths)[len(parents) :], strict=True):
        yield _relation(sample.source, each, found, name)


def _believed(sample: SampledSource, targets: Sequence[Target]) -> Iterator[tuple[_Field, Overlap]]:
    for each in _fields(sample):
        texts = each.texts()
        overlaps = (
            overlap(each.keys, texts, target)
            for target in targets
            if not (target.source is sample.source and _is_id(each, target))
        )
        if best := believed([found for found in overlaps if found]):
            yield each, best


def _is_id(each: _Field, target: Target) -> bool:
    """True for a field that is the item's own identifier, under whatever name."""
    return list(each.outputs) == list(target.outputs)[: len(each.outputs)]


def _fields(sample: SampledSource) -> Iterator[_Field]:
    items = sample.items[:_MOST_ITEMS]
    own = fields_of(islice(own_columns(sample.source.kind, items), _MOST_FIELDS))
    listed = [found for each in own for found in _of_field(each)]
    outputs = outputs_of([each.expression for each in listed], items)
    return (replace(each, outputs=values) for each, values in zip(listed, outputs, strict=True))


def _of_field(found: FoundField) -> Iterator[_Field]:
    made = found.becomes
    if made.type in ("string", "number") and made.format in (None, "email"):
        yield _Field(found.keys, made.expression)
    elif made.type == "array":
        yield _Field(found.keys, made.expression, is_many=True)
        for name in _ID_NAMES:
            inner = f"[({made.expression})[]? | objects | {quoted_key(name)} | values]"
            yield _Field((*found.keys, name), inner, is_many=True)


def _telling(each: _Field, found: Overlap) -> Keys:
    """The keys that say whose identifier it is: owner for owner_id and for owner.id."""
    kept = [key for key in each.keys if key not in _NOTHING]
    if kept and kept[-1].lower().lstrip("_") in _ID_NAMES:
        kept = kept[:-1]
    elif kept and (ending := _ID_ENDING.search(kept[-1])):
        stem = kept[-1][: ending.start()]
        kept[-1] = f"{stem}s" if each.is_many and not stem.endswith("s") else stem
    return tuple(kept) or (found.target.source.blueprint.identifier,)


def _relation(source: Source, each: _Field, found: Overlap, name: str) -> FoundRelation:
    blueprint = found.target.source.blueprint
    relation = Relation(
        name,
        blueprint.identifier,
        _as_ids(each, found.target),
        field_title(_telling(each, found)),
        each.is_many,
    )
    shown = path_of(each.keys)
    why = f"{found.hits} of {found.total} values of {shown} are identifiers of {blueprint.identifier}"
    return FoundRelation(source, relation, why, each.keys, found.hits, found.total)


def _as_ids(each: _Field, target: Target) -> str:
    """The field's jq, its values made legal where the target's identifiers are."""
    if not target.is_mended:
        return each.expression
    legal = f"{AS_TEXT} | {ILLEGAL_TO_UNDERSCORE}"
    if each.is_many:
        return f"[({each.expression})[]? | values | {legal}]"
    return f"{each.expression} | if . == null then null else {legal} end"
