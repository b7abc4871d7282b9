"""One resync by Ocean itself, watched through Port's own record of it."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from builder.port_account import Document, PortAccount

ROOT = Path(__file__).parents[2]
_LOOK_S = 0.5
# Where the integration writes its verdicts: ocean_adapter/verdict_report.py.
VERDICTS_FILE = "OCEAN_CUSTOM_VERDICTS_FILE"
# How Ocean ends what it prints of an error of ours.
_ERROR = "Exception: "
_LAST_LINES = 25
_OVER = frozenset({"completed", "failed", "aborted"})


@dataclass(frozen=True, slots=True)
class KindResult:
    """What became of one kind, as Port was told. verdict: why it counts as complete, or the doubts.

    overwritten: entities that have the identifier of another item's entity.
    """

    kind: str
    state: str
    items: int
    loaded: int
    failed: int
    deleted: int
    seconds: float
    verdict: str = ""
    doubts: tuple[str, ...] = ()
    overwritten: int = 0

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "KindResult":
        """From an entry of Port's sync metrics."""
        phases = record.get("metrics", {}).get("phase", {})

        def count(phase: str, name: str) -> int:
            return int(
                phases.get(phase, {}).get("object_count_type", {}).get(name, {}).get("object_count", 0)
            )

        return cls(
            str(record["kind"]),
            str(record.get("syncState", "")),
            count("extract", "raw_extracted"),
            count("load", "loaded"),
            count("load", "failed"),
            count("delete", "deleted"),
            float(phases.get("resync", {}).get("duration_seconds", 0)),
        )


@dataclass(frozen=True, slots=True)
class Resync:
    """A resync. state: Port's word for it. reasons: the errors in it; without any, the end of Ocean's log."""

    state: str
    kinds: tuple[KindResult, ...]
    reasons: str = ""

    @property
    def succeeded(self) -> bool:
        """True when it was completed, and every kind of it."""
        return self.state == "completed" and all(kind.state == "completed" for kind in self.kinds)


async def resynced(
    account: PortAccount, identifier: str, variables: Mapping[str, str]
) -> AsyncIterator[Resync]:
    """Runs `ocean sail` once; what there is so far, now and then, and at last the whole."""
    before = _state(await account.integration(identifier))
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        tempfile.NamedTemporaryFile("r", encoding="utf-8") as verdicts,
    ):
        process = await _started({**variables, VERDICTS_FILE: verdicts.name}, log)
        try:
            while process.returncode is None:
                try:
                    await asyncio.wait_for(process.wait(), _LOOK_S)
                except TimeoutError:
                    yield Resync("running", await _kinds(account, identifier, before))
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        after = _state(await account.integration(identifier))
        state = after.get("status", "not started") if after != before else "not started"
        log.seek(0)
        lines = [json.loads(line) for line in verdicts]
        reasons = _reasons(log.readlines(), [line["refusal"] for line in lines if "refusal" in line])
    told = [line for line in lines if "kind" in line]
    kinds = await _kinds(account, identifier, before)
    yield Resync(state, tuple(_with_verdict(kind, told) for kind in kinds), reasons)


def _with_verdict(kind: KindResult, told: Sequence[Mapping[str, Any]]) -> KindResult:
    """The result with what the resync itself said of the kind; Port knows it by its place in the mapping."""
    own = [each for each in told if kind.kind in (each["kind"], f"{each['kind']}-{each['index']}")]
    if not own:
        return kind
    return replace(
        kind,
        verdict=own[-1]["words"],
        doubts=tuple(own[-1]["doubts"]),
        overwritten=own[-1]["overwritten"],
    )


async def _started(variables: Mapping[str, str], log: IO[str]) -> asyncio.subprocess.Process:
    ocean = Path(sys.executable).with_name("ocean")
    once = {"OCEAN__EVENT_LISTENER": '{"type": "ONCE"}', "APPLICATION__PORT": "0"}
    return await asyncio.create_subprocess_exec(
        str(ocean),
        "sail",
        cwd=ROOT,
        env={**os.environ, **variables, **once, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def _reasons(lines: list[str], refusals: list[str]) -> str:
    errors = [line.removeprefix(_ERROR) for line in lines if line.startswith(_ERROR)]
    told = dict.fromkeys([*errors, *(f"{refusal}\n" for refusal in refusals)])
    return "".join(told or lines[-_LAST_LINES:])


async def _kinds(account: PortAccount, identifier: str, before: Document) -> tuple[KindResult, ...]:
    """Those of this resync; none as long as Port shows the one before."""
    if _state(await account.integration(identifier)) == before:
        return ()
    return tuple(KindResult.of(record) for record in await account.last_sync(identifier))


def _state(integration: Document | None) -> Document:
    state = (integration or {}).get("resyncState")
    return state if isinstance(state, dict) else {}


def is_over(kind: KindResult) -> bool:
    """Whether nothing more will become of a kind."""
    return kind.state in _OVER
