"""Mappings proposed from samples of endpoints, with reasons, alternatives and doubts."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import BaseModel, Field

from builder.assistant.answers import Proposal, ProposedEndpoint
from builder.assistant.descriptions import described_endpoint, described_relation
from builder.cli.init import Builder, add_relations
from builder.cli.prompt import Prompt
from builder.draft import Blueprint, Draft, Source
from builder.first_look import entity_doubts, first_page_doubt
from builder.inference import (
    FoundPagination,
    SampledSource,
    find_pagination,
    find_parents,
    find_relations,
    items_at,
    parameter_names,
    propose_from_samples,
)
from builder.inference import Proposal as FoundSource
from builder.install import blueprints, mapping
from builder.preview import preview_entities
from builder.sampling import Answer, Connection, fetch_sample, items_of_next_page
from rest.bodies import Json
from rest.errors import ItemsError, ResourceError, SyncError
from rest.page import Item
from rest.request import Request

_GUESSED_IDENTIFIER = ".id"
# A pagination type of the settings is the user's choice, and is kept.
_UNSET_TYPES = frozenset({"none", "auto"})

Expression = Annotated[str, Field(description="Your own choice in jq. Empty: what the sample shows")]


class EndpointRequest(BaseModel):
    """An endpoint to sample, and choices that replace what is proposed."""

    kind: str = Field(description="The path below the base URL: /api/v1/projects/{project_id}/tasks")
    selector: dict[str, Any] = Field(
        default={},
        description="Keys of the selector that are known already. path_parameters are found among the "
        "endpoints before this one",
    )
    blueprint: str = Field(default="", description="The identifier of the blueprint. Empty: a proposed one")
    identifier: Expression = ""
    title: Expression = ""


@dataclass(slots=True)
class _Proposed:
    """The endpoints so far. doubts: what the user has to check, a sentence each."""

    connection: Connection
    sampled: list[SampledSource] = field(default_factory=list)
    endpoints: list[ProposedEndpoint] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def doubt(self, kind: str, what: str) -> None:
        """Note what has to be checked before the mapping is used."""
        self.doubts.append(f"{kind}: {what}")


async def propose_endpoints(connection: Connection, requested: list[EndpointRequest]) -> Proposal:
    """Return the proposal for endpoints. One that cannot be read is left out, with its error."""
    proposed = _Proposed(connection)
    for each in requested:
        try:
            await _add(proposed, each)
        except SyncError as error:
            proposed.doubt(each.kind, f"left out, because {error.what}")
            proposed.endpoints.append(ProposedEndpoint(kind=each.kind, error=str(error)))
    relations = find_relations(proposed.sampled)
    built = Builder({}, proposed.sampled)
    add_relations(Prompt(yes=True), built)
    draft = Draft(sources=tuple(each.source for each in built.sampled))
    return Proposal(
        endpoints=proposed.endpoints,
        relations=[described_relation(each) for each in relations],
        doubts=proposed.doubts,
        mapping=mapping(draft),
        blueprints=list(blueprints(draft)),
    )


async def _add(proposed: _Proposed, request: EndpointRequest) -> None:
    """Sample an endpoint and add its source. Raises SyncError: it cannot be read, or has no items."""
    connection, kind = proposed.connection, request.kind
    selector: dict[str, Json] = {**request.selector, **_parameters(request, proposed.sampled)}
    answer = await fetch_sample(connection, kind, selector)
    data_path = str(selector["data_path"]) if "data_path" in selector else None
    found = await asyncio.to_thread(propose_from_samples, kind, answer.samples, data_path)
    if not found.items:
        raise ItemsError("the sample has no items", hint="Choose an endpoint that lists items")
    pages = _pagination(selector, answer, found)
    source = _source(proposed, request, found, _completed(selector, connection, answer, pages))
    following = await _following(proposed, source, answer, pages)
    proposed.sampled.append(SampledSource(source, [*found.items, *following]))
    proposed.endpoints.append(described_endpoint(source, found, pages))
    try:
        await _note_doubts(proposed, source, found, pages)
    except SyncError as error:
        proposed.doubt(kind, error.text(with_kind=False))


def _parameters(request: EndpointRequest, sampled: list[SampledSource]) -> dict[str, Json]:
    """Return `path_parameters` from the endpoints so far. Raises ResourceError: none has the values."""
    given = request.selector.get("path_parameters")
    known: dict[str, Json] = dict(given) if isinstance(given, dict) else {}
    found = find_parents(Source(request.kind, Blueprint("", ""), ""), sampled)
    for name in parameter_names(request.kind):
        if name in known:
            continue
        if name not in found:
            raise ResourceError(
                f"no endpoint has values for {{{name}}}",
                hint=f"List the endpoint that has them first, or set selector.path_parameters.{name}",
            )
        known[name] = dict(found[name].selector)
    return {"path_parameters": known} if known else {}


def _pagination(selector: Mapping[str, Json], answer: Answer, found: FoundSource) -> FoundPagination:
    """Return the pagination that the sample shows, or the one that the selector has."""
    given = selector.get("pagination")
    chosen = given if isinstance(given, dict) and "type" in given else None
    request = answer.request or Request("GET", answer.url)
    return find_pagination(request, answer.first, str(found.source.selector["data_path"]), chosen)


async def _following(
    proposed: _Proposed, source: Source, answer: Answer, pages: FoundPagination
) -> list[Item]:
    """Return the items of the next page, and note a doubt if they are those of the first page again."""
    path = str(source.selector["data_path"])
    items = await items_of_next_page(proposed.connection, pages.next_request, path)
    if not items or items != items_at(answer.first.body, path):
        return items
    proposed.doubt(
        source.kind,
        "the next page repeats the first one. Does the API know the parameter "
        f"{pages.mapping.get('param')!r}? "
        "Set selector.pagination to what its documentation says",
    )
    return []


def _completed(
    selector: dict[str, Json], connection: Connection, answer: Answer, pages: FoundPagination
) -> dict[str, Json]:
    """Return the selector with the format and the pagination that the sample shows."""
    completed = dict(selector)
    if answer.format:
        completed.setdefault("format", answer.format)
    if pages.is_recognised and connection.settings.pagination.type in _UNSET_TYPES:
        completed.setdefault("pagination", dict(pages.mapping))
    return completed


def _source(
    proposed: _Proposed, request: EndpointRequest, found: FoundSource, selector: dict[str, Json]
) -> Source:
    """Return the proposed source with the choices of the request."""
    source = found.source
    identifier = request.identifier or source.identifier
    if not identifier:
        proposed.doubt(request.kind, "no field identifies the items. Choose the identifier")
    name = request.blueprint or source.blueprint.identifier
    path = {"data_path": source.selector["data_path"]}
    return replace(
        source,
        blueprint=replace(source.blueprint, identifier=name),
        identifier=identifier or _GUESSED_IDENTIFIER,
        title=request.title or source.title,
        selector={**path, **selector, **path},
    )


async def _note_doubts(
    proposed: _Proposed, source: Source, found: FoundSource, pages: FoundPagination
) -> None:
    """Note what the sample shows against the source."""
    sources = tuple(each.source for each in proposed.sampled)
    preview = await preview_entities(Draft(sources=sources), source, found.items)
    for doubt in entity_doubts(preview):
        proposed.doubt(source.kind, doubt)
    if doubt := await first_page_doubt(proposed.connection, source, pages):
        proposed.doubt(source.kind, doubt)
