"""Where the values of a placeholder come from: `{project_id}` from the listing `/projects`, its `.id`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.imports.found import ImportedEndpoint
from builder.imports.kinds import without_value
from builder.imports.names import item_noun, key_word, lower_words, noun
from configuration.resource import PLACEHOLDER, Value
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

# What a listing's items are told apart by, the likeliest first.
KEYS = ("id", "uuid", "guid", "_id", "key", "slug", "login", "username", "name", "code", "number", "sha")
# What the endpoint of a path parameter takes over from the listing that it is.
_OF_ENDPOINTS = ("method", "query_params", "headers", "body", "data_path", "pagination")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name in braces, and what is known of its values.

    is_number: None where nothing tells. values: what to fall back to; all_values: there are no others.
    seen: the values of recorded requests, as text.
    """

    name: str
    is_number: bool | None = None
    values: tuple[Value, ...] = ()
    all_values: bool = False
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listing:
    """An endpoint that lists something. items: what it was seen to list, or what the document says."""

    path: str
    selector: Mapping[str, Json] = field(default_factory=dict)
    items: Sequence[Item] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Parents:
    """The listings of a document, by what they can be the parent of."""

    by_template: Mapping[str, Listing]
    by_noun: Mapping[str, Listing]

    @classmethod
    def of(cls, listings: Iterable[Listing]) -> "Parents":
        """The shortest path wins where several list the same."""
        ordered = sorted(listings, key=lambda listing: (len(listing.path), listing.path))
        by_template: dict[str, Listing] = {}
        by_noun: dict[str, Listing] = {}
        for listing in ordered:
            by_template.setdefault(template_of(listing.path), listing)
            if not _has_placeholders(listing):
                by_noun.setdefault(item_noun(listing.path), listing)
        return cls(by_template, by_noun)

    def path_parameters(self, path: str, placeholders: Iterable[Placeholder]) -> dict[str, dict[str, Json]]:
        """The mapping's `path_parameters` for as many of the placeholders as have an answer."""
        found = {each.name: self._parameter(path, each) for each in placeholders}
        return {name: parameter for name, parameter in found.items() if parameter}

    def _parameter(self, path: str, placeholder: Placeholder) -> dict[str, Json]:
        if placeholder.all_values and placeholder.values:
            return {"values": list(placeholder.values)}
        for parent, endpoint in self._candidates(path, placeholder.name):
            if key := field_for(placeholder, parent.items):
                taken = {name: parent.selector[name] for name in _OF_ENDPOINTS if name in parent.selector}
                return {"endpoint": endpoint, "field": quoted_key(key), **taken}
        return {"values": list(placeholder.values)} if placeholder.values else {}

    def _candidates(self, path: str, name: str) -> Iterator[tuple[Listing, str]]:
        """The listing in front of the placeholder, with the names that the path itself gives; then any
        listing of what the placeholder is called after.
        """
        before, brace, _ = path.partition(f"{{{name}}}")
        if brace and (parent := self.by_template.get(template_of(before))):
            yield parent, before.rstrip("/")
        called = noun(name)
        if called and (parent := self.by_noun.get(called)) and template_of(parent.path) != template_of(path):
            yield parent, parent.path


def template_of(path: str) -> str:
    """The same text for paths that differ only in the names of their placeholders."""
    return PLACEHOLDER.sub("{}", path.partition("?")[0]).rstrip("/")


def field_for(placeholder: Placeholder, items: Sequence[Item]) -> str | None:
    """The field of the parent's items that holds the placeholder's values; None: no field could."""
    fitting = {
        key: {str(item[key]) for item in items if key in item}
        for key in (items[0] if items else {})
        if _could_be(items[0][key], is_number=placeholder.is_number)
    }
    # Recorded values decide by themselves: the field that has most of them.
    shared = {key: len(values & placeholder.seen) for key, values in fitting.items()}
    if any(shared.values()):
        return max(shared, key=lambda key: shared[key])
    named = {"".join(lower_words(key)): key for key in reversed(fitting)}
    key = key_word(placeholder.name)
    usual = [name for name in KEYS if name in named]
    if not key and placeholder.is_number is False:
        # `{repo}` that takes text is rather the name than the number.
        usual.sort(key=lambda name: not isinstance(items[0][named[name]], str))
    wanted = ("".join(lower_words(placeholder.name)), key, noun(placeholder.name), *usual)
    return next((named[name] for name in wanted if name in named), None)


def _could_be(value: Json, *, is_number: bool | None) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    # A path is text, so a number may be asked for as text; a text is never a number.
    return not (is_number and isinstance(value, str))


def _has_placeholders(listing: Listing) -> bool:
    texts = [listing.path, *map(str, listing.selector.values())]
    return any(PLACEHOLDER.search(text) for text in texts)


def linked(
    endpoint: ImportedEndpoint, placeholders: Iterable[Placeholder], parents: Parents
) -> ImportedEndpoint:
    """The endpoint with where its placeholders' values come from, and a note for each that has none."""
    wanted = list(placeholders)
    found = parents.path_parameters(endpoint.kind, wanted)
    notes = [without_value(each.name) for each in wanted if each.name not in found]
    notes += [
        f"path_parameters.{each.name} has the values that were found, and not all: add the others"
        for each in wanted
        if "values" in found.get(each.name, {}) and not each.all_values
    ]
    parameters: dict[str, Json] = {"path_parameters": dict(found)} if found else {}
    return replace(endpoint, selector={**endpoint.selector, **parameters}, notes=(*endpoint.notes, *notes))
