"""What the `doctor` command finds out about an installation. It goes on where something fails."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from builder.cli.dry_run import entry_or_finding, finding_lines
from builder.cli.env_file import EnvFile
from builder.cli.inputs import Inputs
from builder.cli.output import console
from builder.cli.resync import KindResult
from builder.cli.variable_names import json_mistakes, names_without_prefix, unknown_names
from builder.error_groups import errors_in
from builder.mapping_file import Entry
from builder.port_account import open_account
from builder.recording import Recorder
from builder.report import (
    Detail,
    Part,
    Report,
    mapping_part,
    response_part,
    secrets_in_mapping,
    settings_part,
    versions_part,
    wrong_mapping_part,
)
from builder.sampling import QUICK_LIMITS, quick
from client import tls_rules
from extraction import Extractor, Finding, open_extractor
from rest.bodies import Json
from rest.errors import Mistake, SettingsError, SyncError
from rest.origin import Redactor

_MAX_BODY = 2**20
# An API that does not respond to so many kinds one after another is not asked for the others.
_MAX_SILENT = 3
_MISSING = "not in the report"


class Examination:
    """Adds to a report what the settings, the mapping, the API and Port show."""

    def __init__(self, inputs: Inputs, file: EnvFile, report: Report, detail: Detail | None) -> None:
        self._inputs = inputs
        self._file = file
        self._report = report
        self._masking = report.masking
        self._detail = detail
        self._mapping: Mapping[str, Any] | None = None

    async def run(self) -> None:
        """Add all parts. One that fails is in the report with the reason."""
        self._report.add(versions_part())
        await self._attempt("settings.json", self._add_settings)
        await self._attempt("mapping.yml", self._add_mapping)
        await self._attempt("check.json", self._add_check)
        await self._attempt("last-sync.json", self._add_last_sync)

    async def _attempt(self, name: str, add: Callable[[], Awaitable[None]]) -> None:
        """Add one part. A bug in it must not prevent the report about it."""
        try:
            await add()
        except* SyncError as group:
            self._report.add(Part(name, f"{_MISSING}: {_reason(group)}"))
        except* Exception as group:
            error = next(errors_in(group))
            self._report.add(Part(name, f"{_MISSING}: {type(error).__name__}: {error}"))

    async def _add_settings(self) -> None:
        inputs, file = self._inputs, self._file
        own = file.variables or inputs.variables
        mistakes: list[Mistake] = [
            *file.mistakes,
            *unknown_names(own, inputs.place),
            *json_mistakes(own, inputs.place),
        ]
        try:
            self._masking.known.include(inputs.settings.redactor)
        except SettingsError as error:
            mistakes += error.mistakes
        warnings = [*file.notes, *names_without_prefix(file.variables, inputs.place)]
        self._report.add(settings_part(inputs.variables, self._masking, mistakes, warnings))

    async def _add_mapping(self) -> None:
        path = self._inputs.mapping_file
        try:
            mapping = await self._inputs.mapping()
        except SyncError as error:
            if path is None:
                raise
            self._report.add(wrong_mapping_part(path, self._masking, str(error)))
            return
        self._masking.learn(text for each in mapping["resources"] for text in secrets_in_mapping(each))
        self._report.add(mapping_part(mapping, self._masking, "a file" if path else "Port"))
        self._mapping = mapping

    async def _add_check(self) -> None:
        """Add the findings, and the first page of each endpoint. Adds those so far if something fails."""
        if self._mapping is None:
            self._report.add(Part("check.json", f"{_MISSING}: there is no mapping"))
            return
        findings: list[Finding] = []
        pages: list[Part] = []
        try:
            entries = [entry_or_finding(entry, self._inputs) for entry in self._mapping["resources"]]
            async with self._opened(entries) as (extractor, recorder):
                await self._probe(entries, extractor, recorder, findings, pages)
        finally:
            if findings:
                good = sum(each.is_good for each in findings)
                summary = f"{good} of {len(self._mapping['resources'])} endpoints can be read"
                self._report.add(
                    Part("check.json", summary, [self._finding(each) for each in findings]), *pages
                )

    async def _probe(
        self,
        entries: Sequence[Entry | Finding],
        extractor: Extractor,
        recorder: Recorder,
        findings: list[Finding],
        pages: list[Part],
    ) -> None:
        silent = 0
        for number, entry in enumerate(entries, 1):
            if not isinstance(entry, Entry) or silent == _MAX_SILENT:
                findings.append(_not_requested(entry))
                continue
            with console(stderr=True).status(f"checking {entry.kind}"):
                findings.append(await extractor.probe(entry.resource))
            exchanges = recorder.take(complete=findings[-1].is_good)
            silent = silent + 1 if all(each.status is None for each in exchanges) else 0
            if self._detail:
                pages.append(response_part(number, entry.kind, exchanges, self._masking, self._detail))

    @asynccontextmanager
    async def _opened(self, entries: Sequence[Entry | Finding]) -> AsyncIterator[tuple[Extractor, Recorder]]:
        settings = quick(self._inputs.settings)
        resources = [entry.resource for entry in entries if isinstance(entry, Entry)]
        # The report is masked at its end.
        recorder = Recorder(Redactor(), verify=tls_rules(settings), max_bytes=_MAX_BODY)
        async with open_extractor(
            settings, resources, transport=recorder, redact=self._masking.known, limits=QUICK_LIMITS
        ) as extractor:
            yield extractor, recorder

    def _finding(self, finding: Finding) -> Json:
        line, hint = finding_lines(finding)
        found: Json = {"kind": finding.kind, "isGood": finding.is_good, "found": line, "hint": hint}
        return self._masking.sample(found)

    async def _add_last_sync(self) -> None:
        async with open_account(self._inputs.credentials) as account:
            integration = await account.integration(self._inputs.identifier) or {}
            kinds = [KindResult.of(each) for each in await account.last_sync(self._inputs.identifier)]
        state = integration.get("resyncState") or {}
        failed = sum(each.state != "completed" for each in kinds)
        status = state.get("status", "none yet")
        summary = f"the last resync in Port: {status}, {failed} of {len(kinds)} kinds not completed"
        content: Json = {"state": self._masking.sample(state), "kinds": [asdict(each) for each in kinds]}
        self._report.add(Part("last-sync.json", summary, content))


def _not_requested(entry: Entry | Finding) -> Finding:
    if isinstance(entry, Finding):
        return entry
    return Finding(entry.kind, is_good=False, message="not requested, because the API does not respond")


def _reason(group: BaseExceptionGroup[SyncError]) -> str:
    return "; ".join(str(error) for error in errors_in(group))
