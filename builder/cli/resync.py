"""A resync with Ocean, observed through Port's sync metrics."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.guarded_process import ProcessLog, guarded_process
from builder.port_account import Document, PortAccount

_POLL_INTERVAL_S = 0.5
# The variable with the path of the file that ocean_adapter/verdict_report.py writes.
_VERDICTS_FILE = "OCEAN_CUSTOM_VERDICTS_FILE"
_LISTENER_KEYS = "OCEAN__EVENT_LISTENER__"
_MAX_LOG_LINES = 25
_OCEAN_SAIL = (str(Path(sys.executable).with_name("ocean")), "sail")
_ONCE = {"OCEAN__EVENT_LISTENER": '{"type": "ONCE"}', "APPLICATION__PORT": "0"}
_FINAL_STATES = frozenset({"completed", "failed", "aborted"})


@dataclass(frozen=True, slots=True)
class KindResult:
    """The result of one kind, as reported to Port. verdict: why it counts as complete, or its doubts.

    overwritten: the number of entities with a duplicate identifier.
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
        """Read an entry of Port's sync metrics."""
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

    @property
    def is_final(self) -> bool:
        """Whether the kind has ended."""
        return self.state in _FINAL_STATES


@dataclass(frozen=True, slots=True)
class Resync:
    """A resync. state: as in Port. reasons: its errors, or else the end of Ocean's log."""

    state: str
    kinds: tuple[KindResult, ...]
    reasons: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the resync and all of its kinds completed."""
        return self.state == "completed" and all(kind.state == "completed" for kind in self.kinds)


async def run_resync(
    account: PortAccount, identifier: str, variables: Mapping[str, str], log: ProcessLog | None = None
) -> AsyncGenerator[Resync]:
    """Run `ocean sail` once. Yields the state so far at intervals, and finally the whole result.

    variables: the whole environment of the process. log: receives its output.
    """
    output = ProcessLog() if log is None else log
    before = _state(await account.integration(identifier))
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as verdicts:
        environ = {**_without_listener(variables), **_ONCE, _VERDICTS_FILE: verdicts.name}
        async with guarded_process(_OCEAN_SAIL, environ, output) as process:
            while process.returncode is None:
                try:
                    await asyncio.wait_for(process.wait(), _POLL_INTERVAL_S)
                except TimeoutError:
                    yield Resync("running", await _kinds(account, identifier, before))
        after = _state(await account.integration(identifier))
        state = after.get("status", "not started") if after != before else "not started"
        lines = [json.loads(line) for line in verdicts]
    reasons = _reasons(output, [line["refusal"] for line in lines if "refusal" in line])
    reported = [line for line in lines if "kind" in line]
    kinds = await _kinds(account, identifier, before)
    yield Resync(state, tuple(_with_verdict(kind, reported) for kind in kinds), reasons)


def _without_listener(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those of the event listener's keys. For Ocean, they win over the whole."""
    return {name: value for name, value in variables.items() if not name.upper().startswith(_LISTENER_KEYS)}


def _with_verdict(kind: KindResult, reported: Sequence[Mapping[str, Any]]) -> KindResult:
    """Add what the integration reported. Port may name a kind with its index in the mapping."""
    own = [each for each in reported if kind.kind in (each["kind"], f"{each['kind']}-{each['index']}")]
    if not own:
        return kind
    return replace(
        kind,
        verdict=own[-1]["words"],
        doubts=tuple(own[-1]["doubts"]),
        overwritten=own[-1]["overwritten"],
    )


def _reasons(log: ProcessLog, refusals: Sequence[str]) -> str:
    reasons = dict.fromkeys([*log.errors, *refusals])
    return "".join(f"{reason}\n" for reason in reasons or log.last(_MAX_LOG_LINES))


async def _kinds(account: PortAccount, identifier: str, before: Document) -> tuple[KindResult, ...]:
    """Return the kinds of this resync, () while Port still shows the previous one."""
    if _state(await account.integration(identifier)) == before:
        return ()
    return tuple(KindResult.of(record) for record in await account.last_sync(identifier))


def _state(integration: Document | None) -> Document:
    state = (integration or {}).get("resyncState")
    return state if isinstance(state, dict) else {}
