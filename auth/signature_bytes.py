"""The bytes of a signature: its key, its value and their encodings."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import reduce

from rest.errors import AuthError

_HMAC = "hmac-"


def signature_of(algorithm: str, key: bytes, content: bytes) -> bytes:
    """Return the HMAC or the hash of the content. A plain hash has no key."""
    if algorithm.startswith(_HMAC):
        return hmac.digest(key, content, algorithm.removeprefix(_HMAC))
    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


def derived_key(algorithm: str, key: bytes, parts: Sequence[bytes], encoding: str) -> bytes:
    """Return a key that each part in turn was signed with. encoding: of each new key."""

    def derived(last: bytes, part: bytes) -> bytes:
        digest = signature_of(algorithm, last, part)
        return digest if encoding == "bytes" else encoded(digest, encoding).encode()

    return reduce(derived, parts, key)


def encoded(content: bytes, encoding: str) -> str:
    """Return bytes as text."""
    match encoding:
        case "base64":
            return base64.b64encode(content).decode()
        case "base64url":
            return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    return content.hex()


def decoded(text: str, encoding: str, key: str) -> bytes:
    """Return the bytes of a text. key: its key in `signature`. Raises AuthError: the text is not valid."""
    try:
        match encoding:
            case "hex":
                return bytes.fromhex(text)
            case "base64":
                return base64.b64decode(text, validate=True)
    except ValueError:
        pass
    else:
        return text.encode()
    raise AuthError(
        f"signature.{key} has a text that is not {encoding}", hint=f"Correct {key}, or its encoding"
    )
