"""Servers with an invalid certificate receive no request, so no credential."""

import re
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Read = Callable[..., Awaitable[Any]]

STYLES = ("none", "offset", "page", "cursor", "next_link", "header_link", "auto")
# The expected error by the certificate's defect.
CERTIFICATES = {
    "wrong_name": "IP address mismatch",
    "expired": "certificate has expired",
    "self_signed": "self-signed certificate",
}
ITEMS = frozenset(range(120))


@pytest.fixture
def trusting(addresses: dict[str, str]) -> ssl.SSLContext:
    """Return a TLS context that trusts the rude API's authority."""
    return ssl.create_default_context(cadata=addresses["authority"])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("certificate", CERTIFICATES)
async def test_wrong_certificate_fails_the_listing(
    certificate: str,
    style: str,
    read: Read,
    endpoint: Any,
    addresses: dict[str, str],
    trusting: ssl.SSLContext,
    record_property: Callable[[str, object], None],
) -> None:
    reading = await read(endpoint(style, "right"), addresses[certificate], trusting, max_retries=3)
    record_property("cell", [f"certificate_{certificate}", style, reading.outcome(ITEMS)])
    assert reading.outcome(ITEMS) == "error"
    expected = f"the API's certificate is not trusted .*{CERTIFICATES[certificate]}.*verifySsl"
    assert re.search(expected, str(reading.error))


@pytest.mark.parametrize("style", STYLES)
async def test_private_authority_of_the_user_is_trusted(
    style: str, read: Read, endpoint: Any, addresses: dict[str, str], trusting: ssl.SSLContext
) -> None:
    reading = await read(endpoint(style, "right"), addresses["good_certificate"], trusting)
    assert reading.outcome(ITEMS) == "whole", reading


async def test_server_without_tls_receives_no_request(
    read: Read, endpoint: Any, addresses: dict[str, str]
) -> None:
    reading = await read(endpoint("page", "right"), addresses["http"].replace("http:", "https:"), timeout=0.5)
    assert reading.outcome(ITEMS) == "error"
    assert "ConnectTimeout" in str(reading.error)
