"""An authority for tests: it issues certificates for loopback servers and for their clients."""

import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)
_LOOPBACK = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key, both as PEM."""

    certificate: str
    key: str

    def encrypted_key(self, password: str) -> str:
        """Return the key, encrypted."""
        key = load_pem_private_key(self.key.encode(), None)
        encryption = BestAvailableEncryption(password.encode())
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


class Authority:
    """An authority with a key of its own. pem: its certificate."""

    def __init__(self, name: str = "Made-up authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self.pem = self._issued(
            self._name, self._key, x509.BasicConstraints(ca=True, path_length=0), timedelta()
        )

    def issue(self, name: str, age: timedelta = timedelta()) -> Issued:
        """Issue a certificate that is valid for a day before and after `age` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._issued(_named(name), key, _LOOPBACK, age)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return Issued(certificate, pem)

    def server(
        self, *, clients: "Authority | None" = None, version: ssl.TLSVersion | None = None
    ) -> ssl.SSLContext:
        """Return the TLS context of a server. clients: the authority that clients need a certificate of."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own = self.issue("server")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "server.pem")
            file.write_text(own.key + own.certificate)
            context.load_cert_chain(file)
        if version:
            context.maximum_version = version
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=clients.pem)
        return context

    def _issued(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType, age: timedelta
    ) -> str:
        now = datetime.now(UTC) + age
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
