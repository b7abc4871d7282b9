"""Kills a resync at a random moment, again and again: is the catalog right after the next one?

A round: what the API has changes; `ocean sail` starts and is ended by SIGTERM or SIGKILL at a moment of its
resync; nothing may be gone by then that the API still has. Then it starts again and ends by itself: now the
catalog is exactly what the API has. Run from the project's folder; exits 1 when a round goes wrong.

--dsp: the same where Port maps and deletes. The sandbox has no such processor, so the catalog is what Port
would make of the raw items: it writes all, and deletes from a kind only when Ocean says that it is finished.
--max-shrink: the API seems to have lost nearly all before a resync is ended, and has it again before the
next one.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override

import httpx

from scripts.demo import CREDENTIALS, ROOT, server

USERS = 60
# Each with entities of its own, so that some are loaded while others are still to be read.
KINDS = [f"/api/v1/users?kind={number}" for number in range(4)]
_MOST_GONE = 10
_LEFT = 3
_LATENCY_S = 0.05
_LONGEST_START_S = 60.0
_LONGEST_RUN_S = 120.0
_LOOK_S = 0.01
_INSTALLATION = "kill-rounds"
# After the last request to the API, Ocean still loads and deletes: so many times the whole as measured.
_BEYOND = 1.1

type Json = dict[str, Any]


@dataclass(frozen=True)
class Round:
    """signal: what ended the resync, after so many seconds of it.

    left: how much of the catalog was right by then.
    wrong: identifiers that were wrongly deleted by then, or are not as they should be after the next resync.
    """

    signal: str
    seconds: float
    left: str
    wrong: list[str]


class Rounds:
    """A sandbox, an API, and resyncs between them that are ended from outside."""

    mode = "ocean-core"

    def __init__(self, port: httpx.Client, api: httpx.Client, seed: int) -> None:
        self._port = port
        self._api = api
        self._random = random.Random(seed)
        self._first = 0
        self._number = 0
        self._seconds = 0.0
        self._blueprints = [f"user{number}" for number in range(len(KINDS))]
        self._prepare()

    def _prepare(self) -> None:
        # Without Ocean's own bound on how much one sync may delete.
        resources = [_resource(*each) for each in zip(KINDS, self._blueprints, strict=True)]
        mapping = {"entityDeletionThreshold": 1, "resources": resources}
        relations = {name: {"manager": name} for name in self._blueprints}
        made = self._port.post("/_sandbox/blueprints-for-mapping", json={**mapping, "relations": relations})
        made.raise_for_status()
        token = self._port.post("/v1/auth/access_token", json=CREDENTIALS).raise_for_status().json()
        integration = {
            "installationId": _INSTALLATION,
            "installationAppType": "custom",
            "version": "1.0.0",
            "changelogDestination": {},
            "config": mapping,
        }
        head = {"Authorization": f"Bearer {token['accessToken']}"}
        saved = self._port.post("/v1/integration?upsert=true", json=integration, headers=head)
        saved.raise_for_status()
        self._api.post("/_control/latency", json={"seconds": _LATENCY_S}).raise_for_status()

    def first(self) -> None:
        """A resync that nobody ends tells how long one takes."""
        self._change()
        with self._sailing() as process:
            self._until_it_reads(process)
            start = time.monotonic()
            process.wait(timeout=_LONGEST_RUN_S)
            self._seconds = time.monotonic() - start
        if self._found() != self._wanted():
            raise SystemExit("a resync that nobody ends does not give the right catalog")

    def run(self) -> Round:
        """One round."""
        before = self._found()
        self._change()
        self._lose()
        number = self._random.choice((signal.SIGTERM, signal.SIGKILL))
        seconds = self._random.uniform(0, _BEYOND * self._seconds)
        with self._sailing() as process:
            self._until_it_reads(process)
            try:
                process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(number)
                process.wait(timeout=_LONGEST_RUN_S)
        left = self._found()
        self._recover()
        wanted = self._wanted()
        wrong = [key for key in before.keys() & wanted.keys() if key not in left]
        right = sum(left.get(key) == name for key, name in wanted.items())
        with self._sailing() as process:
            process.wait(timeout=_LONGEST_RUN_S)
        found = self._found()
        wrong += [key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)]
        shown = f"{right} of {len(wanted)} right, {len(left.keys() - wanted.keys())} to delete"
        return Round(number.name, seconds, shown, wrong)

    def _change(self) -> None:
        """All have another name; some of the first are gone, and as many come last."""
        self._number += 1
        self._first += self._random.randint(1, _MOST_GONE)
        self._show(USERS)

    def _show(self, count: int) -> None:
        """The API has so many users from now on."""
        users = [
            {"id": number, "name": f"round {self._number}", "manager_id": self._first}
            for number in range(self._first, self._first + count)
        ]
        self._api.post("/_control/data", json={"users": users}).raise_for_status()

    def _lose(self) -> None:
        """Nothing: what the API has before a resync is ended is what it has."""

    def _recover(self) -> None:
        """Nothing was lost."""

    def _wanted(self) -> dict[str, str]:
        numbers = range(self._first, self._first + USERS)
        return {
            f"{name}/{number}": f"round {self._number}" for name in self._blueprints for number in numbers
        }

    def _found(self) -> dict[str, str]:
        """Names by blueprint and identifier."""
        found: list[Json] = self._port.get("/_sandbox/entities").raise_for_status().json()
        return {
            f"{entity['blueprint']}/{entity['identifier']}": entity["properties"].get("name")
            for entity in found
            if entity["blueprint"] in self._blueprints
        }

    def _until_it_reads(self, process: subprocess.Popen[bytes]) -> None:
        """Returns when the API has had a request since the last one it had."""
        before = self._requests()
        deadline = time.monotonic() + _LONGEST_START_S
        while self._requests() == before and process.poll() is None:
            if time.monotonic() > deadline:
                raise SystemExit("`ocean sail` does not read the API")
            time.sleep(_LOOK_S)

    def _requests(self) -> int:
        counted: int = self._api.get("/_control/stats").raise_for_status().json()["requests"]
        return counted

    @contextmanager
    def _sailing(self) -> Iterator[subprocess.Popen[bytes]]:
        """`ocean sail`; what is left of it, like its workers after a SIGKILL, is ended with it."""
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name("ocean")), "sail"],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield process
            finally:
                _end(process)

    def _environment(self) -> dict[str, str]:
        config = "OCEAN__INTEGRATION__CONFIG__"
        return {
            **os.environ,
            "OCEAN__PORT__BASE_URL": str(self._port.base_url),
            "OCEAN__PORT__CLIENT_ID": CREDENTIALS["clientId"],
            "OCEAN__PORT__CLIENT_SECRET": CREDENTIALS["clientSecret"],
            "OCEAN__INTEGRATION__IDENTIFIER": _INSTALLATION,
            "OCEAN__EVENT_LISTENER": '{"type": "ONCE"}',
            "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
            "OCEAN__PROCESSING_MODE": self.mode,
            "OCEAN__CACHING_STORAGE_MODE": "memory",
            "APPLICATION__PORT": "0",
            f"{config}BASE_URL": f"{self._api.base_url}/none/cursor",
            f"{config}PAGINATION_TYPE": "cursor",
            f"{config}PAGE_SIZE": "10",
        }


class ShrinkingRounds(Rounds):
    """Before each resync that is ended, nearly all that the API has is gone. Nothing may be deleted then."""

    @override
    def _lose(self) -> None:
        self._show(_LEFT)

    @override
    def _recover(self) -> None:
        self._show(USERS)


class DspRounds(Rounds):
    """Port maps and deletes. The catalog is what it would make of what Ocean tells."""

    mode = "dsp"

    def __init__(self, port: httpx.Client, api: httpx.Client, seed: int) -> None:
        self._catalog: dict[str, str] = {}
        port.patch("/_sandbox/settings", json={"processing": "dsp"}).raise_for_status()
        super().__init__(port, api, seed)

    @override
    def _found(self) -> dict[str, str]:
        asked = {"integration": _INSTALLATION}
        sync = self._port.get("/_sandbox/syncs", params=asked).raise_for_status().json()[0]
        event = sync["eventId"]
        batches = self._port.get("/_sandbox/raw", params={**asked, "event": event}).raise_for_status().json()
        finished = {kind["kind"] for kind in sync["kinds"] if kind["syncState"] == "completed"}
        for kind, blueprint in zip(KINDS, self._blueprints, strict=True):
            entries = [entry for batch in batches if batch["kind"] == kind for entry in batch["data"]]
            items = [item for entry in entries for item in entry["items"]]
            seen = {f"{blueprint}/{item['id']}": item["name"] for item in items}
            if kind in finished:
                kept = {
                    key: name for key, name in self._catalog.items() if key.partition("/")[0] != blueprint
                }
                self._catalog = kept
            self._catalog |= seen
        return dict(self._catalog)


def _resource(kind: str, blueprint: str) -> Json:
    mappings = {
        "identifier": ".id",
        "blueprint": f'"{blueprint}"',
        "properties": {"name": ".name"},
        "relations": {"manager": ".manager_id"},
    }
    return {
        "kind": kind,
        "selector": {"query": "true", "data_path": ".users"},
        "port": {"entity": {"mappings": mappings}},
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def main() -> None:
    """Prints a line for each round."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same rounds")
    parser.add_argument("--dsp", dest="rounds_of", action="store_const", const=DspRounds, default=Rounds)
    parser.add_argument("--max-shrink", dest="rounds_of", action="store_const", const=ShrinkingRounds)
    asked = parser.parse_args()
    with ExitStack() as stack:
        port_url = stack.enter_context(server("sandbox.port_api")).rstrip(";")
        api_url = stack.enter_context(server("sandbox.sample_api")).rstrip(";")
        port = stack.enter_context(httpx.Client(base_url=port_url, timeout=30))
        api = stack.enter_context(httpx.Client(base_url=api_url, timeout=30))
        rounds = asked.rounds_of(port, api, asked.seed)
        rounds.first()
        wrong = 0
        for number in range(1, asked.rounds + 1):
            done = rounds.run()
            wrong += bool(done.wrong)
            verdict = f"wrong: {done.wrong}" if done.wrong else "exact after the next resync"
            print(f"{number:3} {done.signal} after {done.seconds:.2f} s: {done.left}; {verdict}", flush=True)
    print(f"{asked.rounds} rounds, {wrong} wrong")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
