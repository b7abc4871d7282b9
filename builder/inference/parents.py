"""Path parameters whose values another endpoint has, and the relation to its items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from builder.draft import Relation, Source
from builder.inference.columns import columns, path_of
from builder.inference.mending import ILLEGAL_TO_UNDERSCORE, null_safe
from builder.inference.naming import Keys, property_names
from builder.inference.resource_names import resource_name
from builder.inference.words import words_of
from configuration.resource import PLACEHOLDER
from rest.bodies import Json
from rest.page import Item

# What a path parameter asks in the same way as its endpoint does.
_SHARED = ("data_path", "method", "query_params", "headers", "body", "pagination", "on_status")
_ID_WORDS = frozenset({"id", "key", "slug", "uuid", "name", "login", "number", "sid", "iid", "ref"})


@dataclass(frozen=True, slots=True)
class SampledSource:
    """A source and items of it, as the mapping gets them."""

    source: Source
    items: Sequence[Item] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FoundParameter:
    """Where a path parameter's values come from.

    selector: its entry in `path_parameters`. relation: from each child to its parent, None where the
    parent's source has no identifier yet.
    """

    selector: Mapping[str, Json]
    relation: Relation | None


def parameters_found(source: Source, samples: Sequence[SampledSource]) -> dict[str, FoundParameter]:
    """For each path parameter of the source's kind, where another sample has its values.

    A parameter that none of the samples has is left out.
    """
    found: dict[str, FoundParameter] = {}
    for match in PLACEHOLDER.finditer(source.kind.partition("?")[0]):
        name = match["name"]
        parent = _parent(source.kind[: match.start()], name, source, samples)
        keys = _keys_of_values(name, parent) if parent else None
        if parent and keys and name not in found:
            found[name] = _parameter(name, keys, parent.source)
    return found


def _parent(before: str, name: str, source: Source, samples: Sequence[SampledSource]) -> SampledSource | None:
    """The endpoint that the path goes on from, else one whose items are called like the parameter."""
    others = [sample for sample in samples if sample.source is not source and sample.items]
    above = _path(before)
    words = tuple(word.lower() for word in _name_words(name))
    by_path = (each for each in others if _path(each.source.kind) == above)
    by_name = (
        each for each in others if words and resource_name(each.source.kind).words[-len(words) :] == words
    )
    return next(by_path, None) or next(by_name, None)


def _path(kind: str) -> str:
    """A path without what may differ: /api/users.json and /api/users/ are the same."""
    path = kind.partition("?")[0].rstrip("/")
    return path.removesuffix(".json")


def _name_words(name: str) -> list[str]:
    words = words_of(name)
    return words[:-1] if len(words) > 1 and words[-1].lower() in _ID_WORDS else words


def _keys_of_values(name: str, parent: SampledSource) -> Keys | None:
    """The field of the parent's items that the parameter takes: by its name, else their identifier."""
    complete = {each.keys: each for each in columns(parent.items) if each.is_complete}
    by_name = [(name,), *((word.lower(),) for word in words_of(name)[-1:])]
    plain = (keys for keys in complete if path_of(keys) == _raw(parent.source.identifier))
    wanted = (*(keys for keys in by_name if keys in complete), *plain, ("id",), ("name",))
    scalar = {str, int}
    return next((keys for keys in wanted if keys in complete and set(complete[keys].types) <= scalar), None)


def _raw(identifier: str) -> str:
    """The path that an identifier is read from, before anything is done to it."""
    return identifier.partition(" | ")[0].strip()


def _parameter(name: str, keys: Keys, parent: Source) -> FoundParameter:
    selector: dict[str, Json] = {"endpoint": parent.kind}
    selector |= {key: parent.selector[key] for key in _SHARED if key in parent.selector}
    selector["field"] = path_of(keys)
    if not parent.identifier:
        return FoundParameter(selector, None)
    value = path_of([f"__{name}"])
    if parent.identifier == path_of(keys):
        expression = value
    elif parent.identifier == null_safe(path_of(keys), [ILLEGAL_TO_UNDERSCORE]):
        expression = null_safe(value, [ILLEGAL_TO_UNDERSCORE])
    else:
        # The path takes one field of the parent, and Port knows it by another.
        selector["parent_fields"] = {parent.blueprint.identifier: parent.identifier}
        expression = path_of([f"__{parent.blueprint.identifier}"])
    blueprint = parent.blueprint
    [relation_name] = property_names([(blueprint.identifier,)])
    relation = Relation(relation_name, blueprint.identifier, expression, blueprint.title)
    return FoundParameter(selector, relation)
