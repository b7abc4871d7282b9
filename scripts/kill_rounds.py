"""Kill a resync at a random time, repeatedly, and check that the next resync repairs the catalog.

In each round the API's data changes, and `ocean sail` starts and is ended by SIGTERM or SIGKILL at a random
time. No entity may then be missing that the API still has. Then `ocean sail` runs to its end. The catalog
must then match the API exactly. Run it from the project's folder. The exit code is 1 if a round fails.

--dsp: Port maps and deletes. The catalog is computed from the raw items that Ocean sends.
--max-shrink: the API returns almost no items during the killed resync, and all of them again afterwards.
"""

import argparse
import random
import signal
import subprocess
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import httpx

from scripts.demo import server
from scripts.kill_catalogs import BLUEPRINT_OF_KIND, INSTALLATION, Catalog, DspCatalog
from scripts.ocean_sail import environment, ocean_sail

USERS = 60
_MAX_DELETED = 10
_USERS_IF_SHRUNK = 3
_LATENCY_S = 0.05
_START_TIMEOUT_S = 60.0
_RUN_TIMEOUT_S = 120.0
_POLL_INTERVAL_S = 0.01
# Some kill times exceed the measured duration of a resync, and leave it complete.
_DURATION_FACTOR = 1.1


@dataclass(frozen=True)
class Round:
    """The result of one round.

    signal, seconds: what ended the resync, and when. state: the catalog after that, as text.
    wrong: the identifiers that were wrongly deleted, or that differ from the API after the next resync.
    """

    signal: str
    seconds: float
    state: str
    wrong: list[str]


class UsersApi:
    """The sample API with users that change from round to round."""

    def __init__(self, client: httpx.Client, source: random.Random) -> None:
        self._client = client
        self._random = source
        self._first = 0
        self._version = 0
        client.post("/_control/latency", json={"seconds": _LATENCY_S}).raise_for_status()

    @property
    def url(self) -> str:
        """The base URL of the listing."""
        return f"{self._client.base_url}/none/cursor"

    def change(self) -> None:
        """Rename all users, delete some of the first and add as many at the end."""
        self._version += 1
        self._first += self._random.randint(1, _MAX_DELETED)
        self.show(USERS)

    def show(self, count: int) -> None:
        """Set the number of users that the API returns."""
        users = [
            {"id": number, "name": f"round {self._version}", "manager_id": self._first}
            for number in range(self._first, self._first + count)
        ]
        self._client.post("/_control/data", json={"users": users}).raise_for_status()

    def expected_names(self) -> dict[str, str]:
        """Return the catalog that matches the API: names by `blueprint/identifier`."""
        numbers = range(self._first, self._first + USERS)
        return {
            f"{blueprint}/{number}": f"round {self._version}"
            for blueprint in BLUEPRINT_OF_KIND.values()
            for number in numbers
        }

    def wait_for_request(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the API receives a request, or until the process ends."""
        before = self._request_count()
        deadline = time.monotonic() + _START_TIMEOUT_S
        while self._request_count() == before and process.poll() is None:
            if time.monotonic() > deadline:
                raise SystemExit("`ocean sail` does not read the API")
            time.sleep(_POLL_INTERVAL_S)

    def _request_count(self) -> int:
        count: int = self._client.get("/_control/stats").raise_for_status().json()["requests"]
        return count


class Rounds:
    """Resyncs between a sample API and Port's sandbox, some of which are killed.

    shrinks: the API returns almost no items while a resync is killed.
    """

    def __init__(
        self, port_url: str, catalog: Catalog, api: UsersApi, source: random.Random, *, shrinks: bool
    ) -> None:
        self._catalog = catalog
        self._api = api
        self._random = source
        self._shrinks = shrinks
        settings = {"BASE_URL": api.url, "PAGINATION_TYPE": "cursor", "PAGE_SIZE": "10"}
        environ = environment(port_url, INSTALLATION, settings)
        self._environment = environ | {"OCEAN__PROCESSING_MODE": catalog.mode}
        self._duration_s = 0.0

    def measure(self) -> None:
        """Measure the duration of a complete resync."""
        self._api.change()
        with self._sail() as process:
            self._api.wait_for_request(process)
            start = time.monotonic()
            process.wait(timeout=_RUN_TIMEOUT_S)
            self._duration_s = time.monotonic() - start
        if self._catalog.names() != self._api.expected_names():
            raise SystemExit("the catalog is wrong after a resync that was not killed")

    def run(self) -> Round:
        """Run one round."""
        before = self._catalog.names()
        self._api.change()
        if self._shrinks:
            self._api.show(_USERS_IF_SHRUNK)
        number = self._random.choice((signal.SIGTERM, signal.SIGKILL))
        seconds = self._random.uniform(0, _DURATION_FACTOR * self._duration_s)
        self._kill_resync(number, seconds)
        if self._shrinks:
            self._api.show(USERS)
        killed, expected = self._catalog.names(), self._api.expected_names()
        wrong = [key for key in before.keys() & expected.keys() if key not in killed]
        with self._sail() as process:
            process.wait(timeout=_RUN_TIMEOUT_S)
        final = self._catalog.names()
        wrong += [key for key in final.keys() | expected.keys() if final.get(key) != expected.get(key)]
        right = sum(killed.get(key) == name for key, name in expected.items())
        state = f"{right} of {len(expected)} right, {len(killed.keys() - expected.keys())} to delete"
        return Round(number.name, seconds, state, wrong)

    def _kill_resync(self, number: signal.Signals, seconds: float) -> None:
        with self._sail() as process:
            self._api.wait_for_request(process)
            try:
                process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(number)
                process.wait(timeout=_RUN_TIMEOUT_S)

    def _sail(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return ocean_sail(self._environment)


def main() -> None:
    """Print a line for each round."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="the same seed repeats the same rounds")
    variant = parser.add_mutually_exclusive_group()
    variant.add_argument("--dsp", dest="catalog", action="store_const", const=DspCatalog, default=Catalog)
    variant.add_argument("--max-shrink", dest="shrinks", action="store_true")
    options = parser.parse_args()
    source = random.Random(options.seed)
    with ExitStack() as stack:
        port_url = stack.enter_context(server("sandbox.port_api")).rstrip(";")
        api_url = stack.enter_context(server("sandbox.sample_api")).rstrip(";")
        port = stack.enter_context(httpx.Client(base_url=port_url, timeout=30))
        api = UsersApi(stack.enter_context(httpx.Client(base_url=api_url, timeout=30)), source)
        catalog: Catalog = options.catalog(port)
        catalog.install()
        rounds = Rounds(port_url, catalog, api, source, shrinks=options.shrinks)
        rounds.measure()
        failed = 0
        for number in range(1, options.rounds + 1):
            result = rounds.run()
            failed += bool(result.wrong)
            verdict = f"wrong: {result.wrong}" if result.wrong else "exact after the next resync"
            line = f"{number:3} {result.signal} after {result.seconds:.2f} s: {result.state}; {verdict}"
            print(line, flush=True)
    print(f"{options.rounds} rounds, {failed} wrong")
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
