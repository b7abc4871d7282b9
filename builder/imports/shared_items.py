"""Find listings whose items have the values of two placeholders: the owner and the name of a repository."""

from collections.abc import Iterator
from dataclasses import dataclass

from builder.imports.listing_index import CandidateParent
from builder.imports.name_parts import is_same_noun, key_word, subject_noun
from builder.imports.parameter_fields import TemplateParameter, choose_field, nested_field, referring_field
from builder.imports.placeholders import Placeholder
from builder.imports.source_candidates import SourceCandidate
from rest.page import Item

_ITERATION = "[]"


@dataclass(frozen=True, slots=True)
class SharedItem:
    """A listing whose items have the values of two placeholders.

    name, candidate: the placeholder that becomes the parameter, and its field. parent_field: the name of the
    other placeholder, and its field.
    """

    name: str
    candidate: SourceCandidate
    parent_field: tuple[str, str]


def items_with_both(first: Placeholder, second: Placeholder) -> Iterator[SharedItem]:
    """Yield the listings whose items have the values of two placeholders."""
    noun = next(iter(first.nouns), "")
    named = first.parameter if subject_noun(first.name) else first.renamed(f"{noun}_{first.name}")
    for parent in _holders(first, second):
        item = parent.items[0] if parent.items else {}
        outer, inner = _fields(named, second.parameter, parent, item)
        if outer is None or inner is None or outer == inner:
            continue
        # A parent field has one value, so the parameter is the one with several values in an item.
        if _ITERATION not in outer:
            yield SharedItem(second.name, SourceCandidate(parent, inner), (first.name, outer))
        elif _ITERATION not in inner:
            yield SharedItem(first.name, SourceCandidate(parent, outer), (second.name, inner))


def _fields(
    first: TemplateParameter, second: TemplateParameter, parent: CandidateParent, item: Item
) -> tuple[str | None, str | None]:
    """Return the fields of an item for two parameters, where the item is of the second or of the first.

    A project has `.key` and `.environments[].key`.
    """
    if is_same_noun(subject_noun(first.name), parent.noun):
        return choose_field(first, parent.items, parent.noun), nested_field(second, item)
    return referring_field(first, item), choose_field(second, parent.items, parent.noun)


def _holders(first: Placeholder, second: Placeholder) -> Iterator[CandidateParent]:
    """Yield the listings without placeholders whose items may have both values."""
    parents, path = first.target.parents, first.target.path
    before = first.collection
    if before and not before.names and any(is_same_noun(noun, before.noun) for noun in second.nouns):
        yield before
    for noun in second.nouns:
        yield from (each for each in parents.of_noun(noun, path) if not each.names)
    # The items of the first may have those of the second: projects with `.environments[]`.
    if key_word(second.name) and not any(parents.has(noun) for noun in second.nouns):
        holders = parents.of_noun(subject_noun(first.name), path)
        yield from (each for each in holders if not each.names)
