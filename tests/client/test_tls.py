"""TLS with the certificates of the settings, against real servers on loopback."""

import os
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from loguru import logger

from client import RateGate, UrlPolicy, tls_rules
from client.tls import CertificateContext
from configuration.certificates import Certificates
from configuration.settings import Settings
from http_client import HttpClient
from rest.errors import RefusedError, RequestError, SettingsError
from rest.origin import Origin
from rest.request import Request
from tests.client.fake_api import AT_ONCE
from tests.loopback_server import Request as Received
from tests.loopback_server import Response, serving
from tests.tls_authority import Authority, Issued

SERVERS, CLIENTS = Authority("Made-up servers"), Authority("Made-up clients")
CLIENT = CLIENTS.issue("client")
CERTIFICATES = Certificates(CLIENT.certificate, CLIENT.key, "", SERVERS.pem)


pytestmark = pytest.mark.process
# Whether the alert arrives before the connection is closed is up to the network.
REFUSED = (httpx.NetworkError, httpx.RemoteProtocolError, ssl.SSLError)


def answer(_: Received) -> Response:
    return Response([1])


@pytest.fixture
def strict() -> Iterator[str]:
    """Start a server that requires a client certificate."""
    with serving(answer, SERVERS.server(clients=CLIENTS)) as url:
        yield url


async def read(
    url: str, certificates: Certificates, *hosts: str, verify: bool | ssl.SSLContext = True
) -> object:
    """Read a URL. hosts: the URLs that see the client certificate. Default: this one."""
    origins = [Origin.of(each) for each in hosts or [url]]
    tls = CertificateContext(certificates, frozenset(each.host for each in origins), verify=verify)
    async with httpx.AsyncClient(verify=tls) as http:
        urls = UrlPolicy(Origin.of(url), frozenset({Origin.of(url)}))
        # The server may close the connection before its alert arrives, which is retried.
        client = HttpClient(http, RateGate(1), replace(AT_ONCE, max_retries=20), urls)
        return (await client.send(Request("GET", f"{url}/a"))).body


@pytest.mark.parametrize("verify", [True, False, ssl.create_default_context()], ids=["yes", "no", "context"])
async def test_client_certificate_is_presented(strict: str, verify: bool | ssl.SSLContext) -> None:  # noqa: FBT001
    assert await read(strict, CERTIFICATES, verify=verify) == [1]


async def test_key_can_be_encrypted_or_part_of_the_certificate(strict: str) -> None:
    encrypted = CLIENT.encrypted_key("made-up")
    for key, password, text in (
        (encrypted, "made-up", CLIENT.certificate),
        ("", "", CLIENT.key + CLIENT.certificate),
        ("", "made-up", CLIENT.certificate + encrypted),
    ):
        assert await read(strict, Certificates(text, key, password, SERVERS.pem)) == [1]


async def test_authority_is_trusted_besides_others() -> None:
    with serving(answer, SERVERS.server()) as url:
        assert await read(url, Certificates(authority=SERVERS.pem + CLIENTS.pem)) == [1]
        with pytest.raises(RefusedError) as caught:
            await read(url, Certificates(authority=CLIENTS.pem))
    assert "the API's certificate is not trusted" in str(caught.value)
    assert "Set caCertificate to the certificate of your CA" in caught.value.hint


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
@pytest.mark.parametrize("sent", ["none", "of another authority"])
async def test_certificate_that_the_api_misses_is_an_error(version: ssl.TLSVersion, sent: str) -> None:
    other = Authority("Made-up others").issue("client")
    certificates = Certificates(authority=SERVERS.pem)
    if sent != "none":
        certificates = replace(certificates, certificate=other.certificate, key=other.key)
    server = SERVERS.server(clients=CLIENTS, version=version)
    with serving(answer, server) as url, pytest.raises(RequestError) as caught:
        await read(url, certificates)
    if (sent, version) == ("none", ssl.TLSVersion.TLSv1_2):  # other reasons have the same alert
        assert "the TLS handshake fails (" in str(caught.value)
        assert "requires a client certificate, set clientCertificate and clientKey" in caught.value.hint
        return
    assert "the API does not accept the TLS client certificate, or the lack of one (" in str(caught.value)
    assert caught.value.hint == "Set clientCertificate and clientKey to a certificate that the API accepts"


async def test_other_hosts_do_not_see_the_client_certificate(strict: str) -> None:
    """Not a redirect to followOrigins, and not a proxy."""
    with pytest.raises(RefusedError, match="does not accept the TLS client certificate"):
        await read(strict, CERTIFICATES, "https://api.example.com")
    assert await read(strict.replace("127.0.0.1", "localhost"), CERTIFICATES, "https://LOCALHOST") == [1]


def _write(folder: Path, issued: Issued) -> None:
    """Replace the files as Kubernetes does."""
    for name, text in (("tls.crt", issued.certificate), ("tls.key", issued.key)):
        Path(folder, f"new.{name}").write_text(text)
        os.replace(folder / f"new.{name}", folder / name)


async def test_changed_files_are_read_for_new_connections(strict: str, tmp_path: Path) -> None:
    _write(tmp_path, Authority().issue("client"))
    certificates = Certificates(str(tmp_path / "tls.crt"), str(tmp_path / "tls.key"), "", SERVERS.pem)
    tls = CertificateContext(certificates, frozenset(["127.0.0.1"]), verify=True)
    logged: list[str] = []
    sink = logger.add(logged.append, format="{message}")
    limits = httpx.Limits(max_keepalive_connections=0)
    with ExitStack() as stack:
        stack.callback(logger.remove, sink)
        async with httpx.AsyncClient(verify=tls, limits=limits) as http:
            with pytest.raises(REFUSED):
                await http.get(strict)
            _write(tmp_path, CLIENT)
            assert (await http.get(strict)).json() == [1]
            (tmp_path / "tls.key").write_text("half a file")
            assert (await http.get(strict)).json() == [1]
            assert (await http.get(strict)).json() == [1]  # without a second warning
            (tmp_path / "tls.key").write_text(Authority().issue("other").key)
            assert (await http.get(strict)).json() == [1]
    start = "The certificates have changed, but cannot be loaded: "
    assert [line.strip() for line in logged] == [
        f"{start}clientKey: is not a PEM file, which begins with -----BEGIN",
        f"{start}clientCertificate: cannot be loaded (KEY_VALUES_MISMATCH)",
    ]


async def test_hosts_of_the_settings_see_the_client_certificate(strict: str) -> None:
    """Those of baseUrl, tokenUrl and trustedOrigins."""
    config = {
        "auth_type": "oauth2",
        "token_url": strict.replace("127.0.0.1", "LocalHost"),
        "client_id": "amy",
        "client_secret": "made-up",
        "client_certificate": CLIENT.certificate,
        "client_key": CLIENT.key,
        "ca_certificate": SERVERS.pem,
    }
    token = Settings.from_config({"base_url": "https://api.example.com", **config}, {})
    other = Settings.from_config(
        {"base_url": "https://x.io", **config, "token_url": "/token", "trusted_origins": ["https://y.io"]}, {}
    )
    async with httpx.AsyncClient(verify=tls_rules(token)) as http:
        assert (await http.get(strict.replace("127.0.0.1", "localhost"))).json() == [1]
    async with httpx.AsyncClient(verify=tls_rules(other)) as http:
        with pytest.raises(REFUSED):
            await http.get(strict)


def test_without_certificates_nothing_changes() -> None:
    context = ssl.create_default_context()
    settings = Settings.from_config({"base_url": "https://x.io", "verify_ssl": False}, {})
    assert tls_rules(settings, verify=context) is context
    assert tls_rules(settings) is False


@pytest.mark.parametrize(
    ("certificates", "message"),
    [
        (
            Certificates(authority="-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"),
            "caCertificate: cannot be loaded",
        ),
        (Certificates(CLIENT.certificate, CLIENT.encrypted_key("x")), "clientCertificate: cannot be loaded"),
        (Certificates("/nowhere.pem", CLIENT.key), "clientCertificate: the file /nowhere.pem cannot be read"),
    ],
)
def test_certificates_that_cannot_be_loaded_are_named(certificates: Certificates, message: str) -> None:
    """OpenSSL does not ask for a password on the terminal."""
    with pytest.raises(SettingsError, match=message):
        CertificateContext(certificates, frozenset(), verify=True)
