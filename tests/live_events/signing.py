"""Sign as senders do, by the definition of HMAC (RFC 2104 §2) instead of by the library that is tested."""

import hashlib
from base64 import b64encode, urlsafe_b64encode

_BLOCK_BYTES = {"sha1": 64, "sha256": 64, "sha384": 128, "sha512": 128}


def mac(key: str | bytes, text: str | bytes, algorithm: str = "sha256") -> bytes:
    """Return H(K XOR opad, H(K XOR ipad, text))."""
    secret = key.encode() if isinstance(key, str) else key
    message = text.encode() if isinstance(text, str) else text
    size = _BLOCK_BYTES[algorithm]
    if len(secret) > size:
        secret = hashlib.new(algorithm, secret).digest()
    block = secret.ljust(size, b"\0")
    inner = hashlib.new(algorithm, bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.new(algorithm, bytes(byte ^ 0x5C for byte in block) + inner).digest()


def hex_mac(key: str | bytes, text: str | bytes, algorithm: str = "sha256") -> str:
    """Return the signature in hexadecimal."""
    return mac(key, text, algorithm).hex()


def base64_mac(key: str | bytes, text: str | bytes, algorithm: str = "sha256") -> str:
    """Return the signature in base64."""
    return b64encode(mac(key, text, algorithm)).decode()


def base64url_mac(key: str | bytes, text: str | bytes, algorithm: str = "sha256") -> str:
    """Return the signature in base64url without padding."""
    return urlsafe_b64encode(mac(key, text, algorithm)).decode().rstrip("=")
