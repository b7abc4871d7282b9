"""The memory of what items became, with real files, real damage and processes that are killed."""

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loguru import logger

from mapping.memory import EntityMemory, LastResync, Recalled, Row, open_memory

ROOT = Path(__file__).parents[2]
IDENTITY = b"installation"
START = datetime(2026, 1, 1, tzinfo=UTC)


def resync(hour: int, *, compared: int = 0) -> LastResync:
    started = START + timedelta(hours=hour)
    return LastResync(started, started + timedelta(minutes=1), START + timedelta(hours=compared), 7)


def digest(text: str, size: int = 16) -> bytes:
    return blake2b(text.encode(), digest_size=size).digest()


def row(name: str | int, version: int = 0, entry: str = "a") -> Row:
    key = digest(f"key {name}", 12)
    item = digest(f"item {entry} {name} {version}")
    return Row(key + digest(entry, 4), key, item, digest(f"content {entry} {name} {version}"))


def rows(count: int, version: int = 0) -> list[Row]:
    return [row(name, version) for name in range(count)]


def opened(path: Path, max_rows: int = 2_000_000, identity: bytes = IDENTITY) -> EntityMemory:
    memory = open_memory(path, identity, max_rows=max_rows)
    assert memory
    return memory


def recalled(memory: EntityMemory, wanted: Sequence[Row]) -> list[bool]:
    """Return which rows are recalled. A row that is recalled has to be right."""
    results = memory.recall([each.item for each in wanted])
    for each, result in zip(wanted, results, strict=True):
        assert result in (None, Recalled(each.key, each.slot, each.content))
    return [result is not None for result in results]


@contextmanager
def logged() -> Iterator[list[str]]:
    lines: list[str] = []
    number = logger.add(lambda message: lines.append(message.record["message"]))
    try:
        yield lines
    finally:
        logger.remove(number)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.sqlite"


@pytest.fixture
def memory(path: Path) -> Iterator[EntityMemory]:
    with closing(opened(path)) as memory:
        yield memory


def test_a_new_memory_recalls_nothing(memory: EntityMemory) -> None:
    assert memory.last is None
    assert memory.recall([row(1).item]) == [None]
    assert memory.known([row(1).slot]) == [None]
    assert memory.recall([]) == []
    assert memory.known([]) == []


def test_rows_are_recalled_after_the_resync_that_remembered_them(path: Path) -> None:
    with closing(opened(path)) as memory:
        memory.remember(rows(1000))
        assert not any(recalled(memory, rows(1000)))
        memory.finish(resync(0))
        assert memory.last == resync(0)
        assert all(recalled(memory, rows(1000)))
    with closing(opened(path)) as memory:
        assert memory.last == resync(0)
        assert all(recalled(memory, rows(1000)))
        assert memory.known([each.slot for each in rows(1000)]) == [each.content for each in rows(1000)]
        assert not any(recalled(memory, rows(10, version=1)))
        assert memory.known([row(1, entry="b").slot]) == [None]


def test_items_are_recalled_in_any_order_and_number(memory: EntityMemory) -> None:
    memory.remember(rows(3000))
    memory.finish(resync(0))
    shuffled = random.Random(1).sample(rows(3000), 3000)
    assert all(recalled(memory, shuffled))
    assert all(recalled(memory, rows(3000)[::-1]))
    assert all(recalled(memory, rows(3000)[::700]))
    mixed = [row(name, version=name % 2) for name in range(3000)]
    assert recalled(memory, mixed) == [True, False] * 1500
    assert recalled(memory, [row(1), row(1), row(-1), row(1)]) == [True, True, False, True]


def test_what_is_not_finished_is_dropped(path: Path) -> None:
    with closing(opened(path)) as memory:
        memory.remember(rows(10))
        memory.finish(resync(0))
        memory.remember(rows(10, version=1))
        memory.forget([row(3).key])
    with closing(opened(path)) as memory:
        assert memory.last == resync(0)
        assert all(recalled(memory, rows(10)))
        assert not any(recalled(memory, rows(10, version=1)))


@pytest.mark.parametrize("changed", [1, 10, 900])
def test_a_changed_item_replaces_the_earlier_row_of_its_slot(memory: EntityMemory, changed: int) -> None:
    memory.remember(rows(1000))
    memory.finish(resync(0))
    memory.remember(rows(changed, version=1))
    assert not any(recalled(memory, rows(changed)))
    assert memory.known([row(0).slot]) == [None]
    memory.finish(resync(1))
    assert not any(recalled(memory, rows(changed)))
    assert all(recalled(memory, rows(changed, version=1)))
    # The filter of replaced keys may take a few others along when many are replaced.
    assert recalled(memory, rows(1000)[changed:]).count(False) <= changed // 100
    assert memory.known([row(0).slot]) == [row(0, version=1).content]


def test_a_write_by_one_entry_replaces_earlier_rows_of_the_entity_by_others(memory: EntityMemory) -> None:
    """Otherwise the later entry would not be written again over what the first one changed."""
    both = [row("shared", entry="a"), row("shared", entry="b")]
    memory.remember([*both, *rows(50)])
    memory.finish(resync(0))
    assert all(recalled(memory, both))
    changed = row("shared", version=1, entry="a")
    memory.remember([changed])
    assert not any(recalled(memory, both))
    memory.remember([both[1]])
    memory.finish(resync(1))
    assert recalled(memory, [*both, changed]) == [False, True, True]


@pytest.mark.parametrize("others", [0, 100])
def test_the_last_row_of_a_slot_wins(memory: EntityMemory, others: int) -> None:
    memory.remember(rows(others))
    memory.finish(resync(0))
    memory.remember([row("x", version=version) for version in range(3)])
    memory.remember([row("x", version=3), row("y")])
    memory.finish(resync(1))
    assert recalled(memory, [row("x", version=version) for version in range(4)]) == [
        False,
        False,
        False,
        True,
    ]
    assert recalled(memory, [row("y")]) == [True]
    memory.forget([row("x").key])
    memory.finish(resync(2))
    assert not any(recalled(memory, [row("x", version=version) for version in range(4)]))


@pytest.mark.parametrize("others", [0, 100])
def test_a_forgotten_entity_is_not_recalled(memory: EntityMemory, others: int) -> None:
    memory.remember([*rows(others), row("x"), row("x", entry="b"), row("y")])
    memory.finish(resync(0))
    memory.forget([row("x").key, row("unknown").key])
    gone = [row("x"), row("x", entry="b")]
    assert recalled(memory, [*gone, row("y")]) == [False, False, True]
    memory.finish(resync(1))
    assert recalled(memory, [*gone, row("y")]) == [False, False, True]


def test_forgetting_counts_for_what_was_remembered_before(memory: EntityMemory) -> None:
    memory.remember([row("before"), row("other")])
    memory.forget([row("before").key, row("after").key])
    memory.remember([row("after")])
    memory.finish(resync(0))
    assert recalled(memory, [row("before"), row("other"), row("after")]) == [False, True, True]


def test_a_resync_that_compared_everything_keeps_only_its_own_rows(memory: EntityMemory) -> None:
    memory.remember(rows(100))
    memory.finish(resync(0))
    memory.remember(rows(50))
    memory.finish(resync(24, compared=24))
    assert recalled(memory, rows(100)) == [True] * 50 + [False] * 50
    memory.finish(resync(48, compared=48))
    assert not any(recalled(memory, rows(100)))


def test_the_file_keeps_at_most_max_rows(path: Path) -> None:
    with closing(opened(path, max_rows=100)) as memory:
        memory.remember(rows(90))
        memory.remember(rows(1000)[90:])
        memory.finish(resync(0))
        assert recalled(memory, rows(1000)).count(True) == 100
        memory.remember([row(name, version=1) for name in range(200)])
        memory.finish(resync(1))
        assert not any(recalled(memory, rows(100)))
        assert recalled(memory, rows(200, version=1)).count(True) == 100
        memory.forget([row(0).key])
        memory.remember([row("a"), row("b")])
        memory.finish(resync(2))
        assert recalled(memory, [row("a"), row("b")]) == [True, False]
    with logged() as lines, closing(opened(path, max_rows=99)) as memory:
        assert memory.last is None
    assert lines == [
        "The memory of entities is discarded (it has more rows than allowed); all items are mapped again"
    ]


def test_a_row_beyond_max_rows_replaces_the_earlier_row_of_its_slot(path: Path) -> None:
    with closing(opened(path, max_rows=10)) as memory:
        memory.remember([*rows(10), row(3, version=1)])
        memory.finish(resync(0))
        assert recalled(memory, rows(10)) == [True] * 3 + [False] + [True] * 6
        assert not any(recalled(memory, [row(3, version=1)]))
        memory.remember([row("x"), row("y"), row("x", version=1)])
        memory.finish(resync(1))
        assert recalled(memory, [row("x"), row("y"), row("x", version=1)]) == [False, True, False]


def test_rows_take_at_most_150_bytes_each(path: Path) -> None:
    with closing(opened(path)) as memory:
        memory.remember(rows(20_000))
        memory.finish(resync(0))
        assert path.stat().st_size < 130 * 20_000
        for hour in range(1, 6):
            memory.remember(random.Random(hour).sample(rows(20_000, version=hour), 1000))
            memory.finish(resync(hour))
        assert path.stat().st_size < 150 * 20_000


def test_a_slot_has_to_begin_with_its_key(memory: EntityMemory) -> None:
    with pytest.raises(ValueError, match="Row"):
        memory.remember([row(1), row(1)._replace(key=row(2).key)])
    with pytest.raises(ValueError, match="Row"):
        memory.remember([row(1)._replace(slot=row(1).key)])


def test_the_files_belong_to_the_user_alone(path: Path, memory: EntityMemory) -> None:
    memory.remember(rows(10))
    memory.finish(resync(0))
    files = list(path.parent.iterdir())
    assert len(files) > 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_threads_can_use_it_one_after_another(memory: EntityMemory) -> None:
    results: list[bool] = []

    def work() -> None:
        memory.remember(rows(100))
        memory.finish(resync(0))
        results.extend(recalled(memory, rows(100)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == recalled(memory, rows(100)) == [True] * 100


def test_a_second_user_of_the_file_works_without_memory(path: Path, memory: EntityMemory) -> None:
    with logged() as lines:
        assert open_memory(path, IDENTITY) is None
        assert open_memory(path, b"another") is None
    assert lines == ["Another process uses the memory of entities; this one works without it"] * 2
    memory.remember(rows(10))
    memory.finish(resync(0))
    assert all(recalled(memory, rows(10)))


def test_a_folder_that_does_not_exist_gives_no_memory(tmp_path: Path) -> None:
    with logged() as lines:
        assert open_memory(tmp_path / "no" / "memory", IDENTITY) is None
    assert lines == ["The memory of entities cannot be kept (No such file or directory)"]


def test_a_path_that_is_a_folder_gives_no_memory(path: Path) -> None:
    path.mkdir()
    assert open_memory(path, IDENTITY) is None
    assert open_memory(path, IDENTITY) is None


def test_a_journal_that_cannot_be_written_gives_no_memory(path: Path) -> None:
    journal = path.with_name(f"{path.name}-journal")
    journal.mkdir()
    assert open_memory(path, IDENTITY) is None
    journal.rmdir()
    opened(path).close()


def test_an_unchanged_resync_only_writes_the_header(path: Path) -> None:
    fill(path, 1000)
    before = path.read_bytes()
    with closing(opened(path)) as memory:
        assert all(recalled(memory, rows(1000)))
        memory.finish(resync(5))
    after = path.read_bytes()
    pages = range(0, len(after), 4096)
    assert sum(before[page : page + 4096] != after[page : page + 4096] for page in pages) <= 2
    with closing(opened(path)) as memory:
        assert memory.last == resync(5)
        assert all(recalled(memory, rows(1000)))


def test_a_memory_of_another_installation_is_discarded(path: Path) -> None:
    fill(path, 10)
    with logged() as lines, closing(opened(path, identity=b"another")) as memory:
        assert memory.last is None
        assert not any(recalled(memory, rows(10)))
    assert len(lines) == 1
    assert "(it is of another version or installation)" in lines[0]


def fill(path: Path, count: int) -> None:
    with closing(opened(path)) as memory:
        memory.remember(rows(count))
        memory.finish(resync(0))


def check_after_damage(path: Path, count: int) -> None:
    """Use a damaged file. What it recalls has to be right, and it has to work again in the end."""
    memory = opened(path)
    recalled(memory, rows(count))
    for each, content in zip(rows(count), memory.known([each.slot for each in rows(count)]), strict=True):
        assert content in (None, each.content)
    memory.remember(rows(5, version=1))
    memory.forget([row(7).key])
    memory.finish(resync(1))
    assert not any(recalled(memory, [*rows(5), row(7)]))
    recalled(memory, rows(count))
    memory.close()
    with closing(opened(path)) as again:
        assert again.last in (None, resync(0), resync(1))
        again.remember(rows(count))
        again.finish(resync(2, compared=2))
    with closing(opened(path)) as again:
        if again.last:  # damage that only shows later is discarded later
            assert all(recalled(again, rows(count))) or again.last is None


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_random_damage_never_gives_a_wrong_row(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damage") / "memory"
    fill(path, 300)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        place = data.draw(st.integers(0, len(content) - 1))
        damage = data.draw(st.binary(min_size=1, max_size=40))
        content[place : place + len(damage)] = damage
    path.write_bytes(content)
    check_after_damage(path, 300)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.floats(0, 1), st.sampled_from([b"", b"\0"]))
def test_a_truncated_file_never_gives_a_wrong_row(
    tmp_path_factory: pytest.TempPathFactory, share: float, end: bytes
) -> None:
    path = tmp_path_factory.mktemp("truncated") / "memory"
    fill(path, 300)
    size = path.stat().st_size
    os.truncate(path, int(size * share))
    with path.open("ab") as file:
        file.write(end * (size - int(size * share)))
    check_after_damage(path, 300)


@pytest.mark.parametrize("content", [b"", b"\0" * 8192, b"not a database" * 1000, b"SQLite format 3\0"])
def test_a_file_that_is_something_else_is_replaced(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    check_after_damage(path, 20)


def test_a_damaged_name_that_is_no_text_is_damage(path: Path) -> None:
    """sqlite3 then cannot decode its own message."""
    fill(path, 20)
    path.write_bytes(path.read_bytes().replace(b"ON rows (slot)", b"ON ro\xff\xff (slot)"))
    check_after_damage(path, 20)


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_a_changed_row_is_noticed_and_the_file_is_discarded(path: Path) -> None:
    fill(path, 20)
    change(path, "UPDATE rows SET slot = ? WHERE id = 3", row("another").slot)
    with logged() as lines, closing(opened(path)) as memory:
        assert not any(recalled(memory, rows(20)))
        assert memory.last is None
        assert not path.exists()
        memory.remember(rows(20))
        memory.forget([row(1).key])
        memory.finish(resync(1))
        assert memory.last is None
        assert memory.known([row(2).slot]) == [None]
    assert lines == ["The memory of entities is discarded (it is damaged); all items are mapped again"]
    check_after_damage(path, 20)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rows SET content = 5",
        "UPDATE rows SET slot = NULL",
        "UPDATE rows SET content = 'text'",
    ],
)
def test_a_row_of_other_types_is_noticed(path: Path, statement: str) -> None:
    fill(path, 20)
    change(path, statement)
    with logged() as lines, closing(opened(path)) as memory:
        assert not any(recalled(memory, rows(20)))
    assert "it is damaged" in lines[0]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE meta SET value = x'00'", "it is damaged"),
        ("UPDATE meta SET value = 'text'", "it is damaged"),
        ("UPDATE meta SET value = x'00', sum = 3523407757", "it is of another version or installation"),
        ("DELETE FROM meta", "it is damaged"),
        ("INSERT INTO meta VALUES (x'00', 0)", "it is damaged"),
        ("DROP INDEX by_slot", "it is of another version or installation"),
        ("ALTER TABLE rows RENAME COLUMN content TO other", "it is of another version or installation"),
        ("CREATE VIEW other AS SELECT 1", "it is of another version or installation"),
    ],
)
def test_a_file_with_another_header_or_schema_is_discarded(path: Path, statement: str, reason: str) -> None:
    fill(path, 20)
    change(path, statement)
    with logged() as lines, closing(opened(path)) as memory:
        assert memory.last is None
    assert len(lines) == 1
    assert f"({reason})" in lines[0]


def test_a_file_that_shrinks_while_it_is_open_never_gives_a_wrong_row(path: Path) -> None:
    fill(path, 5000)
    with closing(opened(path)) as memory:
        recalled(memory, rows(10))
        os.truncate(path, 8192)
        recalled(memory, rows(5000))
        memory.remember(rows(5000, version=1))
        memory.finish(resync(1))
        recalled(memory, rows(5000))
    check_after_damage(path, 5000)


def test_a_file_that_is_deleted_while_it_is_open_is_made_anew(path: Path) -> None:
    fill(path, 100)
    with closing(opened(path)) as memory:
        path.unlink()
        recalled(memory, rows(100))
        memory.remember(rows(100, version=1))
        memory.finish(resync(1))
    check_after_damage(path, 100)


_WRITER = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from test_memory import opened, resync, rows
memory = opened(Path({path!r}))
print("open", flush=True)
for hour in range(1, 10_000):
    for part in range(8):
        memory.remember(rows(2000, version=hour)[part * 250 : (part + 1) * 250])
    memory.finish(resync(hour))
"""


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_process_that_is_killed_leaves_the_rows_of_one_finished_resync(path: Path, seed: int) -> None:
    fill(path, 2000)
    program = _WRITER.format(root=str(ROOT), tests=str(Path(__file__).parent), path=str(path))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(random.Random(seed).uniform(0.05, 1.5))
        assert open_memory(path, IDENTITY) is None
        process.send_signal(signal.SIGKILL)
    with logged() as lines, closing(opened(path)) as memory:
        assert memory.last
        hour = (memory.last.started - START) // timedelta(hours=1)
        assert all(recalled(memory, rows(2000, version=hour)))
        assert not any(recalled(memory, rows(2000, version=hour + 1)))
        assert not any(recalled(memory, rows(2000, version=hour - 1)))
    assert lines == []


@pytest.mark.process
def test_a_fork_remembers_nothing(memory: EntityMemory) -> None:
    memory.remember(rows(10))
    memory.finish(resync(0))
    child = os.fork()
    if not child:
        memory.remember(rows(10, version=1))
        memory.finish(resync(1))
        is_empty = not any(recalled(memory, rows(10)))
        memory.close()
        os._exit(0 if is_empty else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert all(recalled(memory, rows(10)))
    assert memory.last == resync(0)
