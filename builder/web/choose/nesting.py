"""Path parameters and relations, proposed from the samples of other endpoints."""

from dataclasses import replace

from builder.draft import Blueprint, Source
from builder.inference import FoundRelation, SampledSource, find_parents, find_relations
from builder.web.choose.endpoint import EndpointForm, ParameterForm, RelationRow
from builder.web.choose.parsing import source_of
from builder.web.choose.placeholders import required_parameters
from builder.web.choose.selector import parameter_form
from builder.web.page.workspace import Workspace
from expressions.paths import jq_path
from rest.errors import JqError


def with_parameters(workspace: Workspace, form: EndpointForm) -> EndpointForm:
    """Return the endpoint with inputs for its placeholders, filled in from the other endpoints' samples."""
    others = [sampled_source(each) for each in workspace.sampled if each.number != form.number]
    found = find_parents(Source(form.kind.strip(), Blueprint("", ""), ""), others)
    for name in required_parameters(form):
        if name not in form.parameters or form.parameters[name] == ParameterForm():
            proposed = parameter_form(dict(found[name].selector)) if name in found else ParameterForm()
            form = replace(form, parameters={**form.parameters, name: proposed})
    # The endpoint of a proposed parameter may have placeholders, too.
    is_complete = all(name in form.parameters for name in required_parameters(form))
    return form if is_complete else with_parameters(workspace, form)


def with_relations(workspace: Workspace) -> Workspace:
    """Propose relations between the samples. A relation that is proposed again keeps its selection."""
    samples = {each.number: sampled_source(each) for each in workspace.sampled if _has_identifier(each)}
    found = find_relations(list(samples.values()))
    for number, sample in samples.items():
        form = workspace.numbered(number)
        selected = {(row.relation.name, row.relation.target): row.is_selected for row in form.relations}
        rows = [_row(each, selected, form) for each in found if each.source is sample.source]
        own = {each.name.strip() for each in form.own_relations}
        proposed = (row for row in rows if row.relation.name not in own)
        workspace = workspace.with_endpoint(replace(form, relations=tuple(proposed)))
    return workspace


def relation_inputs(workspace: Workspace) -> list[object]:
    """Return everything that the proposed relations depend on, to compare it before and after a change."""
    return [
        (
            *(each.number, each.kind, each.blueprint, each.blueprint_title, each.identifier, id(each.sample)),
            *(relation.name for relation in each.own_relations),
        )
        for each in workspace.endpoints
    ]


def _row(found: FoundRelation, selected: dict[tuple[str, str], bool], form: EndpointForm) -> RelationRow:
    # An opened mapping changes only where the user changes it.
    is_likely = found.is_likely and form.opened is None
    relation = found.relation
    return RelationRow(relation, found.why, selected.get((relation.name, relation.target), is_likely))


def sampled_source(form: EndpointForm) -> SampledSource:
    return SampledSource(source_of(form), form.sample.items_of_all_pages if form.sample else [])


def _has_identifier(form: EndpointForm) -> bool:
    """Return whether other items can refer to this endpoint's entities."""
    try:
        jq_path(form.identifier.strip() or ".")
    except JqError:
        return False
    return bool(form.blueprint.strip())
