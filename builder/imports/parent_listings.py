"""Find the listing with the values of a path parameter: `.id` of `/projects` for `{project_id}`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.imports.imported import ImportedEndpoint
from builder.imports.name_parts import item_noun, key_word, lower_words, subject_noun
from builder.imports.path_templates import missing_values_note
from configuration.resource import PLACEHOLDER, Value
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

# Fields that identify the items of a listing, the likeliest first.
IDENTIFYING_FIELDS = (
    "id",
    "uuid",
    "guid",
    "_id",
    "key",
    "slug",
    "login",
    "username",
    "name",
    "code",
    "number",
    "sha",
)
# Selector keys that a path parameter copies from the selector of its parent listing.
_LISTING_KEYS = ("method", "query_params", "headers", "body", "data_path", "pagination")


@dataclass(frozen=True, slots=True)
class TemplateParameter:
    """A path parameter and its known values.

    is_number: None if unknown. values: used if no parent is found. all_values: the list is complete.
    recorded: the values in recorded requests, as text.
    """

    name: str
    is_number: bool | None = None
    values: tuple[Value, ...] = ()
    all_values: bool = False
    recorded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CandidateParent:
    """A listing that may be a parent. items: recorded, or from the document."""

    path: str
    selector: Mapping[str, Json] = field(default_factory=dict)
    items: Sequence[Item] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ParentListings:
    """The listings of a document, indexed by path template and by resource name."""

    by_template: Mapping[str, CandidateParent]
    by_noun: Mapping[str, CandidateParent]

    @classmethod
    def of(cls, listings: Iterable[CandidateParent]) -> "ParentListings":
        """Index listings. If several have the same key, the shortest path wins."""
        ordered = sorted(listings, key=lambda listing: (len(listing.path), listing.path))
        by_template: dict[str, CandidateParent] = {}
        by_noun: dict[str, CandidateParent] = {}
        for listing in ordered:
            by_template.setdefault(anonymous_template(listing.path), listing)
            if not _has_parameters(listing):
                by_noun.setdefault(item_noun(listing.path), listing)
        return cls(by_template, by_noun)

    def path_parameters(
        self, path: str, parameters: Iterable[TemplateParameter]
    ) -> dict[str, dict[str, Json]]:
        """Return the mapping's `path_parameters` for those parameters that have a parent or values."""
        found = {each.name: self._parameter(path, each) for each in parameters}
        return {name: parameter for name, parameter in found.items() if parameter}

    def _parameter(self, path: str, parameter: TemplateParameter) -> dict[str, Json]:
        if parameter.all_values and parameter.values:
            return {"values": list(parameter.values)}
        for parent, endpoint in self._candidates(path, parameter.name):
            if key := choose_field(parameter, parent.items):
                shared = {name: parent.selector[name] for name in _LISTING_KEYS if name in parent.selector}
                return {"endpoint": endpoint, "field": quoted_key(key), **shared}
        return {"values": list(parameter.values)} if parameter.values else {}

    def _candidates(self, path: str, name: str) -> Iterator[tuple[CandidateParent, str]]:
        """Yield the listing before the parameter in the path, then the listing of the resource in its name.

        Each comes with its endpoint. The first keeps the parameter names of this path.
        """
        before, brace, _ = path.partition(f"{{{name}}}")
        if brace and (parent := self.by_template.get(anonymous_template(before))):
            yield parent, before.rstrip("/")
        noun = subject_noun(name)
        if (
            noun
            and (parent := self.by_noun.get(noun))
            and anonymous_template(parent.path) != anonymous_template(path)
        ):
            yield parent, parent.path


def anonymous_template(path: str) -> str:
    """Return the path with anonymous parameters, equal for paths that differ only in parameter names."""
    return PLACEHOLDER.sub("{}", path.partition("?")[0]).rstrip("/")


def choose_field(parameter: TemplateParameter, items: Sequence[Item]) -> str | None:
    """Return the field of the parent's items with the parameter's values, None if there is none."""
    fitting = {
        key: {str(item[key]) for item in items if key in item}
        for key in (items[0] if items else {})
        if _could_be(items[0][key], is_number=parameter.is_number)
    }
    # Recorded values are decisive: the field with the most of them.
    shared = {key: len(values & parameter.recorded) for key, values in fitting.items()}
    if any(shared.values()):
        return max(shared, key=lambda key: shared[key])
    named = {"".join(lower_words(key)): key for key in reversed(fitting)}
    key = key_word(parameter.name)
    common = [name for name in IDENTIFYING_FIELDS if name in named]
    if not key and parameter.is_number is False:
        # A text parameter such as `{repo}` is more likely a name than a number.
        common.sort(key=lambda name: not isinstance(items[0][named[name]], str))
    wanted = ("".join(lower_words(parameter.name)), key, subject_noun(parameter.name), *common)
    return next((named[name] for name in wanted if name in named), None)


def _could_be(value: Json, *, is_number: bool | None) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    # A number can be sent as text, but a text never as a number.
    return not (is_number and isinstance(value, str))


def _has_parameters(listing: CandidateParent) -> bool:
    texts = [listing.path, *map(str, listing.selector.values())]
    return any(PLACEHOLDER.search(text) for text in texts)


def link_parents(
    endpoint: ImportedEndpoint, parameters: Iterable[TemplateParameter], parents: ParentListings
) -> ImportedEndpoint:
    """Add the parents of the path parameters to an endpoint, and a note for each that has none."""
    wanted = list(parameters)
    found = parents.path_parameters(endpoint.kind, wanted)
    notes = [missing_values_note(each.name) for each in wanted if each.name not in found]
    notes += [
        f"path_parameters.{each.name} has only the values that were found. Add the others"
        for each in wanted
        if "values" in found.get(each.name, {}) and not each.all_values
    ]
    added: dict[str, Json] = {"path_parameters": dict(found)} if found else {}
    return replace(endpoint, selector={**endpoint.selector, **added}, notes=(*endpoint.notes, *notes))
