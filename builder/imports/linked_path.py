"""A path with the sources of its placeholders."""

from dataclasses import dataclass, field

from builder.imports.parameter_fields import TemplateParameter
from builder.inference import parameter_names
from rest.bodies import Json


@dataclass(slots=True)
class LinkedPath:
    """A path with the sources of its placeholders.

    kind: the path, in which `{+repo}` replaces `{owner}/{repo}` if both are from one item.
    parameters: for the mapping. missing: without a source. guessed: whose field is
    not in the document. merged: what placeholders replaced, in `kind`.
    """

    kind: str
    parameters: dict[str, dict[str, Json]] = field(default_factory=dict)
    missing: list[TemplateParameter] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)

    @property
    def depends_on_parents(self) -> bool:
        """True if placeholders were linked to a listing, or have no source."""
        return bool(self.missing) or any("endpoint" in each for each in self.parameters.values())

    def rewritten(self, path: str) -> str | None:
        """Return a path with this path's names and merged placeholders, None if it has others."""
        for run, placeholder in self.merged.items():
            path = path.replace(run, placeholder)
        names = set(parameter_names(path))
        return path if names <= self.parameters.keys() | {each.name for each in self.missing} else None
