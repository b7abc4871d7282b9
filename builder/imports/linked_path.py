"""A path with the sources of its placeholders."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.imports.parameter_fields import TemplateParameter
from builder.json_values import as_object
from rest.bodies import Json


@dataclass(frozen=True, slots=True)
class PlaceholderSource:
    """The source of a placeholder, with those of the placeholders that its listing needs.

    parameters: for the mapping. missing: without a source. guessed: whose field is not in the document.
    """

    parameters: Mapping[str, dict[str, Json]] = field(default_factory=dict)
    missing: tuple[TemplateParameter, ...] = ()
    guessed: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All its placeholders: those with a source, also from parent_fields, and those without."""
        fields = (name for each in self.parameters.values() for name in as_object(each.get("parent_fields")))
        return frozenset([*self.parameters, *fields, *(each.name for each in self.missing)])


@dataclass(frozen=True, slots=True)
class LinkedPath:
    """A path with the sources of its placeholders, as far as they are linked."""

    kind: str
    sources: PlaceholderSource = PlaceholderSource()

    @property
    def depends_on_parents(self) -> bool:
        """True if placeholders were linked to a listing, or have no source."""
        parameters = self.sources.parameters.values()
        return bool(self.sources.missing) or any("endpoint" in each for each in parameters)

    def with_source(self, source: PlaceholderSource) -> "LinkedPath":
        """Return the path with one more source."""
        return LinkedPath(self.kind, combined(self.sources, source))


def combined(first: PlaceholderSource, second: PlaceholderSource) -> PlaceholderSource:
    """Return two sources as one."""
    return PlaceholderSource(
        {**first.parameters, **second.parameters},
        (*first.missing, *second.missing),
        (*first.guessed, *second.guessed),
    )
