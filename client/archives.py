"""Unpack bodies that are gzip or zip files themselves, as exports often are."""

import asyncio
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import httpx

from client.body import Body, BodyWriter
from client.decompression import gzip_decompressor
from client.limits import Limits
from rest.body_format import BodyFormat, media_type_of, type_of_file
from rest.errors import RefusedError

_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b\x08", b"PK\x03\x04", b"PK\x05\x06"
_CHUNK_BYTES = 2**20
# A gzip file with a zip file in it, or the reverse.
_MAX_LEVELS = 2
# Types that say nothing about the content.
_OPAQUE_TYPES = frozenset(
    {
        "",
        *(f"application/{name}" for name in ("octet-stream", "binary", "download", "force-download")),
        *(
            f"application/{name}"
            for name in ("zip", "gzip", "x-gzip", "x-zip-compressed", "x-zip", "x-download")
        ),
        "binary/octet-stream",
        "multipart/x-zip",
    }
)
_FILE_NAME = re.compile(r"""filename\*?\s*=\s*(?:[\w-]*''|")?(?P<name>[^";]+)""", re.IGNORECASE)
# The records at the end of a zip file (APPNOTE.TXT §4.3.14 to 4.3.16), and their sizes.
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _END64_BYTES, _LOCATOR64_BYTES, _MAX_COMMENT = 22, 56, 20, 2**16
# zipfile reads the directory as a whole, and each of its entries takes a kilobyte.
_MAX_DIRECTORY_BYTES = 2**20
_HINT = "Request the export in another form, for example as JSON lines, or as one file"


async def unpacked(
    body: Body,
    headers: dict[str, str],
    chosen: BodyFormat,
    limits: Limits,
    directory: Path | None,
) -> tuple[Body, dict[str, str]]:
    """Return a body and the headers that describe it. A gzip or zip file is replaced by its content.

    headers: with names in lower case. The content type is that of the file's name if it says nothing.
    Raises httpx.DecodingError: the file is truncated or corrupt.
    Raises RefusedError: the file cannot be unpacked, or has files of several formats.
    """
    name = _file_name(headers.get("content-disposition", ""))
    for _ in range(_MAX_LEVELS):
        if not body.content.startswith((_GZIP, _ZIP, _EMPTY_ZIP)):
            break
        try:
            # In a thread, because a gigabyte takes seconds.
            body, inner = await asyncio.to_thread(_unpack, body, chosen, limits, directory)
        except (ValueError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise httpx.DecodingError(f"the compressed file is corrupt: {error}") from error
        name = inner or name.removesuffix(".gz")
    media_type = media_type_of(headers.get("content-type", ""))
    if media_type in _OPAQUE_TYPES and (known := type_of_file(name)):
        return body, {**headers, "content-type": known}
    return body, headers


def _unpack(body: Body, chosen: BodyFormat, limits: Limits, directory: Path | None) -> tuple[Body, str]:
    """Return the content of a file, and its name. Stop at the largest size that the limits allow."""
    writer = BodyWriter(limits, directory)
    if body.content.startswith(_GZIP):
        chunks, name = _gzip_chunks(body), _gzip_name(body.content)
    else:
        archive = zipfile.ZipFile(_checked(_opened(body)))
        members = _members(archive)
        chunks, name = _zip_chunks(archive, members, chosen), members[0].filename
    for chunk in chunks:
        writer.write(chunk)
        if writer.is_too_large:
            break
    return writer.finish(), name


def _opened(body: Body) -> IO[bytes]:
    return body.large.opened() if body.large else io.BytesIO(body.content)


def _gzip_chunks(body: Body) -> Iterator[bytes]:
    decompressor, file = gzip_decompressor(), _opened(body)
    while part := file.read(_CHUNK_BYTES):
        yield from decompressor.decompress(part)
    if not decompressor.is_complete:
        raise EOFError("the end is missing")


def _gzip_name(content: bytes) -> str:
    """Return the name of the file in a gzip file (RFC 1952 §2.3), or "" if there is none."""
    has_name_only = content[3:4] == b"\x08"
    return content[10:300].partition(b"\0")[0].decode("latin-1") if has_name_only else ""


def _checked(file: IO[bytes]) -> IO[bytes]:
    """Return the file. Raises RefusedError: its directory is too large to be read."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - _END_BYTES - _END64_BYTES - _LOCATOR64_BYTES - _MAX_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    # Without an end, zipfile itself reports the error.
    directory_bytes = struct.unpack_from("<I", tail, at + 12)[0] if 0 <= at <= len(tail) - _END_BYTES else 0
    if tail[max(0, at - _LOCATOR64_BYTES) :].startswith(_LOCATOR64):
        at64 = at - _LOCATOR64_BYTES - _END64_BYTES
        is_known = at64 >= 0 and tail[at64:].startswith(_END64)
        directory_bytes = struct.unpack_from("<Q", tail, at64 + 40)[0] if is_known else 2**32
    if directory_bytes > _MAX_DIRECTORY_BYTES:
        raise RefusedError("the zip file has too many files", hint=_HINT)
    file.seek(0)
    return file


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files of an archive.

    Raises RefusedError: there are none, they have several formats, or one is encrypted.
    """
    members = [
        each
        for each in archive.infolist()
        if not each.is_dir() and not each.filename.startswith("__MACOSX/") and "/." not in f"/{each.filename}"
    ]
    names = ", ".join(each.filename for each in members[:5])
    if not members:
        raise RefusedError("the zip file has no files", hint=_HINT)
    if len({PurePosixPath(each.filename).suffix.lower() for each in members}) > 1:
        raise RefusedError(f"the zip file has files of several formats: {names:.200}", hint=_HINT)
    for each in members:
        if each.flag_bits & 1:
            raise RefusedError(f"the file {each.filename!r:.80} in the zip file is encrypted", hint=_HINT)
        if each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedError(
                f"the file {each.filename!r:.80} in the zip file has an unknown compression", hint=_HINT
            )
    return members


def _zip_chunks(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], chosen: BodyFormat
) -> Iterator[bytes]:
    """Yield the content of the files as one: rows of one table, JSON lines, or a list of JSON values."""
    if len(members) == 1:
        yield from _chunks(archive, members[0])
        return
    name = chosen.name or _JOINED.get(type_of_file(members[0].filename) or "")
    if name not in ("csv", "lines", "json"):
        raise RefusedError("the zip file has several files, which cannot be read as one", hint=_HINT)
    header: bytes | None = None
    for number, member in enumerate(members):
        chunks = _chunks(archive, member)
        if name == "json":
            yield b"," if number else b"["
        elif name == "csv" and chosen.csv.has_header:
            first, chunks = _first_line(chunks)
            if header is not None and first.strip() != header.strip():
                raise RefusedError("the tables in the zip file have different columns", hint=_HINT)
            if header is None:
                yield first
            header = first
        yield from chunks
        yield b"]" if name == "json" and number == len(members) - 1 else b"\n"


_JOINED = {"text/csv": "csv", "text/tab-separated-values": "csv", "application/x-ndjson": "lines"} | {
    "application/json": "json"
}


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as file:
        first = file.read(_CHUNK_BYTES).removeprefix(b"\xef\xbb\xbf")
        yield first
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _first_line(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    line, end, rest = next(chunks).partition(b"\n")

    def others() -> Iterator[bytes]:
        yield rest
        yield from chunks

    return line + end, others()


def _file_name(disposition: str) -> str:
    """Return the name in a Content-Disposition header (RFC 6266), or ""."""
    found = _FILE_NAME.search(disposition)
    return found["name"].strip() if found else ""
