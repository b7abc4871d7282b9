"""The tools that read the API: check, sample, propose and preview."""

import asyncio
from typing import Annotated

from pydantic import Field

from builder.assistant.answers import (
    Check,
    EndpointCheck,
    EntityProblem,
    Preview,
    PreviewedKind,
    Proposal,
    Sample,
    SentRequest,
)
from builder.assistant.bounds import shortened
from builder.assistant.parameters import Kind, OptionalBlueprints, OptionalMapping, OptionalSelector
from builder.assistant.proposing import EndpointRequest, propose_endpoints
from builder.assistant.session import Session
from builder.assistant.tool import tool
from builder.cli.command import error_lines
from builder.cli.dry_run import KindPreview, check_endpoints, preview_kinds
from builder.inference import find_lists
from builder.port_account import open_account
from builder.recording import Exchange
from builder.sampling import check_connection, fetch_sample
from extraction import Finding
from rest.errors import SettingsError, SyncError

_MAX_BODY_BYTES = 40_000
_MAX_KINDS_BYTES = 60_000
_MAX_HEADERS = 40
_MAX_HEADER_LENGTH = 300
_MAX_URL_LENGTH = 2000
_MAX_LISTS = 8


class SamplingTools:
    """The tools that read the API. They write nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @tool(seconds=120)
    async def check(
        self,
        mapping: OptionalMapping = None,
        kinds: Annotated[
            list[str] | None, Field(description="Paths of endpoints to request, without a mapping")
        ] = None,
    ) -> Check:
        """Check the settings, the connection to the API and the credentials for Port.

        Call this first. It requests the root of the API, or the first page of the given kinds, or of each
        entry of a mapping. The user has made the settings, and only the user can change them.
        """
        connection = self._session.connection()
        if mapping is not None:
            findings = [each async for each in check_endpoints(self._session.with_mapping(mapping))]
        else:
            findings = [await check_connection(connection, kind) for kind in kinds or [""]]
        endpoints = [self._endpoint_check(each) for each in findings]
        return Check(
            base_url=connection.settings.base_url,
            auth_type=connection.settings.auth_type,
            integration=self._session.inputs.identifier,
            port=await self._port(),
            ok=all(each.ok for each in endpoints),
            endpoints=endpoints,
        )

    @tool(seconds=120)
    async def sample(self, kind: Kind, selector: OptionalSelector = None) -> Sample:
        """Request the first page of an endpoint, and show the response, shortened and with secrets masked.

        For a nested endpoint, set path_parameters in the selector. A few of its parents are then read.
        """
        answer = await fetch_sample(self._session.connection(), kind, selector or {})
        content = answer.first.body
        # In threads, so that a large body does not delay the time limit.
        body = await asyncio.to_thread(shortened, content, _MAX_BODY_BYTES, self._session.masked)
        lists = (await asyncio.to_thread(find_lists, content, kind))[:_MAX_LISTS]
        return Sample(
            requests=[_sent(each) for exchanges in answer.exchanges for each in exchanges],
            format=answer.format or "",
            children=len(answer.samples),
            items_at=[f"{each.data_path} ({each.count}): {each.why}" for each in lists],
            body=body.value,
            is_cut=body.is_cut,
        )

    @tool(seconds=300)
    async def propose(
        self,
        endpoints: Annotated[
            list[EndpointRequest],
            Field(description="List parents before the endpoints that are nested in them", max_length=12),
        ],
    ) -> Proposal:
        """Sample endpoints, and propose a mapping and its blueprints with a reason for each choice.

        The proposal has data_path, identifier, title, properties, pagination, relations and path parameters.
        Read the doubts. To correct a choice, call this again with blueprint, identifier, title or selector.
        """
        return await propose_endpoints(self._session.connection(), endpoints)

    @tool(seconds=300)
    async def preview(
        self,
        mapping: OptionalMapping = None,
        blueprints: OptionalBlueprints = None,
        limit: Annotated[int, Field(ge=1, le=50, description="Entities of each kind")] = 5,
    ) -> Preview:
        """Show the first entities that a mapping makes, and every rule of Port that they break.

        Port is not needed, unless the mapping is left out. Values that look like secrets are masked in the
        answer only.
        """
        inputs = self._session.with_mapping(mapping)
        previews = [each async for each in preview_kinds(inputs, blueprints or [], limit)]
        most = _MAX_KINDS_BYTES // max(1, len(previews))
        kinds = [await asyncio.to_thread(self._previewed, each, most) for each in previews]
        return Preview(ok=not any(each.problems for each in kinds), kinds=kinds)

    def _previewed(self, preview: KindPreview, max_bytes: int) -> PreviewedKind:
        short = shortened(list(preview.entities), max_bytes, self._session.masked)
        return PreviewedKind(
            kind=preview.kind,
            entities=short.value if isinstance(short.value, list) else [short.value],
            problems=[
                EntityProblem(entity=each.number, field=each.field, problem=each.message)
                for each in preview.problems
            ],
            filtered_out=preview.left_out,
            notes=list(preview.notes),
            is_cut=short.is_cut,
        )

    def _endpoint_check(self, finding: Finding) -> EndpointCheck:
        fixes = [hint for _, hint in error_lines(finding.error)] if finding.error else []
        return EndpointCheck(
            kind=finding.kind,
            ok=finding.is_good,
            message=self._session.masked_text(finding.message),
            fix=". ".join(filter(None, fixes)),
        )

    async def _port(self) -> str:
        """Return whether Port accepts the credentials, or why not."""
        try:
            async with open_account(self._session.inputs.credentials) as account:
                integration = await account.integration(self._session.inputs.identifier)
        except SettingsError as error:
            return f"no credentials: {'; '.join(each.name for each in error.mistakes)}"
        except SyncError as error:
            return str(error)
        return f"connected, {'has' if integration else 'does not have'} this integration"


def _sent(exchange: Exchange) -> SentRequest:
    headers = exchange.response_headers[:_MAX_HEADERS]
    return SentRequest(
        method=exchange.method,
        url=exchange.url[:_MAX_URL_LENGTH],
        status=exchange.status,
        seconds=round(exchange.seconds, 3),
        bytes=exchange.size,
        headers={name: text[:_MAX_HEADER_LENGTH] for name, text in headers},
    )
