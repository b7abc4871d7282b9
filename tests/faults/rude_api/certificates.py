"""Certificates that no client should accept, and the authority that signed two of them."""

import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)
_HERE = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
_ELSEWHERE = x509.SubjectAlternativeName([x509.DNSName("elsewhere.example")])


@dataclass(frozen=True, slots=True)
class _Holder:
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @classmethod
    def of(cls, name: str) -> "_Holder":
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return cls(ec.generate_private_key(ec.SECP256R1()), named)


class Certificates:
    """The certificate of each TLS server. authority: PEM of the authority that a client can trust."""

    def __init__(self) -> None:
        signer = _Holder.of("Made-up authority")
        is_authority = x509.BasicConstraints(ca=True, path_length=0)
        self.authority = _pem(_signed(signer, signer, is_authority, timedelta()))
        server, own = _Holder.of("server"), _Holder.of("self")
        self.contexts: Mapping[str, ssl.SSLContext] = {
            "good_certificate": _context(server, _signed(server, signer, _HERE, timedelta())),
            "wrong_name": _context(server, _signed(server, signer, _ELSEWHERE, timedelta())),
            "expired": _context(server, _signed(server, signer, _HERE, -3 * _DAY)),
            "self_signed": _context(own, _signed(own, own, _HERE, timedelta())),
        }


def _signed(
    holder: _Holder, signer: _Holder, extension: x509.ExtensionType, age: timedelta
) -> x509.Certificate:
    """Return a certificate that is valid for a day before and after `age` from now."""
    now = datetime.now(UTC) + age
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(holder.name)
        .issuer_name(signer.name)
        .public_key(holder.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(holder.key.public_key()), critical=False)
        .add_extension(key_id, critical=False)
    )
    return builder.sign(signer.key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _context(holder: _Holder, certificate: x509.Certificate) -> ssl.SSLContext:
    key = holder.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "chain.pem"
        file.write_bytes(key + _pem(certificate).encode())
        context.load_cert_chain(file)
    return context
