"""Bodies that would fill the memory end in an error. Peak memory is measured from outside."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.faults.reader import Reader

pytestmark = pytest.mark.process

MOST_MIB = 300

type Read = Callable[..., tuple[str, float]]


@pytest.fixture
def read(reader: Reader, rude_api: httpx.Client) -> Read:
    """Return a function that reads a listing with a fault. It returns the outcome and the peak memory in MiB.

    login: the fault of the response of a login before.
    """

    def read_listing(fault: str, login: str = "") -> tuple[str, float]:
        config: dict[str, Any] = {"base_url": str(rude_api.base_url)}
        if login:
            token = {"token_url": f"/none/{login}@0/alone/items"}
            config |= {"auth_type": "oauth2", "client_id": "amy", "client_secret": "made-up", **token}
        found = reader.read(config, f"/none/{fault}@0/alone/items=.items")
        return found["ended"][0], found["peak_mib"]

    return read_listing


def test_an_ordinary_listing_needs_little_memory(read: Read) -> None:
    """The baseline of the other tests."""
    outcome, peak_mib = read("right")
    assert outcome.endswith(" items")
    assert 0 < peak_mib < 100


@pytest.mark.parametrize("fault", ["huge_body", "gzip_bomb"])
def test_body_of_gigabytes_is_an_error_within_the_memory_limit(fault: str, read: Read) -> None:
    """2 GB uncompressed, or a few MB compressed. Neither is read to its end."""
    outcome, peak_mib = read(fault)
    assert "the body is larger than 1024 MiB. Request pages" in outcome
    assert peak_mib < MOST_MIB


@pytest.mark.parametrize("fault", ["brotli_bomb", "stacked_bomb"])
def test_brotli_bomb_and_nested_bomb_stay_within_the_memory_limit(fault: str, read: Read) -> None:
    """A read of 64 KiB holds 700 MiB or many GiB. Nested compression was never requested."""
    outcome, peak_mib = read(fault)
    assert re.search("the body is larger than 1024 MiB|Content-Encoding", outcome)
    assert peak_mib < MOST_MIB


@pytest.mark.parametrize("fault", ["huge_body", "gzip_bomb", "brotli_bomb"])
def test_login_response_of_gigabytes_stays_within_the_memory_limit(fault: str, read: Read) -> None:
    """A login's response is read whole, so it is limited to 1 MiB decompressed."""
    outcome, peak_mib = read("right", login=fault)
    assert "the login: the response is larger than 1 MiB. Check the credentials" in outcome
    assert peak_mib < MOST_MIB / 2


@pytest.mark.parametrize("fault", ["huge_body_401", "gzip_bomb_401"])
def test_401_of_gigabytes_before_a_second_login_stays_within_the_memory_limit(fault: str, read: Read) -> None:
    """Only the start of an error body is read and shown."""
    outcome, peak_mib = read(fault, login="token")
    assert "status 401 Unauthorized" in outcome
    assert peak_mib < MOST_MIB / 2
