"""The `init` command: asks for connection and endpoints, and proposes what their items become."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import click

from builder.cli.command import show_error
from builder.cli.known_mapping import source_of_entry, with_targets
from builder.cli.output import console, entities_table
from builder.cli.prompt import Prompt
from builder.draft import Blueprint, Draft, Installation, Relation, Source
from builder.entered_settings import settings_of
from builder.first_look import entity_doubts, first_page_doubt
from builder.imports import Imported, ImportedEndpoint
from builder.inference import (
    FoundPagination,
    Proposal,
    SampledSource,
    corrected_selector,
    defined_pagination,
    find_pagination,
    find_parents,
    find_relations,
    propose_from_samples,
)
from builder.preview import preview_entities
from builder.sampling import Answer, fetch_sample, items_of_next_page
from configuration.resource import PLACEHOLDER
from rest.bodies import Json
from rest.errors import ItemsError, ResourceError, SyncError
from rest.page import Item
from rest.request import Request

_MAX_SHOWN = 5
_GUESSED_IDENTIFIER = ".id"


@dataclass(slots=True)
class Builder:
    """The integration so far.

    pagination: what the sample of each endpoint shows. doubts: what the user has to check, a sentence each.
    """

    settings: dict[str, Json]
    sampled: list[SampledSource] = field(default_factory=list)
    pagination: dict[str, FoundPagination] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def doubt(self, kind: str, what: str) -> None:
        """Note what the user has to check before the integration runs."""
        self.doubts.append(f"{kind}: {what}")

    def draft(self, installation: Installation) -> Draft:
        """Return the integration as a draft."""
        return Draft(self.settings, tuple(each.source for each in self.sampled), installation)


async def add_endpoints(prompt: Prompt, builder: Builder, offered: Imported, kinds: Sequence[str]) -> None:
    """Add the endpoints of a document and of the command line, and ask for more.

    kinds: paths from the command line. If there are any, only these endpoints of the document are added.
    """
    for note in offered.notes:
        click.echo(note)
    for endpoint in offered.endpoints:
        if endpoint.kind in kinds or (not kinds and prompt.confirm(f"Add {endpoint.kind}?")):
            await _try_endpoint(prompt, builder, endpoint)
    in_document = {endpoint.kind for endpoint in offered.endpoints}
    for kind in dict.fromkeys(kinds):
        if kind not in in_document:
            await _try_endpoint(prompt, builder, ImportedEndpoint(kind, kind))
    while not prompt.yes and (not builder.sampled or prompt.confirm("Add another endpoint?", default=False)):
        kind = prompt.text("Path of the endpoint, for example /api/v1/users")
        await _try_endpoint(prompt, builder, ImportedEndpoint(kind, kind))
    if not builder.sampled:
        raise ResourceError(
            "no endpoint could be added", hint="Correct the errors above, or name endpoints with --endpoint"
        )
    add_relations(prompt, builder)


async def _try_endpoint(prompt: Prompt, builder: Builder, endpoint: ImportedEndpoint) -> None:
    """Add an endpoint. One that cannot be read is left out, with a doubt."""
    try:
        await _add_endpoint(prompt, builder, endpoint)
    except SyncError as error:
        builder.doubt(endpoint.kind, f"left out, because {error.what}. {error.advice}")
        show_error(error)


async def _add_endpoint(prompt: Prompt, builder: Builder, endpoint: ImportedEndpoint) -> None:
    """Fetch a sample of an endpoint, let the user confirm its mapping, and add it.

    A mapping that the document has is kept as it is. Raises SyncError: the endpoint cannot be read.
    """
    kind, selector = endpoint.kind, dict(endpoint.selector)
    if "path_parameters" not in selector:
        selector |= _ask_parameters(prompt, builder, kind)
    elif not endpoint.entry:
        selector = corrected_selector(kind, selector, builder.sampled)
    for note in endpoint.notes:
        click.echo(f"  {note}")
    if selector != endpoint.selector and "path_parameters" in endpoint.selector:
        click.echo("  The path parameters were corrected by the samples of their endpoints")
    click.echo(f"Fetching a sample of {kind} ...")
    with console(stderr=True).status(f"waiting for {kind}"):
        answer = await fetch_sample(builder.settings, kind, selector)
    data_path = str(selector.get("data_path", ".")) if endpoint.entry else None
    chosen = _ask_items(prompt, kind, answer, data_path)
    for reason in () if endpoint.entry else chosen.reasons:
        click.echo(f"  {reason}")
    pages = _pagination(builder, kind, answer, chosen)
    known_path = {"data_path": chosen.source.selector["data_path"]}
    if endpoint.entry:
        taken_over = await source_of_entry(endpoint.entry, chosen)
        source = replace(taken_over, selector={**taken_over.selector, **selector})
    else:
        proposed = replace(chosen.source, selector={**chosen.source.selector, **selector, **known_path})
        source = _ask_names(prompt, builder, proposed)
    data_path = str(known_path["data_path"])
    following = await items_of_next_page(builder.settings, pages.next_request, data_path)
    builder.sampled.append(SampledSource(source, [*chosen.items, *following]))
    await _show_preview(builder, source, chosen.items)
    if doubt := await first_page_doubt(builder.settings, source, pages):
        builder.doubt(source.kind, doubt)


def add_relations(prompt: Prompt, builder: Builder) -> None:
    """Add the proposed relations that the user confirms. An existing mapping keeps its own."""
    proposed = find_relations(builder.sampled)
    places = {id(each.source): number for number, each in enumerate(builder.sampled)}
    for found in proposed:
        place = places[id(found.source)]
        source = builder.sampled[place].source
        if source.original:
            continue
        question = f"Relate {source.blueprint.identifier} to {found.relation.target}? {found.why}"
        if prompt.confirm(question, default=found.is_likely):
            blueprint = replace(source.blueprint, relations=(*source.blueprint.relations, found.relation))
            related = replace(source, blueprint=blueprint)
            builder.sampled[place] = replace(builder.sampled[place], source=related)
    for number, each in enumerate(builder.sampled):
        if each.source.original:
            own = [found.relation for found in proposed if found.source is each.source]
            builder.sampled[number] = replace(each, source=_with_targets(builder, each.source, own))


def _with_targets(builder: Builder, source: Source, proposed: Sequence[Relation]) -> Source:
    """Return the source of an existing entry with the targets of its relations, which a mapping lacks."""
    known = {each.source.blueprint.identifier for each in builder.sampled}
    blueprint = with_targets(source.blueprint, proposed, known)
    for relation in blueprint.relations:
        if relation.target not in known:
            builder.doubt(
                source.kind,
                f"a mapping does not say the target of a relation. Correct that of {relation.name} in the "
                "blueprints",
            )
    return replace(source, blueprint=blueprint)


def _ask_parameters(prompt: Prompt, builder: Builder, kind: str) -> dict[str, Json]:
    """Return `path_parameters` for the placeholders of a kind, from known endpoints or from the user."""
    names = list(dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind)))
    if not names:
        return {}
    found = find_parents(Source(kind, Blueprint("", ""), ""), builder.sampled)
    parameters: dict[str, Json] = {}
    for name in names:
        if name in found:
            parameters[name] = dict(found[name].selector)
            click.echo(f"  Values of {{{name}}} come from {found[name].selector['endpoint']}")
        else:
            if prompt.yes:
                raise ResourceError(
                    f"no endpoint has values for {{{name}}}",
                    hint="Add the endpoint that lists them before this one, or set "
                    f"selector.path_parameters.{name}.values in the mapping",
                )
            values = prompt.text(f"Values of {{{name}}}, separated by commas")
            parameters[name] = {"values": [value.strip() for value in values.split(",") if value.strip()]}
    return {"path_parameters": parameters}


def _ask_items(prompt: Prompt, kind: str, answer: Answer, data_path: str | None) -> Proposal:
    """Return the proposal for the list of items at a known path, or for the one that the user chooses."""
    found = propose_from_samples(kind, answer.samples, data_path)
    if not found.items:
        raise ItemsError("the sample has no items", hint="Choose an endpoint that lists items")
    lists = [each for each in found.lists if each.count][:_MAX_SHOWN]
    if len(lists) < 2 or data_path is not None:
        return found
    for number, each in enumerate(lists, 1):
        click.echo(f"  {number}. {each.data_path} ({each.count}): {each.why}")
    numbers = tuple(str(number) for number in range(1, len(lists) + 1))
    number = int(prompt.choice("Which list has the items?", numbers, "1"))
    return found if number == 1 else propose_from_samples(kind, answer.samples, lists[number - 1].data_path)


def _pagination(builder: Builder, kind: str, answer: Answer, found: Proposal) -> FoundPagination:
    """Print how the endpoint paginates, and return it."""
    request = answer.request or Request("GET", answer.url)
    data_path, settings = str(found.source.selector["data_path"]), settings_of(builder.settings).pagination
    if settings.type in ("auto", "none"):
        pages = find_pagination(request, answer.first, data_path)
    else:
        pages = defined_pagination(settings, request, answer.first, data_path)
    builder.pagination[kind] = pages
    if pages.next_rule:
        click.echo(f"  Pagination: {pages.next_rule}. {pages.stop_rule}")
    else:
        click.echo(f"  {pages.problem or f'Pagination: not detected. {pages.hints[0]}'}")
    return pages


def _ask_names(prompt: Prompt, builder: Builder, source: Source) -> Source:
    identifier = prompt.text("Blueprint", source.blueprint.identifier)
    blueprint = replace(source.blueprint, identifier=identifier)
    if not source.identifier:
        builder.doubt(
            source.kind,
            "no field identifies the items. Correct port.entity.mappings.identifier in the mapping",
        )
    expression = prompt.text("Identifier (jq)", source.identifier or _GUESSED_IDENTIFIER)
    return replace(source, blueprint=blueprint, identifier=expression)


async def _show_preview(builder: Builder, source: Source, items: list[Item]) -> None:
    preview = await preview_entities(builder.draft(Installation()), source, items)
    problems = [problem for problem in preview.problems if problem.number < _MAX_SHOWN]
    title = f"{source.kind}: {len(preview.entities)} entities, {len(preview.problems)} problems"
    console().print(entities_table(title, preview.entities[:_MAX_SHOWN], problems))
    for doubt in entity_doubts(preview):
        builder.doubt(source.kind, doubt)
