"""Match path parameters with the parent endpoint that has their values, and relate the items to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from builder.draft import Relation, Source
from builder.inference.property_names import Keys, property_names
from builder.inference.resource_names import resource_name
from builder.inference.type_coercion import ILLEGAL_TO_UNDERSCORE, null_safe
from builder.inference.value_columns import iter_columns, path_expression
from builder.inference.words import split_words
from configuration.resource import PLACEHOLDER
from rest.bodies import Json
from rest.page import Item

# Selector keys that a path parameter's listing shares with the parent's own selector.
LISTING_KEYS = (
    *("data_path", "method", "query_params", "headers", "body", "pagination", "on_status"),
    *("format", "job"),
)
_ID_WORDS = frozenset({"id", "key", "slug", "uuid", "name", "login", "number", "sid", "iid", "ref"})


@dataclass(frozen=True, slots=True)
class SampledSource:
    """A source and sample items, in the form that the mapping receives."""

    source: Source
    items: Sequence[Item] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FoundParent:
    """The parent of a path parameter.

    selector: the entry in `path_parameters`. relation: from each child to its parent, None if the parent's
    source has no identifier yet.
    """

    selector: Mapping[str, Json]
    relation: Relation | None


def find_parents(source: Source, samples: Sequence[SampledSource]) -> dict[str, FoundParent]:
    """Return the parent of each path parameter in the source's kind, without parameters that have none."""
    found: dict[str, FoundParent] = {}
    for match in PLACEHOLDER.finditer(source.kind.partition("?")[0]):
        name = match["name"]
        parent = _parent(source.kind[: match.start()], name, source, samples)
        keys = _keys_of_values(name, parent) if parent else None
        if parent and keys and name not in found:
            found[name] = _parameter(name, keys, parent.source)
    return found


def _parent(before: str, name: str, source: Source, samples: Sequence[SampledSource]) -> SampledSource | None:
    """Return the endpoint whose path precedes the parameter, else one with the parameter's resource name."""
    others = [sample for sample in samples if sample.source is not source and sample.items]
    parent_path = _normalized_path(before)
    words = tuple(word.lower() for word in _resource_words(name))
    by_path = (each for each in others if _normalized_path(each.source.kind) == parent_path)
    by_name = (
        each for each in others if words and resource_name(each.source.kind).words[-len(words) :] == words
    )
    return next(by_path, None) or next(by_name, None)


def _normalized_path(kind: str) -> str:
    """Return the path without query, trailing slash and .json: /api/users.json and /api/users/ are equal."""
    path = kind.partition("?")[0].rstrip("/")
    return path.removesuffix(".json")


def _resource_words(name: str) -> list[str]:
    words = split_words(name)
    return words[:-1] if len(words) > 1 and words[-1].lower() in _ID_WORDS else words


def _keys_of_values(name: str, parent: SampledSource) -> Keys | None:
    """Return the parent's field with the parameter's values: one with its name, else the identifier."""
    complete = {each.keys: each for each in iter_columns(parent.items) if each.is_complete}
    by_name = [(name,), *((word.lower(),) for word in split_words(name)[-1:])]
    by_identifier = (
        keys for keys in complete if path_expression(keys) == _raw_path(parent.source.identifier)
    )
    wanted = (*(keys for keys in by_name if keys in complete), *by_identifier, ("id",), ("name",))
    scalar = {str, int}
    return next((keys for keys in wanted if keys in complete and set(complete[keys].types) <= scalar), None)


def _raw_path(identifier: str) -> str:
    """Return the path at the start of an identifier expression, before any conversion."""
    return identifier.partition(" | ")[0].strip()


def _parameter(name: str, keys: Keys, parent: Source) -> FoundParent:
    selector: dict[str, Json] = {"endpoint": parent.kind}
    selector |= {key: parent.selector[key] for key in LISTING_KEYS if key in parent.selector}
    selector["field"] = path_expression(keys)
    if not parent.identifier:
        return FoundParent(selector, None)
    value = path_expression([f"__{name}"])
    if parent.identifier == path_expression(keys):
        expression = value
    elif parent.identifier == null_safe(path_expression(keys), [ILLEGAL_TO_UNDERSCORE]):
        expression = null_safe(value, [ILLEGAL_TO_UNDERSCORE])
    else:
        # The path parameter and the identifier in Port are different fields of the parent.
        selector["parent_fields"] = {parent.blueprint.identifier: parent.identifier}
        expression = path_expression([f"__{parent.blueprint.identifier}"])
    blueprint = parent.blueprint
    [relation_name] = property_names([(blueprint.identifier,)])
    relation = Relation(relation_name, blueprint.identifier, expression, blueprint.title)
    return FoundParent(selector, relation)
