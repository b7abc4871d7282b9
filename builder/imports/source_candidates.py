"""Find the listings that may have the values of a placeholder, and the field with the values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from builder.imports.listing_index import CandidateParent
from builder.imports.name_parts import is_same_noun, item_noun, key_word, subject_noun
from builder.imports.parameter_fields import choose_field, nested_field
from builder.imports.placeholder_nouns import path_before, refers_to
from builder.imports.placeholders import Placeholder
from rest.steps import quoted_key


@dataclass(frozen=True, slots=True)
class SourceCandidate:
    """A listing with the field of its items, in jq, that may have the values of a placeholder."""

    parent: CandidateParent
    field: str

    def is_of_another_entity(self, name: str) -> bool:
        """Return whether the items are not of the entity in a placeholder's name: /projects/{org_id}."""
        noun = subject_noun(name)
        return bool(noun) and not is_same_noun(noun, self.parent.noun) and not refers_to(self.field, name)


def candidate_before(placeholder: Placeholder) -> SourceCandidate | None:
    """Return the listing at the path before the placeholder, None if there is none or it has no field."""
    parent, parameter = placeholder.collection, placeholder.parameter
    if parent is None or parameter.noun:
        return None
    if not parent.items:
        field = ".id" if key_word(parameter.name) == "id" else None
    elif set(parent.items[0]) == {"value"}:
        field = ".value"  # The listing is of texts.
    else:
        # The position in the path is stronger evidence than the declared type.
        untyped = replace(parameter, is_number=None)
        field = choose_field(parameter, parent.items, parent.noun)
        field = field or choose_field(untyped, parent.items, parent.noun)
    if field is None or (parent.path == "/" and not refers_to(field, parameter.name)):
        return None  # The root may list anything.
    return SourceCandidate(parent, field)


def is_foreign(placeholder: Placeholder, candidate: SourceCandidate) -> bool:
    """Return whether the values before a placeholder are of another entity than its own.

    /flags/{project}/{environment_id}, but not /Services/{MessagingServiceSid}.
    """
    noun, other = subject_noun(placeholder.name), candidate.parent.noun
    is_narrower = f"_{noun}".endswith(f"_{other}") or f"_{other}".endswith(f"_{noun}")
    if is_narrower or not candidate.is_of_another_entity(placeholder.name):
        return False
    return bool(key_word(placeholder.name)) and placeholder.target.parents.knows(noun)


def candidates_of_nouns(placeholder: Placeholder, nouns: Iterable[str]) -> Iterator[SourceCandidate]:
    """Yield the listings of entities anywhere in the document, the likeliest first."""
    target = placeholder.target
    for parent in (each for noun in nouns for each in target.parents.of_noun(noun, target.path)):
        if parent.is_partial or parent.template == target.template:
            continue
        if field := choose_field(placeholder.parameter, parent.items, parent.noun):
            yield SourceCandidate(parent, field)


def candidates_with_same_field(placeholder: Placeholder) -> Iterator[SourceCandidate]:
    """Yield the listings of other entities whose items have a field with the placeholder's own name."""
    for parent in _referring(placeholder):
        if placeholder.name in parent.items[0]:
            yield SourceCandidate(parent, quoted_key(placeholder.name))


def candidates_that_refer(placeholder: Placeholder) -> Iterator[SourceCandidate]:
    """Yield the listings of other entities whose items refer to the placeholder's.

    A field with its own name counts only if the document has no listing of its entity. Of others, only
    those in an object or a list count.
    """
    is_listed = placeholder.target.parents.has(subject_noun(placeholder.name))
    for parent in _referring(placeholder):
        if placeholder.name in parent.items[0] and not is_listed:
            yield SourceCandidate(parent, quoted_key(placeholder.name))
            continue
        field = nested_field(placeholder.parameter, parent.items[0])
        if field and ("[]" in field or field.count(".") > 1):
            yield SourceCandidate(parent, field)


def candidates_of_segment(placeholder: Placeholder) -> Iterator[SourceCandidate]:
    """Yield the listings of the segment before whose items have the field: /devices/{serial}."""
    name, target = placeholder.name, placeholder.target
    segment = path_before(target.path, name).rpartition("/")[2]
    if not segment or key_word(name) or not subject_noun(name) or placeholder.parameter.noun:
        return
    for parent in target.parents.of_noun(item_noun(segment), target.path):
        item = parent.items[0] if parent.items else {}
        if isinstance(item.get(name), str | int) and not parent.required:
            yield SourceCandidate(parent, quoted_key(name))


def _referring(placeholder: Placeholder) -> Iterator[CandidateParent]:
    """Yield the listings with items that refer to the entity in the name of an identifying value."""
    noun, target = subject_noun(placeholder.name), placeholder.target
    for parent in target.parents.referring_to(noun) if key_word(placeholder.name) else ():
        if parent.items and not parent.required and parent.template != target.template:
            yield parent
