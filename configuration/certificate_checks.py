"""Checks of certificates and keys. Imported only where certificates are set: cryptography is large."""

from collections.abc import Iterator
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificates

from configuration.pem import PemTexts
from rest.errors import Mistake


def mistakes_in_pem(texts: PemTexts, password: str) -> Iterator[Mistake]:
    """Yield the mistakes in certificates and key."""
    if texts.authority and not _certificates(texts.authority):
        yield Mistake("caCertificate", "has no valid certificate")
    if not texts.certificate:
        return
    chain = _certificates(texts.certificate)
    if not chain:
        yield Mistake("clientCertificate", "has no valid certificate")
    try:
        key = _key(texts.key, password)
    except TypeError:
        yield Mistake("clientKeyPassword", "is missing (the client's private key is encrypted)")
    except (ValueError, UnsupportedAlgorithm):
        if password:
            yield Mistake("clientKey", "has no private key that clientKeyPassword opens")
        else:
            yield Mistake("clientKey", "has no valid private key")
    else:
        if chain and _public(key.public_key()) != _public(chain[0].public_key()):
            yield Mistake("clientKey", "does not belong to the first certificate in clientCertificate")


def validity_warning(pem: str, now: datetime) -> str | None:
    """Return a warning about a client certificate that is not valid at this time. None: it is valid."""
    for certificate in _certificates(pem)[:1]:
        if now > certificate.not_valid_after_utc:
            return f"clientCertificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}"
        if now < certificate.not_valid_before_utc:
            return f"clientCertificate is only valid from {certificate.not_valid_before_utc:%Y-%m-%d}"
    return None


def _certificates(pem: str) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(pem.encode())
    except ValueError:
        return []


def _key(pem: str, password: str) -> PrivateKeyTypes:
    """Return the private key. Raises TypeError: it is encrypted. Raises ValueError: it cannot be read."""
    try:
        return load_pem_private_key(pem.encode(), password.encode() or None)
    except TypeError:
        if not password:
            raise
        return load_pem_private_key(pem.encode(), None)  # a password without need


def _public(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
