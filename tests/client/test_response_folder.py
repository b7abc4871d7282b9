"""The folder of kept responses: bounded, and safe to lose at any moment."""

import os
import shutil
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from client.body import BodyWriter
from client.conditional.distrust import DistrustedOrigins
from client.conditional.entry import Entry, digest_of, read_kept_body
from client.conditional.folder import FolderLimits, ResponseFolder
from client.conditional.validators import Validator
from client.limits import DEFAULT_LIMITS
from rest.response import InMemoryBody

WEEK_S = 7 * 24 * 3600


def noise(size: int) -> InMemoryBody:
    """Return a body that does not shrink."""
    return InMemoryBody(os.urandom(size))


def entry_of(body: InMemoryBody) -> Entry:
    digest = digest_of(body.reader())
    return Entry(Validator("etag", '"1"'), {"etag": '"1"'}, time.time(), digest, body.size, body.size)


def keep(folder: ResponseFolder, name: str, body: InMemoryBody) -> bool:
    return folder.keep(name, entry_of(body), body)


def names(path: Path) -> set[str]:
    return {each.name for each in path.iterdir() if each.name[0] not in "._"}


def opened(path: Path, **limits: int) -> ResponseFolder:
    return ResponseFolder(path, time.time(), FolderLimits(**limits))


def test_what_is_kept_is_found_by_another_process(tmp_path: Path) -> None:
    body = noise(5000)
    assert keep(opened(tmp_path), "a", body)
    kept = opened(tmp_path).find("a")
    assert kept
    shutil.rmtree(tmp_path)  # while it is open
    found = read_kept_body(kept.opened(), kept.entry, BodyWriter(DEFAULT_LIMITS, None))
    assert found
    assert found.content == body.content


def test_a_body_that_expands_is_not_read_to_its_end(tmp_path: Path) -> None:
    body = InMemoryBody(bytes(50_000_000))
    entry = entry_of(InMemoryBody(b"small"))
    folder = opened(tmp_path)
    folder.keep("a", entry, body)
    kept = folder.find("a")
    assert kept
    writer = BodyWriter(DEFAULT_LIMITS, None)
    assert read_kept_body(kept.opened(), kept.entry, writer) is None
    assert len(writer.finish().content) < 2**20


def test_a_body_above_the_limit_is_not_kept(tmp_path: Path) -> None:
    folder = opened(tmp_path, body_bytes=1000)
    assert not keep(folder, "a", noise(1001))
    assert keep(folder, "a", noise(1000))


def test_a_full_folder_keeps_what_this_resync_and_the_one_before_used(tmp_path: Path) -> None:
    folder = opened(tmp_path, bytes=6000)
    assert [keep(folder, name, noise(1000)) for name in "abcdef"] == [True] * 4 + [False] * 2
    folder = opened(tmp_path, bytes=6000)
    assert not keep(folder, "g", noise(1000))
    assert names(tmp_path) == set("abcd")
    assert list(tmp_path.glob(".*")) == []


def test_a_full_folder_replaces_the_oldest_that_nobody_used(tmp_path: Path) -> None:
    folder = opened(tmp_path, bytes=6000)
    for age, name in enumerate("abcd"):
        keep(folder, name, noise(1000))
        os.utime(tmp_path / name, (time.time() - 5000 + age,) * 2)
    folder = opened(tmp_path, bytes=6000)
    folder.used("a")
    assert keep(folder, "e", noise(1000))
    assert "b" not in names(tmp_path)
    assert {"a", "e"} <= names(tmp_path)


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    folder = opened(tmp_path, files=2)
    assert [keep(folder, name, noise(10)) for name in "aab"] == [True] * 3
    assert not keep(folder, "c", noise(10))
    assert names(tmp_path) == set("ab")


def test_replacing_a_response_takes_no_more_room(tmp_path: Path) -> None:
    folder = opened(tmp_path, bytes=3000)
    assert all(keep(folder, "a", noise(1000)) for _ in range(10))


def test_old_files_are_removed(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    for name in ("old", "new", ".old", ".new"):
        keep(folder, name, noise(10))
    for name in ("old", ".old"):
        os.utime(tmp_path / name, (time.time() - WEEK_S - 10,) * 2)
    opened(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"new", ".new", "_runs"}


def test_a_folder_that_vanishes_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "responses"
    folder = opened(path)
    keep(folder, "a", noise(10))
    shutil.rmtree(path)
    assert folder.find("a") is None
    assert not keep(folder, "b", noise(10))
    folder.used("a")
    folder.remove(["a"])
    folder.remove_all("a")
    folder.discard_damaged("a")


def test_a_failed_write_leaves_no_file(tmp_path: Path) -> None:
    class Unreadable:
        size = 10

        def read(self, _: int = -1, /) -> bytes:
            raise OSError(28, "No space left on device")

        def reader(self) -> "Unreadable":
            return self

    folder = opened(tmp_path)
    assert not folder.keep("a", entry_of(noise(10)), Unreadable())
    assert {each.name for each in tmp_path.iterdir()} == {"_runs"}


def test_room_is_made_only_by_removing_responses(tmp_path: Path) -> None:
    """Another process may remove them at the same time."""
    folder = opened(tmp_path, bytes=3000)
    for name in "ab":
        keep(folder, name, noise(1000))
        os.utime(tmp_path / name, (1000, 1000))
    (tmp_path / "a").unlink()
    salt = folder.salt()
    folder = opened(tmp_path, bytes=3000)
    assert keep(folder, "c", noise(2500))
    assert names(tmp_path) == {"c"}
    assert folder.salt() == salt


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1, 2]", b'["x", "y"]', b"[9e99, 1]", b"\xff"])
def test_a_damaged_record_of_an_untrue_origin_is_discarded(tmp_path: Path, damage: bytes) -> None:
    now = datetime.now(UTC)
    folder = opened(tmp_path)
    DistrustedOrigins(folder.path, now).add("abc", "https://api.example", now)
    assert "abc" in DistrustedOrigins(folder.path, now)
    (record,) = tmp_path.glob("_untrue-*")
    record.write_bytes(damage)
    assert "abc" not in DistrustedOrigins(folder.path, now)
    assert not record.exists()


@pytest.mark.parametrize("content", ["not JSON", '{"validator": {}}'])
def test_a_header_that_only_its_checksum_vouches_for_is_removed(tmp_path: Path, content: str) -> None:
    folder = opened(tmp_path)
    assert keep(folder, "a", noise(10))
    version = (tmp_path / "a").read_bytes().partition(b"\n")[0][:-64]
    line = content.encode()
    (tmp_path / "a").write_bytes(version + sha256(line).hexdigest().encode() + b"\n" + line + b"\n")
    assert opened(tmp_path).find("a") is None
    assert names(tmp_path) == set()
