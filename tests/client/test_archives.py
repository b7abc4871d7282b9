"""Bodies that are gzip or zip files."""

import gzip
import io
import struct
import zipfile
from collections.abc import Mapping

import httpx
import pytest

from client import Limits
from configuration.answer_rules import AnswerRules
from rest.bodies import Json
from rest.body_format import BodyFormat, CsvOptions
from rest.errors import RefusedError, TransientError
from rest.response import Response
from tests.client.fake_api import GET, open_client

SMALL = Limits(memory_bytes=64, start_bytes=16, body_bytes=2**20)


def zipped(
    files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.comment = comment
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


async def received(
    content: bytes,
    content_type: str = "application/zip",
    chosen: BodyFormat | None = None,
    limits: Limits = SMALL,
    **headers: str,
) -> Response:
    def api(_: httpx.Request) -> httpx.Response:
        fields = {"content-type": content_type} | {
            key.replace("_", "-"): text for key, text in headers.items()
        }
        return httpx.Response(200, headers=fields, stream=httpx.ByteStream(content))

    rules = AnswerRules(format=chosen) if chosen else AnswerRules()
    async with open_client(api, limits=limits) as client:
        return await client.send(GET, rules)


ROWS = [{"id": "1"}, {"id": "2"}]


@pytest.mark.parametrize(
    ("content", "content_type", "body"),
    [
        (gzip.compress(b"[1]"), "application/gzip", [1]),
        (gzip.compress(b"[1]") + gzip.compress(b"\n[2]"), "application/octet-stream", [[1], [2]]),
        (gzip.compress(b"id\n1\n2\n"), "text/csv", ROWS),
        (gzip.compress(zipped({"a.csv": "id\n1\n2\n"})), "application/gzip", ROWS),
        (zipped({"a.csv": "id\n1\n2\n"}), "application/zip", ROWS),
        (zipped({"A.CSV": "id\n1\n2\n"}, comment=b"PK comment" * 100), "", ROWS),
        (zipped({"a.csv": "id\n1\n2\n"}, zipfile.ZIP_STORED), "application/x-zip-compressed", ROWS),
        (
            zipped({"x/a.xml": "<a/>", "x/": "", "__MACOSX/._a": "", "x/.b": ""}),
            "application/zip",
            {"a": None},
        ),
        (zipped({"a.csv": "id\n1", "b.csv": "\ufeffid\r\n2\r\n"}), "application/zip", ROWS),
        (zipped({"a.jsonl": "[1]", "b.jsonl": "[2]\n"}), "application/zip", [[1], [2]]),
        (zipped({"a.json": "[1]", "b.json": '{"a": 2}'}), "application/zip", [[1], {"a": 2}]),
        (zipped({"a.json": "[" + "1," * 500 + "1]"}), "application/zip", [1] * 501),
    ],
    ids=[
        *("gzip", "two gzip files", "csv", "zip in gzip", "zip", "comment", "stored", "folders"),
        *("two tables", "two files of lines", "two json files", "long"),
    ],
)
@pytest.mark.parametrize("limits", [SMALL, Limits()], ids=["on disk", "in memory"])
async def test_a_file_is_unpacked(content: bytes, content_type: str, body: Json, limits: Limits) -> None:
    response = await received(content, content_type, limits=limits)
    assert response.body == body


@pytest.mark.parametrize(
    ("disposition", "body"),
    [
        ('attachment; filename="export.csv"', ROWS),
        ("attachment; filename=export.csv", ROWS),
        ("attachment; filename*=UTF-8''export.csv", ROWS),
    ],
)
async def test_the_name_of_a_download_shows_its_format(disposition: str, body: Json) -> None:
    for content, name in ((b"id\n1\n2\n", ".csv"), (gzip.compress(b"id\n1\n2\n"), ".csv.gz")):
        response = await received(
            content,
            "application/octet-stream",
            content_disposition=disposition.replace(".csv", name),
        )
        assert response.body == body


async def test_the_name_in_a_gzip_file_shows_its_format() -> None:
    stream = io.BytesIO()
    with gzip.GzipFile("export.csv", "wb", fileobj=stream) as file:
        file.write(b"id\n1\n2\n")
    assert (await received(stream.getvalue(), "application/gzip")).body == ROWS


async def test_a_content_type_that_says_something_is_kept() -> None:
    response = await received(b"[1]", "application/json", content_disposition="attachment; filename=a.csv")
    assert (response.content_type, response.body) == ("application/json", [1])


async def test_several_tables_without_a_header_are_one() -> None:
    chosen = BodyFormat("csv", csv=CsvOptions(has_header=False, columns=("id",)))
    assert (await received(zipped({"a": "1\n", "b": "2"}), chosen=chosen)).body == ROWS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped({"a.csv": "id\n1", "b.csv": "no\n1"}), "the tables in the zip file have different columns"),
        (zipped({"a.csv": "", "b.txt": ""}), "the zip file has files of several formats: a.csv, b.txt"),
        (
            zipped({"a.xml": "<a/>", "b.xml": "<a/>"}),
            "the zip file has several files, which cannot be read as one",
        ),
        (zipped({"a": "1", "b": "1"}), "the zip file has several files, which cannot be read as one"),
        (zipped({}), "the zip file has no files"),
        (
            zipped({"a.csv": "id"}, zipfile.ZIP_BZIP2),
            "the file 'a.csv' in the zip file has an unknown compression",
        ),
        (gzip.compress(b"0" * 2**22), "the body is larger than 1 MiB"),
        (zipped({"a.json": b"0" * 2**22}), "the body is larger than 1 MiB"),
    ],
    ids=[
        "columns",
        "formats",
        "xml",
        "no names",
        "no files",
        "compression",
        "gzip bomb",
        "zip bomb",
    ],
)
async def test_other_files_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        await received(content)
    assert str(caught.value).startswith(f"GET https://x.io/a: {message}. Request ")


async def test_a_directory_that_takes_too_much_memory_is_refused() -> None:
    content = zipped({f"{number}.json": "1" for number in range(20_000)})
    with pytest.raises(RefusedError, match="the zip file has too many files"):
        await received(content, limits=Limits())


async def test_an_encrypted_file_is_refused() -> None:
    content = bytearray(zipped({"a.csv": "id\n1"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(RefusedError, match=r"the file 'a.csv' in the zip file is encrypted"):
        await received(bytes(content))


@pytest.mark.parametrize("has_record", [True, False])
async def test_the_directory_of_a_large_archive_is_measured(has_record: bool) -> None:  # noqa: FBT001
    """The record of a zip64 archive has the real size. zipfile reads as much as it says."""
    plain = zipped({"a.csv": "id\n1\n2\n"})
    start, end = plain.index(b"PK\x01\x02"), plain.index(b"PK\x05\x06")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, end - start, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    content = plain[:end] + (record if has_record else b"\0" * 56) + locator + plain[end:]
    if has_record:
        assert (await received(content)).body == ROWS
    else:
        with pytest.raises(RefusedError, match="the zip file has too many files"):
            await received(content)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b"[1, 2, 3]" * 100)[:-9],
        gzip.compress(b"[1]")[:-8] + b"\0" * 8,
        zipped({"a.json": "[1, 2, 3]" * 100})[:-40],
        zipped({"a.json": "[1]"}, zipfile.ZIP_STORED).replace(b"[1]", b"[2]"),
        b"PK\x03\x04",
    ],
    ids=["truncated gzip", "wrong checksum", "truncated zip", "changed", "only a start"],
)
async def test_a_corrupt_file_is_requested_again(content: bytes) -> None:
    with pytest.raises(TransientError, match=r"the compressed file is corrupt: .*, 3 times"):
        await received(content)
