"""Link the placeholders of a path, from left to right, to the listings that have their values."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from builder.imports.linked_path import LinkedPath, PlaceholderSource, combined
from builder.imports.listing_index import CandidateParent
from builder.imports.name_parts import key_word, lower_words, subject_noun
from builder.imports.placeholder_nouns import is_page_number, likeliest_noun, path_before, renamed_path
from builder.imports.placeholders import Placeholder, TargetPath
from builder.imports.shared_items import items_with_both
from builder.imports.source_candidates import (
    SourceCandidate,
    candidate_before,
    candidates_of_nouns,
    candidates_of_segment,
    candidates_that_refer,
    candidates_with_same_field,
    is_foreign,
)
from rest.bodies import Json

# Chains of listings that the path itself does not contain.
_MAX_DEPTH = 2
# Full names contain those of all their parents, so that their chains are longer.
_MAX_DEPTH_OF_FULL_NAMES = 4
# One of these values is enough, because all return the same items.
_REPRESENTATIONS = frozenset(
    {"format", "_format", "ext", "extension", "version", "api_version", "apiversion"}
)
_SHORT_IDS = ("id", "uid", "sid", "gid")


def link_path(target: TargetPath) -> LinkedPath:
    """Return a path with the sources of its placeholders."""
    linked, left = LinkedPath(target.path), list(target.names)
    while left:
        linked, used = _link_next([Placeholder(name, target, linked) for name in left[:2]])
        left = left[used:]
    return linked


def source_by_noun(placeholder: Placeholder, nouns: Iterable[str]) -> PlaceholderSource | None:
    """Return the source from a listing of one of these entities anywhere in the document, None without one.

    A listing with a placeholder that has no source itself is used only if there is no other.
    """
    partial: PlaceholderSource | None = None
    for source in _reachable(placeholder, candidates_of_nouns(placeholder, nouns)):
        if not source.missing:
            return source
        partial = partial or source
    return partial if not placeholder.target.depth or placeholder.parameter.noun else None


def _link_next(following: list[Placeholder]) -> tuple[LinkedPath, int]:
    """Link the first placeholder, or the first two if one item has both. Return how many were linked."""
    first, second = following[0], following[1] if len(following) > 1 else None
    parameter, linked = first.parameter, first.linked
    if parameter.all_values and parameter.values:
        most = 1 if first.name.lower() in _REPRESENTATIONS else None
        return linked.with_source(_values(first, most)), 1
    is_shared_first = second is not None and second.collection is None
    if second and is_shared_first and (shared := _source_of_both(first, second)):
        return linked.with_source(shared), 2
    source = None if is_page_number(first.name) else _source(first)
    if source is None and second and not is_shared_first and (shared := _source_of_both(first, second)):
        return linked.with_source(shared), 2
    if source is None:
        source = _values(first) if parameter.values else PlaceholderSource(missing=(parameter,))
    return linked.with_source(source), 1


def _values(placeholder: Placeholder, most: int | None = None) -> PlaceholderSource:
    return PlaceholderSource({placeholder.name: {"values": list(placeholder.parameter.values[:most])}})


def _source_of_both(first: Placeholder, second: Placeholder) -> PlaceholderSource | None:
    """Return the source of two placeholders that one item has, None without such an item."""
    if first.linked.depends_on_parents:
        return None
    for shared in items_with_both(first, second):
        owner = second if shared.name == second.name else first
        source = _requesting(owner, shared.candidate, shared.candidate.parent.path)
        if source:
            name, field = shared.parent_field
            parameter = source.parameters[shared.name] | {"parent_fields": {name: field}}
            return replace(source, parameters={**source.parameters, shared.name: parameter})
    return None


def _source(placeholder: Placeholder) -> PlaceholderSource | None:
    """Return the source from the likeliest listing, None without one."""
    if before := _source_before(placeholder):
        return before
    found = source_by_noun(placeholder, placeholder.nouns)
    if placeholder.target.depth or (found and _is_certain(found, placeholder.name)):
        return found
    if found:
        return _complete(placeholder, candidates_with_same_field(placeholder)) or found
    others = chain(candidates_that_refer(placeholder), candidates_of_segment(placeholder))
    return _complete(placeholder, others)


def _source_before(placeholder: Placeholder) -> PlaceholderSource | None:
    """Return the source from the listing at the path before the placeholder, None without one.

    A listing of the entity in the placeholder's name wins over one of another entity: /projects/{org_id}.
    """
    name, linked = placeholder.name, placeholder.linked
    candidate = candidate_before(placeholder)
    if candidate is None:
        return None
    if candidate.is_of_another_entity(name) and not linked.depends_on_parents:
        better = source_by_noun(placeholder, [subject_noun(name)])
        if better:
            return better
    if is_foreign(placeholder, candidate):
        return None
    source = _requesting(placeholder, candidate, path_before(linked.kind, name) + candidate.parent.suffix)
    return source if source is None or candidate.parent.items else replace(source, guessed=(name,))


def _is_certain(source: PlaceholderSource, name: str) -> bool:
    """Return whether the field is an id or is named like the placeholder."""
    field = str(source.parameters[name].get("field", ""))
    own = "".join(lower_words(field.rpartition(".")[2]))
    return own in (key_word(name), "".join(lower_words(name)), *_SHORT_IDS)


def _complete(placeholder: Placeholder, candidates: Iterable[SourceCandidate]) -> PlaceholderSource | None:
    """Return the first source whose listing has sources for all its own placeholders."""
    return next((each for each in _reachable(placeholder, candidates) if not each.missing), None)


def _reachable(
    placeholder: Placeholder, candidates: Iterable[SourceCandidate]
) -> Iterator[PlaceholderSource]:
    """Yield the sources from listings whose own placeholders can be linked."""
    for candidate in candidates:
        if placeholder.linked.depends_on_parents:
            path = placeholder.path_below_earlier(candidate.parent)
            reached = LinkedPath(path) if path else None
        else:
            reached = _linked_parent(placeholder, candidate.parent)
        source = _requesting(placeholder, candidate, reached.kind) if reached else None
        if reached and source:
            yield combined(reached.sources, source)


def _requesting(
    placeholder: Placeholder, candidate: SourceCandidate, endpoint: str
) -> PlaceholderSource | None:
    """Return the source that requests a listing, None if a required query parameter of it has no source."""
    target, parent = placeholder.target, candidate.parent
    selector, others = parent.shared, PlaceholderSource()
    for query_name, parameter in parent.required.items():
        if target.depth >= _MAX_DEPTH:
            return None
        query = TargetPath("", [parameter], target.parents, target.depth + 1)
        required = Placeholder(parameter.name, query, LinkedPath(""))
        found = source_by_noun(required, [subject_noun(parameter.name)])
        if found is None or found.missing or found.names & placeholder.taken_names:
            return None
        params = selector.get("query_params")
        known = params if isinstance(params, dict) else {}
        selector["query_params"] = {**known, query_name: f"{{{parameter.name}}}"}
        others = combined(others, found)
    own: dict[str, Json] = {"endpoint": endpoint, "field": candidate.field, **selector}
    return combined(others, PlaceholderSource({placeholder.name: own}))


def _linked_parent(placeholder: Placeholder, parent: CandidateParent) -> LinkedPath | None:
    """Return the parent's path with the sources of its own placeholders, None if it is no source."""
    target, noun = placeholder.target, placeholder.parameter.noun
    deepest = _MAX_DEPTH_OF_FULL_NAMES if noun else _MAX_DEPTH
    if parent.names and target.depth >= deepest:
        return None
    declared = {each.name: each.noun for each in parent.parameters}
    nouns = {each: declared.get(each) or likeliest_noun(each, parent.path) for each in parent.names}
    if (noun or likeliest_noun(placeholder.name, target.path)) in nouns.values():
        return None
    taken = placeholder.taken_names
    renamed = {
        each: f"{nouns[each] or 'parent'}_{each}"
        for each in parent.names
        if each in taken or declared.get(each)
    }
    parameters = [replace(each, name=renamed.get(each.name, each.name)) for each in parent.parameters]
    path = renamed_path(parent.path, renamed)
    linked = link_path(TargetPath(path, parameters, target.parents, target.depth + 1))
    sources = linked.sources
    has_fixed = any("values" in each for each in sources.parameters.values())
    is_usable = len(sources.missing) <= 1 and not has_fixed
    return linked if is_usable and not sources.names & taken else None
