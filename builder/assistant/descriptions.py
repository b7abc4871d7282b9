"""What the inference has found, as answers of a tool."""

from builder.assistant.answers import Choice, FoundField, FoundPages, ProposedEndpoint, ProposedRelation
from builder.draft import Source
from builder.inference import FoundPagination, FoundRelation
from builder.inference import Proposal as FoundSource

_MAX_CHOICES = 6
_MAX_LEFT_OUT = 40


def described_endpoint(source: Source, found: FoundSource, pages: FoundPagination) -> ProposedEndpoint:
    """Return what was chosen for an endpoint, and the alternatives."""
    chosen = source.selector["data_path"]
    return ProposedEndpoint(
        kind=source.kind,
        blueprint=source.blueprint.identifier,
        items=len(found.items),
        reasons=list(found.reasons),
        lists=[
            Choice(expression=each.data_path, why=f"{each.why} ({each.count} items)")
            for each in found.lists[:_MAX_CHOICES]
            if each.data_path != chosen
        ],
        identifiers=[Choice(expression=each.expression, why=each.why) for each in found.identifiers],
        titles=[Choice(expression=each.expression, why=each.why) for each in found.titles],
        left_out=[
            FoundField(
                name=each.proposed.name,
                expression=each.proposed.expression,
                type=each.proposed.type,
                notes=list(each.notes),
            )
            for each in found.fields
            if not each.selected
        ][:_MAX_LEFT_OUT],
        pagination=FoundPages(
            recognized=pages.is_recognised,
            next_request=pages.next_rule,
            stops=pages.stop_rule,
            problem=pages.problem,
            hints=list(pages.hints),
        ),
    )


def described_relation(found: FoundRelation) -> ProposedRelation:
    """Return a relation with its reason."""
    return ProposedRelation(
        blueprint=found.source.blueprint.identifier,
        name=found.relation.name,
        target=found.relation.target,
        expression=found.relation.expression,
        why=found.why,
        chosen=found.is_likely,
    )
