"""Bodies of at most 1 MiB that grow far larger in memory: ten at once, measured from outside."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce

import pytest

from tests.faults.reader import Reader
from tests.loopback_server import Request, Response, serving

pytestmark = [pytest.mark.process, pytest.mark.slow]

# `ocean sail` itself needs 50 of the 300 MiB.
MOST_MIB = 250
MIB = 2**20


@dataclass(frozen=True)
class Bomb:
    """A body (start, unit repeated up to a size, end) and the expected outcome of reading it.

    at_once: number of concurrent reads. Fewer for slow bodies.
    """

    start: str
    unit: str
    end: str
    size: int
    outcome: str
    content_type: str = "application/json"
    data_path: str = ""
    at_once: int = 10

    @cached_property
    def packed(self) -> bytes:
        """The body in gzip. The repeated block is compressed once, since deflate blocks can be repeated."""
        charset = self.content_type.partition("charset=")[2] or "utf-8"
        block = (self.unit * (MIB // len(self.unit))).encode(charset)
        parts = [self.start.encode(charset), *[block] * (self.size // len(block)), self.end.encode(charset)]
        checksum = reduce(lambda crc, part: zlib.crc32(part, crc), parts, 0)
        packed = {part: _deflated(part) for part in set(parts)}
        length = sum(map(len, parts))
        return b"".join([_GZIP, *map(packed.__getitem__, parts), _LAST, struct.pack("<II", checksum, length)])


_GZIP = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])  # RFC 1952 §2.3: no flags, unknown system
_LAST = zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def _deflated(part: bytes) -> bytes:
    """Return blocks that end at a byte and refer to nothing before them (RFC 1951)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


HEAVY = "takes too much memory"
MANY = "more than 2,000,000 items"
WHOLE = "is not a plain path to a list"
NO_JSON = "is not JSON"
NO_CSV = "is not CSV"
LARGE = "MiB of memory. Ask for pages"
NUMBERED = ",".join(f'"key {number}":0' for number in range(60_000))

BOMBS = {
    "lists in one item": Bomb("[[", "[],", "0]]", 15 * MIB, HEAVY),
    "lists in lists": Bomb("[", "[[[[[[[[]]]]]]]],", "0]", 4 * MIB, " items", at_once=1),
    "many items": Bomb("[", "[],", "0]", 7 * MIB, MANY, at_once=1),
    "many items below a key": Bomb('{"a":[', "{},", "0]}", 7 * MIB, MANY, data_path=".a", at_once=1),
    "numbers": Bomb("[", "0,", "0]", 100 * MIB, MANY, at_once=1),
    "one text": Bomb('["', "a", '"]', 30 * MIB, HEAVY),
    "a text with one emoji": Bomb('["😀', "a", '"]', 11 * MIB, HEAVY),
    "a text of escapes": Bomb('["', "\\u0416", '"]', 30 * MIB, HEAVY),
    "an object of many keys": Bomb(f"{{{NUMBERED},", " ", '"x":0}', 12 * MIB, WHOLE),
    "keys beside the items": Bomb(f'{{"a":[1],{NUMBERED},', " ", '"x":0}', 12 * MIB, HEAVY, data_path=".a"),
    "a second list": Bomb('{"a":[1],"b":[', "[],", "0]}", 15 * MIB, HEAVY, data_path=".a", at_once=1),
    "deep nesting": Bomb("[", "[", "", 20 * MIB, NO_JSON),
    "a number of a million digits": Bomb("[", "9", "]", 10 * MIB, NO_JSON),
    "columns": Bomb("", "a,", "b\n", MIB, NO_CSV, "text/csv"),
    "cells": Bomb("a\n", ",", "\n", 30 * MIB, NO_CSV, "text/csv"),
    "an open quote": Bomb('a\n"', "x\n", "", 30 * MIB, NO_CSV, "text/csv"),
    "one line": Bomb("[", "[],", "0]", 15 * MIB, HEAVY, "application/x-ndjson"),
    "a body for jq": Bomb('{"a":[', "[],", "0]}", 15 * MIB, WHOLE, data_path=".a | map(.)"),
    "another charset": Bomb('["', "é", '"]', 30 * MIB, HEAVY, "application/json; charset=latin-1"),
    "elements": Bomb("<a>", "<b/>", "</a>", 2 * MIB, LARGE, "application/xml"),
    "attributes": Bomb("<a>", "<b c=''/>", "</a>", 30 * MIB, LARGE, "application/xml", ".a.b"),
    "lists of YAML": Bomb("", "- a: b\n", "", 2 * MIB, LARGE, "application/yaml"),
    "an HTML page": Bomb("<html>", "<p>a</p>", "", 30 * MIB, WHOLE, "text/html"),
}  # fmt: skip


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Serve an API whose paths start with a bomb's number. Yields its base URL."""
    bombs = list(BOMBS.values())

    def answer(request: Request) -> Response:
        bomb = bombs[int(request.path.split("/")[1])]
        assert len(bomb.packed) <= MIB
        return Response(bomb.packed, headers={"Content-Type": bomb.content_type, "Content-Encoding": "gzip"})

    with serving(answer) as url:
        yield url


@pytest.mark.parametrize("name", BOMBS)
def test_ten_compressed_bombs_stay_within_the_memory_limit(name: str, served: str, reader: Reader) -> None:
    bomb = BOMBS[name]
    number = list(BOMBS).index(name)
    kinds = (f"/{number}/{each}={bomb.data_path}" for each in range(bomb.at_once))
    read = reader.read({"base_url": served, "pagination_type": "none"}, *kinds)
    assert [each for each in read["ended"] if bomb.outcome not in each] == []
    assert len(read["ended"]) == bomb.at_once
    assert 0 < read["peak_mib"] < MOST_MIB
