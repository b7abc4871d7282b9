"""Bytes as text: the encodings of keys and signatures."""

from base64 import b64decode
from typing import Literal

type Encoding = Literal["text", "hex", "base64", "base64url"]


def decoded(text: str, encoding: Encoding) -> bytes | None:
    """Return the bytes, None if the text does not have the encoding.

    Base64 may have either alphabet (RFC 4648 §4, §5), with or without padding.
    """
    try:
        if encoding == "text":
            return text.encode()
        if encoding == "hex":
            return bytes.fromhex(text)
        unpadded = text.rstrip("=").replace("-", "+").replace("_", "/")
        return b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except ValueError:
        return None
