"""Bodies that would fill the memory end in an error. Peak memory is measured from outside."""

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
    """Read a listing in a separate process. login: the fault of the login's response."""
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


def test_an_ordinary_listing_needs_little_memory(rude_api: httpx.Client) -> None:
    """The baseline of the other tests."""
    read = read_alone(rude_api, "right")
    assert read["error"] == ""
    assert 0 < read["peak_mib"] < 100


@pytest.mark.parametrize("fault", ["huge_body", "gzip_bomb"])
def test_body_of_gigabytes_is_an_error_within_the_memory_limit(fault: str, rude_api: httpx.Client) -> None:
    """2 GB uncompressed, or a few MB compressed. Neither is read to its end."""
    read = read_alone(rude_api, fault)
    assert "the body is larger than 1024 MiB. Request pages" in read["error"]
    assert read["peak_mib"] < MOST_MIB


@pytest.mark.parametrize("fault", ["brotli_bomb", "stacked_bomb"])
def test_brotli_bomb_and_nested_bomb_stay_within_the_memory_limit(fault: str, rude_api: httpx.Client) -> None:
    """A read of 64 KiB holds 700 MiB or many GiB. Nested compression was never requested."""
    read = read_alone(rude_api, fault)
    assert re.search("the body is larger than 1024 MiB|Content-Encoding", read["error"])
    assert read["peak_mib"] < MOST_MIB


@pytest.mark.parametrize("fault", ["huge_body", "gzip_bomb", "brotli_bomb"])
def test_login_response_of_gigabytes_stays_within_the_memory_limit(
    fault: str, rude_api: httpx.Client
) -> None:
    """A login's response is read whole, so it is limited to 1 MiB decompressed."""
    read = read_alone(rude_api, "right", login=fault)
    assert "the login: the response is larger than 1 MiB. Check the credentials" in read["error"]
    assert read["peak_mib"] < MOST_MIB / 2


@pytest.mark.parametrize("fault", ["huge_body_401", "gzip_bomb_401"])
def test_401_of_gigabytes_before_a_second_login_stays_within_the_memory_limit(
    fault: str, rude_api: httpx.Client
) -> None:
    """Only the start of an error body is read and shown."""
    read = read_alone(rude_api, fault, login="token")
    assert "status 401 Unauthorized" in read["error"]
    assert read["peak_mib"] < MOST_MIB / 2
