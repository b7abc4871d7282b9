"""The tool that writes to Port. It exists only if the user started the server with --allow-apply."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from builder.assistant.answers import Application, Written
from builder.assistant.parameters import GivenMappingDocument
from builder.assistant.session import GivenMapping, Session, read_given
from builder.assistant.tool import tool
from builder.assistant.validating import blueprint_mistakes, mapping_mistakes
from builder.cli.apply import difference_lines, integration_request
from builder.creation import Mode, Result, write
from builder.existing import Difference, Wanted, read_difference
from builder.port_account import open_account

_MAX_LINES = 400
_MAX_LINE_LENGTH = 300


class ApplyingTool:
    """Writes blueprints and a mapping to Port, after their difference was shown."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @tool(seconds=300)
    async def apply(
        self,
        mapping: GivenMappingDocument,
        blueprints: Annotated[
            list[dict[str, Any]], Field(description="Blueprints in Port's format, as propose returns them")
        ],
        mode: Annotated[
            Mode,
            Field(
                description="create: change nothing that exists. merge: add to it. overwrite: change it, too"
            ),
        ] = "create",
        dry_run: Annotated[bool, Field(description="Only show the difference")] = True,  # noqa: FBT002
        fingerprint: Annotated[str, Field(description="Of the difference that the user has agreed to")] = "",
    ) -> Application:
        """Write blueprints and the mapping to Port, in two steps.

        First call it as a dry run, show the difference to the user, and ask. If the user agrees, call it
        again with the same mapping, blueprints and mode, dry_run false and the fingerprint. Nothing is
        written if the difference has changed since. The next resync then uses the mapping.
        """
        wanted = self._wanted(mapping, blueprints)
        async with open_account(self._session.inputs.credentials) as account:
            difference = await read_difference(account, wanted)
            shown = _shown(difference, _fingerprint(difference, wanted, mode))
            if dry_run:
                return shown
            if fingerprint != shown.fingerprint:
                raise ToolError(
                    "nothing was written, because this is not the difference that was shown. Call apply as a "
                    "dry run, show the difference to the user, and pass its fingerprint"
                )
            results = [each async for each in write(account, difference, wanted.request, mode)]
        return _with_results(shown, results)

    def _wanted(self, mapping: GivenMapping, blueprints: Sequence[Mapping[str, Any]]) -> Wanted:
        """Return what should be in Port. Raises ToolError: there is a mistake in it."""
        mistakes = [*mapping_mistakes(self._session, mapping), *blueprint_mistakes(blueprints)]
        if mistakes:
            lines = [f"{each.name}: {each.what}. {each.fix}" for each in mistakes]
            raise ToolError("\n".join(["nothing was written, because of mistakes", *lines]))
        return Wanted(blueprints, integration_request(self._session.inputs, read_given(mapping)))


def _shown(difference: Difference, fingerprint: str) -> Application:
    lines = [line.plain[:_MAX_LINE_LENGTH] for line in difference_lines(difference)]
    more = [f"… {len(lines) - _MAX_LINES} more lines"] if len(lines) > _MAX_LINES else []
    return Application(
        difference=[*lines[:_MAX_LINES], *more],
        is_empty=difference.is_empty,
        needs_overwrite=difference.needs_overwrite,
        fingerprint=fingerprint,
        written=False,
    )


def _with_results(shown: Application, results: Sequence[Result]) -> Application:
    written = [Written(name=each.name, outcome=each.outcome, message=each.message) for each in results]
    is_written = all(each.is_good for each in results)
    return shown.model_copy(update={"written": is_written, "results": written})


def _fingerprint(difference: Difference, wanted: Wanted, mode: Mode) -> str:
    """Return a hash of what is in Port and what would be written."""
    content = [difference.fingerprint, list(wanted.blueprints), dict(wanted.request), mode]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
