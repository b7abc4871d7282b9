"""What the endpoints have to do with each other: path parameters and relations."""

from dataclasses import replace

from builder.draft import Blueprint, Source
from builder.inference import FoundRelation, SampledSource, find_parents, find_relations
from builder.web.drafting import source_of
from builder.web.selecting import parameter_of, wanted_parameters
from builder.web.workspace import EndpointForm, ParameterForm, RelationRow, Workspace
from expressions.paths import jq_path
from rest.errors import JqError

# Fewer hits may still be a relation: that is the user's to say.
_SURE = 0.8


def with_parameters(workspace: Workspace, form: EndpointForm) -> EndpointForm:
    """The endpoint with inputs for all its placeholders, filled in from the other endpoints' samples."""
    others = [_sampled(each) for each in workspace.sampled if each.number != form.number]
    found = find_parents(Source(form.kind.strip(), Blueprint("", ""), ""), others)
    for name in wanted_parameters(form):
        if name not in form.parameters or form.parameters[name] == ParameterForm():
            proposed = parameter_of(found[name].selector) if name in found else ParameterForm()
            form = replace(form, parameters={**form.parameters, name: proposed})
    # A parent may have placeholders of its own.
    waiting = [name for name in wanted_parameters(form) if name not in form.parameters]
    return with_parameters(workspace, form) if waiting else form


def with_relations(workspace: Workspace) -> Workspace:
    """With the relations that the samples propose; what was ticked and is proposed again stays so."""
    samples = {each.number: _sampled(each) for each in workspace.sampled if _has_jq(each)}
    found = find_relations(list(samples.values()))
    for number, sample in samples.items():
        form = workspace.numbered(number)
        ticked = {(row.relation.name, row.relation.target): row.is_selected for row in form.relations}
        rows = tuple(_row(each, ticked) for each in found if each.source is sample.source)
        workspace = workspace.with_param(replace(form, relations=rows))
    return workspace


def what_relations_need(workspace: Workspace) -> list[object]:
    """Equal before and after a change that leaves the proposals as they are."""
    return [
        (each.number, each.kind, each.blueprint, each.blueprint_title, each.identifier, id(each.seen))
        for each in workspace.endpoints
    ]


def _row(found: FoundRelation, ticked: dict[tuple[str, str], bool]) -> RelationRow:
    is_sure = not found.keys or found.hits >= _SURE * found.total
    relation = found.relation
    return RelationRow(relation, found.why, ticked.get((relation.name, relation.target), is_sure))


def _sampled(form: EndpointForm) -> SampledSource:
    return SampledSource(source_of(form), form.seen.items if form.seen else [])


def _has_jq(form: EndpointForm) -> bool:
    """True when other items can be told to belong to this endpoint's."""
    try:
        jq_path(form.identifier.strip() or ".")
    except JqError:
        return False
    return bool(form.blueprint.strip())
