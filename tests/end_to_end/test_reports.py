"""Cases from public bug reports: an API with the reported behavior, and the correct outcome."""

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
# Only Ocean supports this key. tests/ocean_adapter tests it.
_OCEAN_ONLY = "itemsToParse"
# Keys of selectors that a case needs and that did not exist when it was written. Its server and its expected
# entities stay as they are.
_SELECTORS: Mapping[str, Mapping[str, Any]] = {
    "31-async-export": {
        "path_parameters": {
            "job": {
                "endpoint": "/export",
                "method": "POST",
                "body": {"dataset": "conversations"},
                "field": ".job_id",
                "responses": [{"when": ".status == 202", "as": "accept"}],
            }
        },
        "job": {"request": {"method": "GET"}, "poll": "/export/{job}"},
    },
    "13-csv-semicolon": {},
    "40-xml": {"data_path": '.hosts.host[] | . + {id: ."@id"}'},
}
# This API requires a wait of 30 s. tests/rest/test_rate_limits.py tests such headers.
_TOO_SLOW = "05-x-rate-limit-reset"


def _cases() -> list[Any]:
    found = []
    for file in sorted((_FOLDER / "cases").glob("*/case.json")):
        text = file.read_text(encoding="utf-8")
        case = json.loads(text)
        for resource in case["mapping"]["resources"]:
            resource["selector"] |= _SELECTORS.get(file.parent.name, {})
        if (
            ("needs" not in case or file.parent.name in _SELECTORS)
            and _OCEAN_ONLY not in text
            and file.parent.name != _TOO_SLOW
        ):
            found.append(pytest.param(file.parent, case, id=file.parent.name))
    return found


@dataclass
class Outcome:
    """The result of reading one kind. error: None if it completed."""

    identifiers: set[str] = field(default_factory=set)
    error: Exception | None = None

    def state(self, expected: set[str]) -> str:
        """Return `complete`, `failed`, or `lost`. Lost means completed with missing or extra entities."""
        if self.error is not None:
            return "failed"
        return "complete" if self.identifiers == expected else "lost"


@contextmanager
def _api(folder: Path) -> Iterator[str]:
    """Start the case's server and yield its URL."""
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


def _expectations(
    case: Mapping[str, Any], phase: Mapping[str, Any]
) -> Iterator[tuple[str, set[str], list[str]]]:
    """Yield each kind with its entities and the accepted states."""
    for kind, truth in {**case["truth"], **phase.get("truth", {})}.items():
        entities = truth["entities"]
        entities = eval(entities) if isinstance(entities, str) else entities  # noqa: S307 - from the case
        accept = truth.get("accept") or phase.get("accept") or case.get("accept") or ["complete"]
        yield kind, set(entities), accept


@pytest.mark.skipif(not _FOLDER.is_dir(), reason="the folder of the reports is missing")
@pytest.mark.parametrize(("folder", "case"), _cases())
async def test_a_reported_case_has_a_correct_outcome(folder: Path, case: dict[str, Any]) -> None:
    with _api(folder) as address:
        async with open_mapper(WorkerLimits()) as mapper, httpx.AsyncClient(base_url=address) as control:
            await _run_phases(case, address, mapper, control)


async def _run_phases(case: dict[str, Any], address: str, mapper: Mapper, control: httpx.AsyncClient) -> None:
    config = {field_name(name): value for name, value in _filled(case["settings"], address).items()}
    # Two retries keep failing cases short. Waits that the API requires are not shortened.
    settings = Settings.from_config({"max_retries": 2, **config}, {})
    mapping = case["mapping"]
    for number, phase in enumerate(case["phases"], 1):
        (await control.get(f"/_phase/{number}")).raise_for_status()
        mapping = phase.get("mapping", mapping)
        entries = list(entries_of(_filled(mapping, address), settings.pagination))
        async with open_extractor(settings, [entry.resource for entry in entries]) as extractor:
            outcomes = {entry.kind: await _read(entry, extractor, mapper) for entry in entries}
        for kind, expected, accept in _expectations(case, phase):
            outcome = outcomes[kind]
            assert outcome.state(expected) in accept, (number, kind, outcome.error)
            if outcome.error:
                assert re.search(r"\w", str(outcome.error))
