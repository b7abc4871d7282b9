"""Public bug reports as cases: an API that answers as somebody's did, and what is right then."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder.mapping_file import Entry, entries_of
from configuration.setting_names import field_name
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from mapping import EntityTally, Mapper, WorkerLimits, open_mapper
from rest.errors import SyncError

pytestmark = pytest.mark.process

_SHARED = Path(os.environ.get("SHARED", Path(__file__).parents[3] / "shared"))
_FOLDER = _SHARED / "reports"
# What only Ocean itself does: tests/ocean_adapter looks at that.
_OF_OCEAN = "itemsToParse"
# The API asks to wait for half a minute: tests/rest/test_rate_limits.py reads such headers.
_TOO_SLOW = "05-x-rate-limit-reset"


def _cases() -> list[Any]:
    found = []
    for file in sorted((_FOLDER / "cases").glob("*/case.json")):
        text = file.read_text(encoding="utf-8")
        case = json.loads(text)
        if "needs" not in case and _OF_OCEAN not in text and file.parent.name != _TOO_SLOW:
            found.append(pytest.param(file.parent, case, id=file.parent.name))
    return found


@dataclass
class Outcome:
    """What a reading of one kind gave. error: None where it ended complete."""

    identifiers: set[str] = field(default_factory=set)
    error: Exception | None = None

    def word(self, there: set[str]) -> str:
        """complete, failed, or lost: ended complete, and is not."""
        if self.error is not None:
            return "failed"
        return "complete" if self.identifiers == there else "lost"


@contextmanager
def _api(folder: Path) -> Iterator[str]:
    """The case's own server, and its address."""
    environ = {**os.environ, "PYTHONPATH": str(_FOLDER)}
    process = subprocess.Popen(
        [sys.executable, "-u", "server.py"], cwd=folder, env=environ, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield (process.stdout or sys.stdin).readline().split()[0]
        finally:
            process.terminate()


def _filled(value: Any, address: str) -> Any:
    return json.loads(json.dumps(value).replace("{API}", address))


async def _read(entry: Entry, extractor: Extractor, mapper: Mapper) -> Outcome:
    outcome, tally = Outcome(), EntityTally()
    verdict = extractor.verdict(entry.resource)
    try:
        async for batch in extractor.batches(entry.resource, verdict):
            mapped = await mapper.map(entry.mapping, batch)
            tally.note(mapped, batch)
            outcome.identifiers |= {str(entity["identifier"]) for entity in mapped.passed}
        wrong = [error for error in tally.errors if not verdict.accepts(error)]
        outcome.error = wrong[0] if wrong else None
    except (SyncError, ExceptionGroup) as error:
        outcome.error = error
    return outcome


def _truths(case: Mapping[str, Any], phase: Mapping[str, Any]) -> Iterator[tuple[str, set[str], list[str]]]:
    """Each kind, what is there, and what is right."""
    for kind, truth in {**case["truth"], **phase.get("truth", {})}.items():
        there = truth["entities"]
        there = eval(there) if isinstance(there, str) else there  # noqa: S307 - the case's own list
        accept = truth.get("accept") or phase.get("accept") or case.get("accept") or ["complete"]
        yield kind, set(there), accept


@pytest.mark.skipif(not _FOLDER.is_dir(), reason="the reports are not beside the project")
@pytest.mark.parametrize(("folder", "case"), _cases())
async def test_report_ends_as_is_right(folder: Path, case: dict[str, Any]) -> None:
    with _api(folder) as address:
        async with open_mapper(WorkerLimits()) as mapper, httpx.AsyncClient(base_url=address) as control:
            await _phases(case, address, mapper, control)


async def _phases(case: dict[str, Any], address: str, mapper: Mapper, control: httpx.AsyncClient) -> None:
    given = {field_name(name): value for name, value in _filled(case["settings"], address).items()}
    # A wait that an API asks for is waited for; other attempts need no patience here.
    settings = Settings.from_config({"max_retries": 2, **given}, {})
    mapping = case["mapping"]
    for number, phase in enumerate(case["phases"], 1):
        (await control.get(f"/_phase/{number}")).raise_for_status()
        mapping = phase.get("mapping", mapping)
        entries = list(entries_of(_filled(mapping, address), settings.pagination))
        async with open_extractor(settings, [entry.resource for entry in entries]) as extractor:
            outcomes = {entry.kind: await _read(entry, extractor, mapper) for entry in entries}
        for kind, there, accept in _truths(case, phase):
            outcome = outcomes[kind]
            assert outcome.word(there) in accept, (number, kind, outcome.error)
            if outcome.error:
                assert re.search(r"\w", str(outcome.error))
