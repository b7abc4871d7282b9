"""The parent endpoints of path parameters, and how fields refer to their items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.inference.resource_names import item_nouns
from builder.inference.webhooks.item_shape import ItemShape, squash_noun
from builder.inference.words import split_words
from builder.json_values import as_object
from expressions.paths import jq_path
from rest.bodies import Json
from rest.errors import JqError

_ID_WORDS = frozenset({"id", "key", "slug", "uuid", "name", "login", "number", "sid", "iid", "ref", "gid"})


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent endpoint.

    fields: the jq on its items for each name that it fills. shape: None if the draft has no sample of it.
    """

    kind: str
    fields: Mapping[str, str]
    nouns: frozenset[str]
    shape: ItemShape | None

    def has_value(self, name: str, value: Mapping[str, Json]) -> bool:
        """Return whether an object has the value of a name where the parent's items have it."""
        try:
            return next(iter(jq_path(self.fields[name]).outputs(dict(value))), None) not in (None, "")
        except JqError:
            return False


def parents_of(name: str, shape: ItemShape, shapes: Sequence[ItemShape]) -> Iterator[Parent]:
    """Yield the parent endpoints of a path parameter, or of the parameter with a parent_field."""
    written = as_object(shape.source.source.selector.get("path_parameters"))
    for parameter, entries in written.items():
        for entry in map(as_object, entries if isinstance(entries, list) else [entries]):
            endpoint, path = entry.get("endpoint"), entry.get("field")
            if not isinstance(endpoint, str):
                continue
            fields = {each: str(one) for each, one in as_object(entry.get("parent_fields")).items()}
            if isinstance(path, str):
                fields[parameter] = path
            if name in fields:
                own = next((each for each in shapes if each.kind == endpoint and each.items), None)
                nouns = own.nouns if own else item_nouns(endpoint, str(entry.get("data_path") or "."))
                yield Parent(endpoint, fields, nouns, own)


def parent_nouns(name: str, shape: ItemShape, shapes: Sequence[ItemShape]) -> frozenset[str]:
    """Return what the parent with a parameter is called: `repository` for {repo}, by its endpoint."""
    words = [word.lower() for word in split_words(name)]
    own = words[:-1] if len(words) > 1 and words[-1] in _ID_WORDS else words
    noun = squash_noun("_".join(own))
    nouns = frozenset({noun}) if noun not in _ID_WORDS else frozenset[str]()
    return nouns.union(*(parent.nouns for parent in parents_of(name, shape, shapes)))


def refers_to(keys: Sequence[str], nouns: frozenset[str], *, is_strict: bool = False) -> bool:
    """Return whether keys name one of the nouns: project_id, or id in an object project."""
    words = [word.lower() for word in split_words(keys[-1])]
    is_id = bool(words) and words[-1] in _ID_WORDS
    before = "_".join(words[:-1]) if is_id else "_".join(words)
    if not before and len(keys) > 1:
        return squash_noun(keys[-2]) in nouns
    if is_strict and not is_id:
        return False
    return squash_noun(before) in nouns
