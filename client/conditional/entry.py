"""The format of a kept response: a line with version and checksum, a line of JSON, the compressed body."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import IO

from client.body import Body, BodyWriter
from client.conditional.validators import Validator
from rest.response import Reader

# A file of another version is discarded.
_VERSION = b"ocean-custom-response-1 "
_LONGEST_LINE = 2**20
_CHUNK_BYTES = 2**18
# JSON shrinks to a fifth and less. Higher levels cost more time than they save.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a kept response besides its body.

    headers: with names in lower case. received: when the API last sent the body, in seconds of Unix time.
    digest, size: of the body. wire_bytes: its size as the API sent it.
    """

    validator: Validator
    headers: Mapping[str, str]
    received: float
    digest: str
    size: int
    wire_bytes: int

    def encoded(self) -> bytes:
        """Return the two lines that come before the body."""
        line = json.dumps(asdict(self)).encode()
        return _VERSION + sha256(line).hexdigest().encode() + b"\n" + line + b"\n"


def read_entry(file: IO[bytes]) -> Entry | None:
    """Return what comes before the body; None: the file is damaged, or of another version."""
    checksum, line = file.readline(_LONGEST_LINE).rstrip(b"\n"), file.readline(_LONGEST_LINE).rstrip(b"\n")
    if checksum != _VERSION + sha256(line).hexdigest().encode():
        return None
    fields = json.loads(line)
    return Entry(**{**fields, "validator": Validator(**fields["validator"])})


def read_kept_body(file: IO[bytes], entry: Entry, writer: BodyWriter) -> Body | None:
    """Return the body that follows; None: it is damaged."""
    found = sha256()
    decompressor = zlib.decompressobj()
    left = entry.size + 1
    data = b""
    try:
        # A damaged file may expand to any size.
        while left > 0 and not decompressor.eof and (data := data or file.read(_CHUNK_BYTES)):
            part = decompressor.decompress(data, _CHUNK_BYTES)
            data = decompressor.unconsumed_tail
            left -= len(part)
            found.update(part)
            writer.write(part)
    except zlib.error:
        return None
    return writer.finish() if found.hexdigest() == entry.digest else None


def compressed(reader: Reader) -> Iterator[bytes]:
    """Yield a body in its compressed form."""
    compressor = zlib.compressobj(_LEVEL)
    while chunk := reader.read(_CHUNK_BYTES):
        yield compressor.compress(chunk)
    yield compressor.flush()


def digest_of(reader: Reader) -> str:
    """Return the SHA-256 of a body."""
    found = sha256()
    while chunk := reader.read(_CHUNK_BYTES):
        found.update(chunk)
    return found.hexdigest()
