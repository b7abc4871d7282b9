"""Link the placeholders of a path to the listings that have their values."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from builder.imports.linked_path import LinkedPath
from builder.imports.listing_index import CandidateParent
from builder.imports.name_parts import is_same_noun, key_word, short_form, subject_noun
from builder.imports.parameter_fields import TemplateParameter, nested_field, referring_field
from builder.imports.placeholder_nouns import (
    full_name_field,
    is_page_number,
)
from builder.imports.placeholder_sources import PlaceholderSources

# Chains of listings that the path itself does not contain.
_MAX_DEPTH = 2
# Full names contain those of all their parents, so that their chains are longer.
_MAX_DEPTH_OF_FULL_NAMES = 4
# One of these values is enough, because all return the same items.
_REPRESENTATIONS = frozenset(
    {"format", "_format", "ext", "extension", "version", "api_version", "apiversion"}
)
_REPOSITORIES = frozenset({"repo", "repository", "project"})


class PathLinker(PlaceholderSources):
    """Links the placeholders of one path, from left to right."""

    def link(self) -> LinkedPath:
        """Return the path with the sources of its placeholders."""
        left = list(self._names)
        while left:
            used = self._link_next(left)
            left = left[used:]
        return self.linked

    def _link_next(self, left: Sequence[str]) -> int:
        """Link the first placeholder, or several that one item has. Return their number."""
        name = left[0]
        parameter = self._parameter(name)
        if parameter.all_values and parameter.values:
            most = 1 if name.lower() in _REPRESENTATIONS else None
            self.linked.parameters[name] = {"values": list(parameter.values[:most])}
            return 1
        if len(left) > 1 and self._collection(left[1]) is None and self._from_one_item(name, left[1]):
            return 2
        source = {}
        if not is_page_number(name):
            source = self._from_collection(name) or self._from_listing(name) or self._from_reference(name)
        if not source and len(left) > 1 and self._from_one_item(name, left[1]):
            return 2
        if source:
            self.linked.parameters |= source
        elif parameter.values:
            self.linked.parameters[name] = {"values": list(parameter.values)}
        else:
            self.linked.missing.append(parameter)
        return 1

    def _from_one_item(self, first: str, second: str) -> bool:
        """Link two placeholders to one item and merge them. Return whether an item has both."""
        if self.linked.depends_on_parents:
            return False
        known = self._parameter(first)
        noun = self._first_noun(first, self._path)
        named = replace(known, name=known.name if subject_noun(first) else f"{noun}_{first}")
        for parent in self._holders_of(first, second):
            item = parent.items[0] if parent.items else {}
            outer, inner = self._two_fields(named, second, parent)
            if not outer or not inner or outer == inner:
                continue
            run = self._run(first, second)
            between = run.removeprefix(f"{{{first}}}").removesuffix(f"{{{second}}}")
            is_repository = any(noun in _REPOSITORIES for noun in self._nouns(second))
            whole = full_name_field(item) if is_repository and between == "/" else None
            joined = whole or f'@uri "\\({outer}){between}\\({inner})"'
            source = self._source(second, parent, parent.path, joined)
            if not source:
                continue
            placeholder = f"{{+{second}}}"
            self.linked.kind = self.linked.kind.replace(run, placeholder, 1)
            self.linked.merged[run] = placeholder
            self.linked.parameters |= source
            return True
        return False

    def _two_fields(
        self, first: TemplateParameter, second: str, parent: CandidateParent
    ) -> tuple[str | None, str | None]:
        """Return the fields of an item for two placeholders, where the item is of the second or of the first.

        A project has `.key` and `.environments[].key`.
        """
        item = parent.items[0] if parent.items else {}
        if is_same_noun(subject_noun(first.name), parent.noun):
            return self._field(first.name, parent), nested_field(self._parameter(second), item)
        return referring_field(first, item), self._field(second, parent)

    def _holders_of(self, first: str, second: str) -> Iterator[CandidateParent]:
        """Yield the listings without placeholders whose items may have the values of both."""
        before = self._collection(first)
        nouns = self._nouns(second)
        if before and not before.names and any(is_same_noun(noun, before.noun) for noun in nouns):
            yield before
        for noun in nouns:
            yield from (each for each in self._parents.of_noun(noun, self._path) if not each.names)
        # The items of the first may have those of the second: projects with `.environments[]`.
        if key_word(second) and not any(self._parents.by_noun.get(short_form(noun)) for noun in nouns):
            holders = self._parents.of_noun(subject_noun(first), self._path)
            yield from (each for each in holders if not each.names)

    def _run(self, first: str, second: str) -> str:
        start, end = self._path.index(f"{{{first}}}"), self._path.index(f"{{{second}}}")
        return self._path[start : end + len(second) + 2]
