"""Private keys for tests, made when they are needed: no key is in the repository."""

from functools import cache
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

type KeyType = Literal["rsa", "ec", "ed25519"]


type PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def private_key(type_: KeyType = "rsa") -> PrivateKey:
    """Return a private key, the same one for each call with this type."""
    return _made(type_)


@cache
def _made(type_: KeyType) -> PrivateKey:
    if type_ == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    if type_ == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


def private_key_pem(type_: KeyType = "rsa", password: str | None = None) -> str:
    """Return a private key in PEM (PKCS #8), encrypted if there is a password."""
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return private_key(type_).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def public_key_pem(type_: KeyType = "rsa") -> str:
    """Return the public key in PEM."""
    public = private_key(type_).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
