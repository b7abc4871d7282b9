"""Find the sources of single placeholders of a path among the listings of a document."""

from collections.abc import Iterable
from dataclasses import replace

from builder.imports.linked_path import LinkedPath
from builder.imports.listing_index import CandidateParent, ParentListings, anonymous_template
from builder.imports.name_parts import (
    is_same_noun,
    item_noun,
    key_word,
    lower_words,
    short_form,
    subject_noun,
)
from builder.imports.parameter_fields import TemplateParameter, choose_field, nested_field
from builder.imports.placeholder_nouns import (
    path_before,
    placeholder_nouns,
    refers_to,
    renamed_path,
)
from builder.inference import parameter_names
from rest.bodies import Json
from rest.steps import quoted_key

# Chains of listings that the path itself does not contain.
_MAX_DEPTH = 2
# Full names contain those of all their parents, so that their chains are longer.
_MAX_DEPTH_OF_FULL_NAMES = 4
# One of these values is enough, because all return the same items.
_REPRESENTATIONS = frozenset(
    {"format", "_format", "ext", "extension", "version", "api_version", "apiversion"}
)
_REPOSITORIES = frozenset({"repo", "repository", "project"})


_SHORT_IDS = ("id", "uid", "sid", "gid")


class PlaceholderSources:
    """Finds the sources of single placeholders of a path."""

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
        raise NotImplementedError

    def _from_collection(self, name: str) -> dict[str, dict[str, Json]]:
        """Return the source if the path before the placeholder is a listing."""
        parent = self._collection(name)
        if parent is None or self._parameter(name).noun:
            return {}
        field_ = self._collection_field(name, parent)
        if field_ is None:
            return {}
        if parent.path == "/" and not refers_to(field_, name):
            return {}  # The root may list anything.
        noun = subject_noun(name)
        is_other = bool(noun) and not is_same_noun(noun, parent.noun)
        # /Services/{MessagingServiceSid}
        is_narrower = f"_{noun}".endswith(f"_{parent.noun}") or f"_{parent.noun}".endswith(f"_{noun}")
        # /projects/{org_id} with a listing /orgs
        may_be_elsewhere = is_other and not self.linked.depends_on_parents and not refers_to(field_, name)
        if may_be_elsewhere and (better := self.from_noun(name, [noun])):
            return better
        is_foreign = is_other and not is_narrower and not refers_to(field_, name)
        if is_foreign and key_word(name) and self._parents.knows(noun):
            return {}  # The values are of another entity: /flags/{project}/{environment_id}
        endpoint = path_before(self.linked.kind, name) + parent.suffix
        source = self._source(name, parent, endpoint, field_)
        if source and not parent.items:
            self.linked.guessed.append(name)
        return source

    def _collection_field(self, name: str, parent: CandidateParent) -> str | None:
        if not parent.items:
            return ".id" if key_word(name) == "id" else None
        if set(parent.items[0]) == {"value"}:
            return ".value"  # The listing is of texts.
        # The position in the path is stronger evidence than the declared type.
        untyped = replace(self._parameter(name), is_number=None)
        return self._field(name, parent) or choose_field(untyped, parent.items, parent.noun)

    def _from_reference(self, name: str, *, is_listed: bool = False) -> dict[str, dict[str, Json]]:
        """Return the source from items of another entity that have or name the placeholder's.

        is_listed: a listing of the entity is known, and only a field of the placeholder's own name counts.
        """
        noun = subject_noun(name)
        if self._depth or not key_word(name) or not noun:
            return {} if is_listed else self._from_named_field(name)
        for parent in self._parents.referring_to(noun):
            if parent.template == self._template or parent.required or not parent.items:
                continue
            item = parent.items[0]
            field_ = quoted_key(name) if name in item else None
            if not is_listed and (field_ is None or self._parents.by_noun.get(short_form(noun))):
                field_ = nested_field(self._parameter(name), item)
                field_ = field_ if field_ and ("[]" in field_ or field_.count(".") > 1) else None
            reached = self._reached(name, parent) if field_ else None
            if field_ and reached and not reached.missing:
                return {**reached.parameters, **self._source(name, parent, reached.kind, field_)}
        return {}

    def _from_listing(self, name: str) -> dict[str, dict[str, Json]]:
        """Return the source from a listing of the entity, unless another listing has the exact field."""
        found = self.from_noun(name, self._nouns(name))
        field_ = str(found.get(name, {}).get("field", ""))
        own = "".join(lower_words(field_.rpartition(".")[2]))
        is_certain = not found or own in (key_word(name), "".join(lower_words(name)), *_SHORT_IDS)
        return found if is_certain else self._from_reference(name, is_listed=True) or found

    def _from_named_field(self, name: str) -> dict[str, dict[str, Json]]:
        """Return the source if items of the segment before have a field of that name: /devices/{serial}."""
        before = path_before(self._path, name).rpartition("/")[2]
        is_general = bool(key_word(name)) or not subject_noun(name)
        if self._depth or not before or is_general or self._parameter(name).noun:
            return {}
        for parent in self._parents.of_noun(item_noun(before), self._path):
            item = parent.items[0] if parent.items else {}
            reached = self._reached(name, parent) if isinstance(item.get(name), str | int) else None
            if reached and not reached.missing and not parent.required:
                return {**reached.parameters, **self._source(name, parent, reached.kind, quoted_key(name))}
        return {}

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
        if partial and (self._depth == 0 or self._parameter(name).noun):
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
            linker = type(self)("", [parameter], self._parents, self._depth + 1)
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
        known = {each.name: each.noun for each in parent.parameters}
        nouns = {each: known.get(each) or self._first_noun(each, parent.path) for each in parent.names}
        deepest = _MAX_DEPTH_OF_FULL_NAMES if self._parameter(name).noun else _MAX_DEPTH
        if parent.names and self._depth >= deepest:
            return None
        own = self._parameter(name).noun or self._first_noun(name, self._path)
        if own in nouns.values():
            return None
        taken = {name, *self._names}
        renamed = {
            each: f"{nouns[each] or 'parent'}_{each}"
            for each in parent.names
            if each in taken or known.get(each)
        }
        path = renamed_path(parent.path, renamed)
        parameters = [replace(each, name=renamed.get(each.name, each.name)) for each in parent.parameters]
        linked = type(self)(path, parameters, self._parents, self._depth + 1).link()
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
        if noun := self._parameter(name).noun:
            return [noun]
        return placeholder_nouns(name, self._path)
