"""A resync is killed: the catalog keeps the API's items, and the next resync repairs the rest.

Each test covers both signals. `python -m scripts.kill_rounds` runs any number of rounds.
"""

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.kill_catalogs import Catalog, DspCatalog
from scripts.kill_rounds import Rounds, UsersApi
from tests.servers import trusting_few

pytestmark = [pytest.mark.process, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


def test_the_next_resync_after_a_kill_repairs_the_catalog_exactly() -> None:
    """SIGKILL and SIGTERM, on the command line. Nothing is wrongly deleted in between."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.kill_rounds", "--rounds", "2", "--seed", "10"],
        cwd=ROOT,
        env=os.environ | trusting_few(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["SIGKILL", "SIGTERM"]
    assert done.stdout.count("exact after the next resync") == 2
    assert lines[-1] == "2 rounds, 0 wrong"


@pytest.fixture
def port_of_any_mode(port: Any) -> Any:
    """Return the sandbox and restore processing by Ocean. A sandbox reset keeps this setting."""
    yield port
    port.http.patch("/_sandbox/settings", json={"processing": "ocean"}).raise_for_status()


@pytest.mark.parametrize(
    ("variant", "seed", "signals"), [("dsp", 10, ["SIGKILL", "SIGTERM"]), ("max_shrink", 13, ["SIGTERM"])]
)
def test_the_next_resync_repairs_dsp_mode_and_a_shrunken_api(
    variant: str,
    seed: int,
    signals: list[str],
    port_of_any_mode: Any,
    sample: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In DSP mode, and with an API that seems to have lost nearly all of its items."""
    for name, value in trusting_few().items():
        monkeypatch.setenv(name, value)
    source = random.Random(seed)
    catalog = (DspCatalog if variant == "dsp" else Catalog)(port_of_any_mode.http)
    catalog.install()
    users, url = UsersApi(sample, source), str(port_of_any_mode.http.base_url)
    rounds = Rounds(url, catalog, users, source, shrinks=variant == "max_shrink")
    rounds.measure()
    done = [rounds.run() for _ in signals]
    assert [(each.signal, each.wrong) for each in done] == [(signal, []) for signal in signals]
