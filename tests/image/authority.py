"""A private certificate authority that Python 3.13's strict checks accept (RFC 5280 §4.2.1.3)."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_HOUR = timedelta(hours=1)
_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """A certificate authority. pem: the certificate that clients must trust."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        own = self._drafted("Made-up company", self._key.public_key())
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        own = own.add_extension(_SIGNS_CERTIFICATES, critical=True)
        self.pem = _pem(own.sign(self._key, hashes.SHA256()))

    def server_context(self, folder: Path) -> ssl.SSLContext:
        """Return the TLS context of a server at 127.0.0.1. folder: for its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        drafted = self._drafted("server", key.public_key()).add_extension(name, critical=False)
        certificate = drafted.add_extension(issuer, critical=False).sign(self._key, hashes.SHA256())
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = folder / "server.pem"
        file.write_text(secret.decode() + _pem(certificate), encoding="ascii")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _drafted(self, name: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        now = datetime.now(UTC)
        drafted = x509.CertificateBuilder(named("Made-up company"), named(name), key)
        drafted = drafted.serial_number(x509.random_serial_number())
        drafted = drafted.not_valid_before(now - _HOUR).not_valid_after(now + _HOUR)
        return drafted.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
