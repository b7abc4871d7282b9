"""Link the placeholders of a path to the listings that have their values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from builder.imports.linked_path import LinkedPath
from builder.imports.listing_index import CandidateParent, ParentListings, anonymous_template
from builder.imports.name_parts import is_same_noun, key_word, subject_noun
from builder.imports.parameter_fields import TemplateParameter, choose_field, referring_field
from builder.imports.placeholder_nouns import (
    full_name_field,
    is_page_number,
    path_before,
    placeholder_nouns,
    refers_to,
    renamed_path,
)
from builder.inference import parameter_names
from rest.bodies import Json

# Chains of listings that the path itself does not contain.
_MAX_DEPTH = 2
# One of these values is enough, because all return the same items.
_REPRESENTATIONS = frozenset(
    {"format", "_format", "ext", "extension", "version", "api_version", "apiversion"}
)
_REPOSITORIES = frozenset({"repo", "repository", "project"})


class PathLinker:
    """Links the placeholders of one path, from left to right."""

    def __init__(
        self, path: str, parameters: Iterable[TemplateParameter], parents: ParentListings, depth: int = 0
    ) -> None:
        self._path = path
        self._declared = {each.name: each for each in parameters}
        self._parents = parents
        self._depth = depth
        self._names = parameter_names(path)
        self._template = anonymous_template(path)
        self.linked = LinkedPath(path)

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
            source = self._from_collection(name) or self.from_noun(name, self._nouns(name))
        if not source and len(left) > 1 and self._from_one_item(name, left[1]):
            return 2
        if source:
            self.linked.parameters |= source
        elif parameter.values:
            self.linked.parameters[name] = {"values": list(parameter.values)}
        else:
            self.linked.missing.append(parameter)
        return 1

    def _from_collection(self, name: str) -> dict[str, dict[str, Json]]:
        """Return the source if the path before the placeholder is a listing."""
        parent = self._collection(name)
        if parent is None:
            return {}
        field_ = self._collection_field(name, parent)
        if field_ is None:
            return {}
        if parent.path == "/" and not refers_to(field_, name):
            return {}  # The root may list anything.
        noun = subject_noun(name)
        is_other = bool(noun) and not is_same_noun(noun, parent.noun)
        # /projects/{org_id} with a listing /orgs
        may_be_elsewhere = is_other and not self.linked.depends_on_parents and not refers_to(field_, name)
        if may_be_elsewhere and (better := self.from_noun(name, [noun])):
            return better
        endpoint = path_before(self.linked.kind, name) + parent.suffix
        source = self._source(name, parent, endpoint, field_)
        if source and not parent.items:
            self.linked.guessed.append(name)
        return source

    def _collection_field(self, name: str, parent: CandidateParent) -> str | None:
        if not parent.items:
            return ".id" if key_word(name) == "id" else None
        # The position in the path is stronger evidence than the declared type.
        untyped = replace(self._parameter(name), is_number=None)
        return self._field(name, parent) or choose_field(untyped, parent.items, parent.noun)

    def from_noun(self, name: str, nouns: Iterable[str]) -> dict[str, dict[str, Json]]:
        """Return the source from a listing of the placeholder's entity anywhere in the document.

        A listing with a placeholder that has no source itself is used only if there is no other.
        """
        partial: tuple[dict[str, dict[str, Json]], list[TemplateParameter]] | None = None
        found = (each for noun in nouns for each in self._parents.of_noun(noun, self._path))
        for parent in (each for each in found if not each.is_partial):
            field_ = None if parent.template == self._template else self._field(name, parent)
            reached = self._reached(name, parent) if field_ else None
            source = self._source(name, parent, reached.kind, field_ or "") if reached else {}
            if reached is None or not source:
                continue
            if not reached.missing:
                return {**reached.parameters, **source}
            partial = partial or ({**reached.parameters, **source}, reached.missing)
        if partial and self._depth == 0:
            self.linked.missing += partial[1]
            return partial[0]
        return {}

    def _source(
        self, name: str, parent: CandidateParent, endpoint: str, field_: str
    ) -> dict[str, dict[str, Json]]:
        """Return the source with those of the parent's required query parameters, empty if one has none."""
        shared, others = parent.shared, dict[str, dict[str, Json]]()
        for query_name, parameter in parent.required.items():
            if self._depth >= _MAX_DEPTH or parameter.name in {name, *self._names}:
                return {}
            linker = PathLinker("", [parameter], self._parents, self._depth + 1)
            found = linker.from_noun(parameter.name, [subject_noun(parameter.name)])
            if not found or found.keys() & {name, *self._names, *self.linked.parameters}:
                return {}
            params = shared.get("query_params")
            known = params if isinstance(params, dict) else {}
            shared["query_params"] = {**known, query_name: f"{{{parameter.name}}}"}
            others |= found
        return {**others, name: {"endpoint": endpoint, "field": field_, **shared}}

    def _reached(self, name: str, parent: CandidateParent) -> LinkedPath | None:
        """Return the parent's path with the sources of its own placeholders, None if it is no source.

        A listing that needs none of the earlier placeholders would combine all its items with all of theirs.
        """
        if self.linked.depends_on_parents:
            path = self._with_own_names(parent)
            endpoint = self.linked.rewritten(path) if path else None
            if endpoint is None or not self._earlier(name) <= {*parameter_names(endpoint)}:
                return None
            return LinkedPath(endpoint)
        nouns = {each: self._first_noun(each, parent.path) for each in parent.names}
        if parent.names and self._depth >= _MAX_DEPTH:
            return None
        if self._first_noun(name, self._path) in nouns.values():
            return None
        taken = {name, *self._names}
        renamed = {each: f"{nouns[each] or 'parent'}_{each}" for each in parent.names if each in taken}
        path = renamed_path(parent.path, renamed)
        parameters = [replace(each, name=renamed.get(each.name, each.name)) for each in parent.parameters]
        linked = PathLinker(path, parameters, self._parents, self._depth + 1).link()
        names = {*linked.parameters, *(each.name for each in linked.missing)}
        has_fixed = any("values" in each for each in linked.parameters.values())
        is_usable = len(linked.missing) <= 1 and not has_fixed
        return linked if is_usable and not names & (taken | self.linked.parameters.keys()) else None

    def _earlier(self, name: str) -> set[str]:
        """Return the placeholders before this one that multiply the requests."""
        fixed = {each for each, source in self.linked.parameters.items() if "values" in source}
        kind = self.linked.kind
        before = kind.partition(f"{{{name}}}")[0] if f"{{{name}}}" in kind else kind
        return set(parameter_names(before)) - fixed

    def _with_own_names(self, parent: CandidateParent) -> str | None:
        """Return the parent's path with the names of this path's placeholders, None if it has others."""
        earlier = list(self._names)
        own: dict[str, str] = {}
        for each in parent.names:
            noun = self._first_noun(each, parent.path)
            match = [one for one in earlier if one == each and self._first_noun(one, self._path) == noun]
            match += [one for one in earlier if is_same_noun(self._first_noun(one, self._path), noun)]
            if not match:
                return None
            own[each] = match[0]
        return renamed_path(parent.path, own)

    def _from_one_item(self, first: str, second: str) -> bool:
        """Link two placeholders to one item and merge them. Return whether an item has both."""
        if self.linked.depends_on_parents:
            return False
        known = self._parameter(first)
        noun = self._first_noun(first, self._path)
        named = replace(known, name=known.name if subject_noun(first) else f"{noun}_{first}")
        for parent in self._holders_of(first, second):
            item = parent.items[0] if parent.items else {}
            outer, inner = referring_field(named, item), self._field(second, parent)
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

    def _holders_of(self, first: str, second: str) -> Iterator[CandidateParent]:
        """Yield the listings without placeholders whose items may have the values of both."""
        before = self._collection(first)
        nouns = self._nouns(second)
        if before and not before.names and any(is_same_noun(noun, before.noun) for noun in nouns):
            yield before
        for noun in nouns:
            yield from (each for each in self._parents.of_noun(noun, self._path) if not each.names)

    def _run(self, first: str, second: str) -> str:
        start, end = self._path.index(f"{{{first}}}"), self._path.index(f"{{{second}}}")
        return self._path[start : end + len(second) + 2]

    def _collection(self, name: str) -> CandidateParent | None:
        before = path_before(self._path, name)
        parent = self._parents.of_collection(before)
        is_own = parent is not None and parent.template == self._template
        return None if is_own else parent

    def _field(self, name: str, parent: CandidateParent) -> str | None:
        return choose_field(self._parameter(name), parent.items, parent.noun)

    def _parameter(self, name: str) -> TemplateParameter:
        return self._declared.get(name) or TemplateParameter(name)

    def _first_noun(self, name: str, path: str) -> str:
        return next(iter(placeholder_nouns(name, path)), "")

    def _nouns(self, name: str) -> list[str]:
        return placeholder_nouns(name, self._path)
