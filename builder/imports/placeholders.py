"""Placeholders of a path that need sources."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from builder.imports.linked_path import LinkedPath
from builder.imports.listing_index import CandidateParent, ParentListings, anonymous_template
from builder.imports.name_parts import is_same_noun
from builder.imports.parameter_fields import TemplateParameter
from builder.imports.placeholder_nouns import likeliest_noun, path_before, placeholder_nouns, renamed_path
from builder.inference import parameter_names


@dataclass(frozen=True)
class TargetPath:
    """A path whose placeholders need sources, among the listings of its document.

    declared: its parameters, as far as the document has them. depth: the number of listings between it
    and the endpoint's own path.
    """

    path: str
    declared: Sequence[TemplateParameter]
    parents: ParentListings
    depth: int = 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the placeholders, in order."""
        return tuple(parameter_names(self.path))

    @cached_property
    def template(self) -> str:
        """The path with anonymous placeholders."""
        return anonymous_template(self.path)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder that needs a source. linked: its path, linked up to it."""

    name: str
    target: TargetPath
    linked: LinkedPath

    @property
    def parameter(self) -> TemplateParameter:
        """The parameter, without a type if the document does not declare it."""
        declared = (each for each in self.target.declared if each.name == self.name)
        return next(declared, TemplateParameter(self.name))

    @property
    def nouns(self) -> list[str]:
        """The entities that it may refer to, the likeliest first."""
        noun = self.parameter.noun
        return [noun] if noun else placeholder_nouns(self.name, self.target.path)

    @property
    def collection(self) -> CandidateParent | None:
        """The listing at the path before the placeholder, None if there is none."""
        parent = self.target.parents.of_collection(path_before(self.target.path, self.name))
        return None if parent is None or parent.template == self.target.template else parent

    @property
    def taken_names(self) -> set[str]:
        """The names that placeholders of its listing cannot have."""
        return {self.name, *self.target.names, *self.linked.sources.names}

    def renamed(self, name: str) -> TemplateParameter:
        """Return the parameter with another name."""
        return replace(self.parameter, name=name)

    def path_below_earlier(self, parent: CandidateParent) -> str | None:
        """Return a listing's path with the placeholders that are linked already, None if it has others.

        A listing that needs none of them would combine all its items with all of theirs.
        """
        nouns = {each: likeliest_noun(each, self.target.path) for each in self.target.names}
        own: dict[str, str] = {}
        for name in parent.names:
            noun = likeliest_noun(name, parent.path)
            same = [name] if name in nouns and nouns[name] == noun else []
            same += [each for each in nouns if is_same_noun(nouns[each], noun)]
            if not same:
                return None
            own[name] = same[0]
        path = renamed_path(parent.path, own)
        is_linked = {*parameter_names(path)} <= self.linked.sources.names
        fixed = {each for each, source in self.linked.sources.parameters.items() if "values" in source}
        earlier = set(takewhile(lambda each: each != self.name, parameter_names(self.linked.kind)))
        return path if is_linked and earlier - fixed <= {*parameter_names(path)} else None
