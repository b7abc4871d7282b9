"""A resync that is ended from outside, by the program that does it any number of times."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import trusting_few

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
ROUNDS = 3


@pytest.mark.parametrize("options", [[], ["--dsp"], ["--max-shrink"]], ids=["as it is", "dsp", "max_shrink"])
def test_resync_after_one_that_was_killed_leaves_exactly_the_right_catalog(options: list[str]) -> None:
    """SIGTERM or SIGKILL at moments that a seed tells; nothing is wrongly deleted meanwhile."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.kill_rounds", "--rounds", str(ROUNDS), "--seed", "7", *options],
        cwd=ROOT,
        env=os.environ | trusting_few(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("exact after the next resync") == ROUNDS
    assert done.stdout.splitlines()[-1] == f"{ROUNDS} rounds, 0 wrong"
