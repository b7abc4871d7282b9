"""The tools that judge a mapping or a message: validate, plan, explain and files."""

from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import Field

from builder.assistant.answers import (
    Changes,
    ExplainedMessage,
    Explanations,
    InstallationFiles,
    PlannedKind,
    SyncPlan,
    Validation,
)
from builder.assistant.bounds import shortened
from builder.assistant.parameters import (
    CheckedMapping,
    GivenMappingDocument,
    OptionalBlueprints,
    OptionalMapping,
)
from builder.assistant.session import Session, read_given
from builder.assistant.tool import tool
from builder.assistant.troubleshooting import find_entries
from builder.assistant.validating import blueprint_mistakes, mapping_mistakes, setting_mistakes
from builder.cli.dry_run import plan_steps
from builder.existing import read_mapping_draft
from builder.install import bundle, placeholders_in
from builder.planning import KindPlan, Name, Plan
from configuration.setting_names import setting_name
from rest.bodies import Json

_MAX_EXAMPLES = 20
_MAX_EXAMPLE_BYTES = 15_000


class PlanningTools:
    """The tools that judge a mapping or a message. They write nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @tool(seconds=60)
    async def validate(
        self,
        mapping: CheckedMapping = None,
        blueprints: OptionalBlueprints = None,
        settings: Annotated[
            dict[str, Any] | None,
            Field(description="Settings to check together with the user's, for example paginationType"),
        ] = None,
    ) -> Validation:
        """Find every mistake in the settings, a mapping and blueprints, without any request.

        Settings that you pass are only checked. The user writes them into the env file and restarts the
        server. Do not pass secrets.
        """
        mistakes = list(setting_mistakes(self._session, settings or {}))
        if mapping is not None:
            mistakes += mapping_mistakes(self._session, mapping)
        mistakes += blueprint_mistakes(blueprints or [])
        return Validation(ok=not mistakes, mistakes=mistakes)

    @tool(seconds=900)
    async def plan(
        self, ctx: Context, mapping: OptionalMapping = None, blueprints: OptionalBlueprints = None
    ) -> SyncPlan:
        """Show what a sync would read from the API, and create, update, delete and keep in Port.

        Reads all data of the API, so it may take minutes. Writes nothing. With blueprints, the plan is for
        Port with these added. A mapping is right when no kind fails, nothing is refused or overwritten, and
        the counts are those that the user expects.
        """
        inputs = self._session.with_mapping(mapping)
        self._session.connection()
        async with aclosing(plan_steps(inputs, blueprints or [])) as steps:
            step, number = await anext(steps), 0
            while not isinstance(step, Plan):
                number += 1
                await ctx.report_progress(number, message=self._session.redact(step))
                step = await anext(steps)
            return self._shown(step)

    @tool(seconds=30)
    async def explain(
        self, message: Annotated[str, Field(description="A line of the log, or an error of a tool")]
    ) -> Explanations:
        """Explain a message of the integration: what happened, why, and what to change."""
        found = find_entries(message)
        entries = [
            ExplainedMessage(message=text, section=entry.section, cause=entry.cause, fix=entry.fix)
            for text, entry in found.entries
        ]
        return Explanations(exact=found.is_exact, entries=entries)

    @tool(seconds=60)
    async def files(
        self, mapping: GivenMappingDocument, blueprints: OptionalBlueprints = None
    ) -> InstallationFiles:
        """Return the files that install the integration: env file, mapping, blueprints, Helm and Docker.

        Nothing is written. Secrets are placeholders, which the user fills in.
        """
        inputs = self._session.inputs
        draft = read_mapping_draft(read_given(mapping), blueprints or [])
        settings: dict[str, Json] = {setting_name(name): text for name, text in inputs.config.items()}
        files = bundle(replace(draft, settings=settings, installation=inputs.installation))
        return InstallationFiles(files=files, placeholders=placeholders_in("\n".join(files.values())))

    def _shown(self, plan: Plan) -> SyncPlan:
        updates: list[Json] = [
            {
                "blueprint": update.blueprint,
                "identifier": update.identifier,
                # By name, so that the values of secret fields are masked.
                "old": {change.field: change.old for change in update.changes},
                "new": {change.field: change.new for change in update.changes},
            }
            for update in plan.update[:_MAX_EXAMPLES]
        ]
        return SyncPlan(
            fails=plan.failed,
            kinds=[self._planned(kind) for kind in plan.kinds],
            create=self._changes(plan.create),
            update=self._changes([each.name for each in plan.update], updates),
            delete=self._changes(plan.delete),
            keep=self._changes(plan.kept),
            kept_because=list(plan.kept_because),
            unchanged=plan.unchanged,
        )

    def _changes(self, names: "tuple[Name, ...] | list[Name]", examples: list[Json] | None = None) -> Changes:
        shown = [" ".join(name) for name in names[:_MAX_EXAMPLES]] if examples is None else examples
        short = shortened(list[Json](shown), _MAX_EXAMPLE_BYTES, self._session.masked).value
        return Changes(
            count=len(names),
            by_blueprint=dict(sorted(Counter(blueprint for blueprint, _ in names).items())),
            examples=short if isinstance(short, list) else [short],
        )

    def _planned(self, kind: KindPlan) -> PlannedKind:
        return PlannedKind(
            kind=kind.kind,
            fails=kind.fails,
            items=kind.items,
            entities=kind.entities,
            requests=kind.requests,
            filtered_out=kind.left_out,
            overwritten=kind.overwritten,
            refused=kind.refused,
            verdict=kind.verdict,
            error=self._session.masked_text(kind.error or kind.refusal),
            fix=kind.hint,
            warnings=list(kind.warnings),
        )
