"""TLS with the certificates of the settings: a client certificate, and an authority besides the system's."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO

import httpx
from loguru import logger

from configuration.certificates import Certificates
from configuration.pem import PemTexts
from configuration.settings import Settings
from rest.errors import Mistake, SettingsError
from rest.origin import Origin


@dataclass(frozen=True, slots=True)
class _Contexts:
    """own: with the client certificate. others: without it. stamp: of the files that they are from."""

    own: ssl.SSLContext
    others: ssl.SSLContext
    stamp: object


class CertificateContext(ssl.SSLContext):
    """A TLS context that shows the client certificate to some hosts only.

    Files that have changed are read again for new connections.
    Raises SettingsError: the certificates cannot be loaded.
    """

    def __new__(cls, *_: object, **__: object) -> "CertificateContext":
        """Return a context whose own settings are not used."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(
        self, certificates: Certificates, hosts: frozenset[str], *, verify: bool | ssl.SSLContext
    ) -> None:
        self._certificates = certificates
        self._hosts = hosts
        self._verify = verify
        self._protocols: list[str] = []
        self._failed_stamp: object = None
        self._contexts = self._loaded()

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Set the protocols to offer."""
        self._protocols = list(alpn_protocols)
        for context in (self._contexts.own, self._contexts.others):
            context.set_alpn_protocols(self._protocols)

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002 - the signature of the base class
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Begin a connection, with the client certificate if the host may see it."""
        self._refresh()
        host = server_hostname.decode() if isinstance(server_hostname, bytes) else server_hostname or ""
        is_own = Origin.at("https", host, None).host in self._hosts
        context = self._contexts.own if is_own else self._contexts.others
        return context.wrap_bio(incoming, outgoing, server_side, server_hostname, session)

    def _refresh(self) -> None:
        stamp = self._certificates.stamp()
        if stamp in (self._contexts.stamp, self._failed_stamp):
            return
        try:
            self._contexts = self._loaded()
        except SettingsError as error:  # the files are being replaced
            self._failed_stamp = stamp
            logger.warning("The certificates have changed, but cannot be loaded: {}", error)

    def _loaded(self) -> _Contexts:
        stamp, texts = self._certificates.stamp(), self._certificates.read()
        own, others = self._context(texts), self._context(texts)
        if texts.certificate:
            _present(own, texts, self._certificates.key_password)
        return _Contexts(own, others, stamp)

    def _context(self, texts: PemTexts) -> ssl.SSLContext:
        """Return a context that trusts the authority too."""
        if isinstance(self._verify, bool):
            context = httpx.create_ssl_context(verify=self._verify)
        else:
            context = ssl.create_default_context()
            context.verify_flags = self._verify.verify_flags
        if texts.authority:
            with _mistake("caCertificate"):
                context.load_verify_locations(cadata=texts.authority)
        if self._protocols:
            context.set_alpn_protocols(self._protocols)
        return context


def tls_rules(settings: Settings, *, verify: bool | ssl.SSLContext | None = None) -> bool | ssl.SSLContext:
    """Return httpx's `verify` argument for verifySsl and the certificates of the settings.

    verify: in place of verifySsl. If there are certificates, only the flags of a context are used.
    """
    rules = settings.verify_ssl if verify is None else verify
    if not settings.certificates:
        return rules
    hosts = frozenset(origin.host for origin in settings.credential_origins)
    return CertificateContext(settings.certificates, hosts, verify=rules)


def _present(context: ssl.SSLContext, texts: PemTexts, password: str) -> None:
    """Add the client certificate to a context. OpenSSL only reads files, so these have no name."""
    with TemporaryFile() as certificate, TemporaryFile() as key, _mistake("clientCertificate"):
        # Without a password, OpenSSL would ask for it on the terminal.
        context.load_cert_chain(_path(certificate, texts.certificate), _path(key, texts.key), password)


def _path(file: BinaryIO, text: str) -> str:
    file.write(text.encode())
    file.flush()
    file.seek(0)  # some systems open the same descriptor again
    return f"/dev/fd/{file.fileno()}"


@contextmanager
def _mistake(setting: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as error:
        raise SettingsError([Mistake(setting, f"cannot be loaded ({error.reason or error})")]) from None
