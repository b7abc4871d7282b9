"""Add the parents of its placeholders to an imported endpoint."""

from collections.abc import Iterable
from dataclasses import replace

from builder.imports.imported import ImportedEndpoint
from builder.imports.linked_path import LinkedPath, PlaceholderSource
from builder.imports.listing_index import CandidateParent, ParentListings
from builder.imports.name_parts import subject_noun
from builder.imports.parameter_fields import IDENTIFYING_FIELDS, TemplateParameter
from builder.imports.path_linker import link_path, source_by_noun
from builder.imports.path_templates import missing_values_note
from builder.imports.placeholders import Placeholder, TargetPath
from builder.inference import parameter_names
from rest.bodies import Json

__all__ = [
    "IDENTIFYING_FIELDS",
    "CandidateParent",
    "ParentListings",
    "TemplateParameter",
    "link_parents",
    "link_query",
    "source_notes",
]


def link_parents(
    endpoint: ImportedEndpoint, parameters: Iterable[TemplateParameter], parents: ParentListings
) -> ImportedEndpoint:
    """Add the parents of the path parameters to an endpoint, and a note for each that has none."""
    wanted = list(parameters)
    linked = link_path(TargetPath(endpoint.kind, wanted, parents))
    sources = linked.sources
    incomplete = {each.name for each in wanted if not each.all_values}
    notes = source_notes(sources)
    notes += [
        f"path_parameters.{name} has only the values that were found. Add the others"
        for name, found in sources.parameters.items()
        if "values" in found and name in incomplete
    ]
    added: dict[str, Json] = {"path_parameters": dict(sources.parameters)} if sources.parameters else {}
    return replace(
        endpoint,
        kind=linked.kind,
        selector={**endpoint.selector, **added},
        notes=(*endpoint.notes, *notes),
    )


def source_notes(source: PlaceholderSource) -> list[str]:
    """Return a note for each placeholder without a source, and for each field that is a guess."""
    missing = [missing_values_note(each.name, each.hint) for each in source.missing]
    guessed = [
        f"path_parameters.{name}.field is a guess, because the document does not describe "
        f"{source.parameters[name]['endpoint']}. Fetch a sample of it"
        for name in source.guessed
    ]
    return missing + guessed


def link_query(path: str, parameter: TemplateParameter, parents: ParentListings) -> PlaceholderSource | None:
    """Return the source for a required query parameter of a path, None without a parent."""
    if parameter_names(path):
        return None
    placeholder = Placeholder(parameter.name, TargetPath(path, [parameter], parents), LinkedPath(path))
    return source_by_noun(placeholder, [subject_noun(parameter.name)])
