"""Bodies that are meant to fill the memory: an error, and a bound that holds, seen from outside."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
MOST_MIB = 300


def read_alone(api: httpx.Client, fault: str, login: str = "") -> dict[str, Any]:
    """login: what is wrong with the answer of the login that comes first."""
    paths = [f"/none/{name}@0/alone/items" for name in (fault, login) if name]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.read_alone", str(api.base_url), *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_process_that_reads_what_is_right_stays_small(rude_api: httpx.Client) -> None:
    """What the other tests are measured by."""
    read = read_alone(rude_api, "right")
    assert read["error"] == ""
    assert 0 < read["peak_mib"] < 100


@pytest.mark.parametrize("fault", ["huge_body", "gzip_bomb"])
def test_body_of_gigabytes_ends_in_an_error_within_bounds(fault: str, rude_api: httpx.Client) -> None:
    """2 GB as they are, or a few MB on the wire that become as many: neither is read to its end."""
    read = read_alone(rude_api, fault)
    assert "the body is larger than 1024 MiB. Request pages" in read["error"]
    assert read["peak_mib"] < MOST_MIB


@pytest.mark.parametrize("fault", ["brotli_bomb", "stacked_bomb"])
def test_bomb_that_is_packed_better_or_twice_stays_within_bounds(fault: str, rude_api: httpx.Client) -> None:
    """One read of 64 KiB holds 700 MiB, or many GiB. What is packed twice, nobody asked for."""
    read = read_alone(rude_api, fault)
    assert re.search("the body is larger than 1024 MiB|Content-Encoding", read["error"])
    assert read["peak_mib"] < MOST_MIB


@pytest.mark.parametrize("fault", ["huge_body", "gzip_bomb", "brotli_bomb"])
def test_login_that_answers_with_gigabytes_stays_within_bounds(fault: str, rude_api: httpx.Client) -> None:
    """Its answer is read whole, so it may not be large: 1 MiB, unpacked."""
    read = read_alone(rude_api, "right", login=fault)
    assert "the login: the response is larger than 1 MiB. Check the credentials" in read["error"]
    assert read["peak_mib"] < MOST_MIB / 2


@pytest.mark.parametrize("fault", ["huge_body_401", "gzip_bomb_401"])
def test_refusal_of_gigabytes_before_a_second_login_stays_within_bounds(
    fault: str, rude_api: httpx.Client
) -> None:
    """What a 401 says is cut: only its start is ever shown."""
    read = read_alone(rude_api, fault, login="token")
    assert "status 401 Unauthorized" in read["error"]
    assert read["peak_mib"] < MOST_MIB / 2
