"""Add the parents of its placeholders to an imported endpoint."""

from collections.abc import Iterable
from dataclasses import replace

from builder.imports.imported import ImportedEndpoint
from builder.imports.listing_index import CandidateParent, ParentListings
from builder.imports.name_parts import subject_noun
from builder.imports.parameter_fields import IDENTIFYING_FIELDS, TemplateParameter
from builder.imports.path_linker import PathLinker
from builder.imports.path_templates import missing_values_note
from builder.inference import parameter_names
from rest.bodies import Json

__all__ = [
    "IDENTIFYING_FIELDS",
    "CandidateParent",
    "ParentListings",
    "TemplateParameter",
    "link_parents",
    "link_query",
]


def link_parents(
    endpoint: ImportedEndpoint, parameters: Iterable[TemplateParameter], parents: ParentListings
) -> ImportedEndpoint:
    """Add the parents of the path parameters to an endpoint, and a note for each that has none."""
    wanted = list(parameters)
    linked = PathLinker(endpoint.kind, wanted, parents).link()
    incomplete = {each.name for each in wanted if not each.all_values}
    notes = [missing_values_note(each.name, each.hint) for each in linked.missing]
    notes += [
        f"path_parameters.{name}.field is a guess, because the document does not describe "
        f"{linked.parameters[name]['endpoint']}. Fetch a sample of it"
        for name in linked.guessed
    ]
    notes += [
        f"path_parameters.{name} has only the values that were found. Add the others"
        for name, found in linked.parameters.items()
        if "values" in found and name in incomplete
    ]
    added: dict[str, Json] = {"path_parameters": dict(linked.parameters)} if linked.parameters else {}
    return replace(
        endpoint,
        kind=linked.kind,
        selector={**endpoint.selector, **added},
        notes=(*endpoint.notes, *notes),
    )


def link_query(
    path: str, parameter: TemplateParameter, parents: ParentListings
) -> dict[str, dict[str, Json]]:
    """Return the path parameters for a required query parameter of a path, empty without a parent."""
    if parameter_names(path):
        return {}
    linker = PathLinker(path, [parameter], parents)
    return linker.from_noun(parameter.name, [subject_noun(parameter.name)])
