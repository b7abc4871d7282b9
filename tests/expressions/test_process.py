"""jq programs in another process: their limits hold, and they leave nothing behind."""

import gc
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from expressions.child import LENGTH
from expressions.process import JqLimits, JqProcess, _received, end_process
from expressions.program import JqProgram
from rest.bodies import Json
from rest.errors import JqError
from tests.security.programs import ENDLESS, GREEDY

ROOT = Path(__file__).parents[2]
SOON = JqLimits(timeout_s=0.5, max_bytes=300 * 2**20)


def failure(text: str, value: Json = None, limits: JqLimits = SOON) -> str:
    with pytest.raises(JqError) as caught:
        JqProgram(text, limits).outputs(value)
    return str(caught.value)


@pytest.mark.process
@pytest.mark.parametrize("text", [*ENDLESS.values(), *GREEDY.values()], ids=[*ENDLESS, *GREEDY])
def test_a_program_that_takes_too_much_is_stopped(text: str) -> None:
    start = time.monotonic()
    assert failure(text).startswith(
        ("it took longer than 0.5 s", "it ended its process, which may use 0.3 GiB")
    )
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("pattern", ["(a|aa)+$b", "^(a+)+$"])
def test_a_regular_expression_that_blows_up_ends_by_jq_s_own_limit(pattern: str) -> None:
    assert "retry-limit-in-match" in failure(f'test("{pattern}")', "a" * 40 + "c", JqLimits())


def test_what_took_too_long_is_not_asked_again_for_a_while() -> None:
    """Each of a thousand children would wait for it."""
    program = JqProgram("def f: f; f", SOON)
    with pytest.raises(JqError, match="longer than"):
        program.outputs(None)
    start = time.monotonic()
    with pytest.raises(JqError, match="longer than"):
        program.outputs(None)
    assert time.monotonic() - start < SOON.timeout_s / 2


@pytest.mark.process
def test_it_is_asked_again_after_that_in_a_new_process() -> None:
    program = JqProgram("if . then def f: f; f else 1 end", JqLimits(timeout_s=0.5, pause_s=0))
    with pytest.raises(JqError, match="longer than"):
        program.outputs(value=True)
    assert program.outputs(value=False) == [1]


@pytest.mark.process
def test_a_process_that_was_ended_from_outside_is_replaced() -> None:
    before = children()
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]
    (first,) = children() - before
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert process.outputs("tojson", "2") == ["2"]


def test_threads_get_their_own_answers() -> None:
    program = JqProgram(". + 1")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(program.outputs, range(100))) == [[number + 1] for number in range(100)]


@pytest.mark.process
def test_an_interrupted_reader_leaves_no_answer_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]

    def interrupted(_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("expressions.process._answered", interrupted)
        with pytest.raises(KeyboardInterrupt):
            process.outputs("tojson", "2")
    assert process.outputs("tojson", "3") == ["3"]


@pytest.mark.process
def test_a_fork_has_a_process_of_its_own() -> None:
    """Two that write into one pipe would read each other's answers, or end each other's process."""
    script = (
        "import gc, os; from expressions.process import JqLimits, JqProcess\n"
        "process = JqProcess(JqLimits())\n"
        "answers = process.outputs('tojson', '1')\n"
        "if os.fork() == 0:\n"
        "    right = process.outputs('tojson', '[2]') == ['[2]']\n"
        "    del process; gc.collect(); os._exit(right)\n"
        "_, ended = os.wait()\n"
        "print(answers, os.waitstatus_to_exitcode(ended), process.outputs('tojson', '3'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "['1'] 1 ['3']\n"


@pytest.mark.process
def test_a_fork_forgets_the_process_that_it_did_not_start() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        end_process(process, started_by=-1)
        assert process.stdin is not None
        assert process.stdin.closed
        assert process.returncode is None
        end_process(process, os.getpid())
    assert process.returncode == -signal.SIGKILL


def test_all_programs_share_one_process() -> None:
    assert JqProgram(". + 1").outputs(1) == [2]
    before = children()
    assert [JqProgram(f". + {number}").outputs(1) for number in range(2, 10)] == [[n] for n in range(3, 11)]
    assert children() <= before


@pytest.mark.process
def test_one_that_nobody_holds_leaves_no_process() -> None:
    gc.collect()  # what earlier tests left
    before = children()
    process = JqProcess(JqLimits())
    assert process.outputs(". + 1 | tojson", "1") == ["2"]
    (its_own,) = children() - before
    del process
    gc.collect()
    assert its_own not in children()


@pytest.mark.process
def test_the_process_has_no_secret_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCEAN_SECRET", "hunter22")
    before = children()
    process = JqProcess(JqLimits())
    assert process.outputs(". + 1 | tojson", "1") == ["2"]
    (its_own,) = children() - before
    environ = Path(f"/proc/{its_own}/environ").read_bytes()
    assert b"PATH=" in environ
    assert b"hunter22" not in environ


def children() -> set[int]:
    """The processes that this one has started and not yet waited for, those of earlier tests too (Linux)."""
    found: set[int] = set()
    for thread in Path("/proc/self/task").iterdir():
        found.update(int(number) for number in (thread / "children").read_text().split())
    return found


def test_what_is_right_is_not_limited() -> None:
    rows: Json = [{"id": number, "name": "é\u2028\n" * 10} for number in range(20_000)]
    assert JqProgram("map(select(.id % 2 == 0)) | length").outputs(rows) == [10_000]
    assert JqProgram(".").outputs(rows) == [rows]


def test_one_that_never_ran_can_be_closed() -> None:
    before = children()
    process = JqProcess(JqLimits())
    process.close()
    assert children() == before
    assert process.outputs("tojson", "1") == ["1"]


def test_after_a_close_the_next_program_has_a_new_process() -> None:
    before = children()
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]
    (first,) = children() - before
    process.close()
    assert first not in children()
    process.close()
    assert process.outputs("tojson", "2") == ["2"]
    assert len(children() - before) == 1


def test_a_close_ends_a_program_that_runs() -> None:
    """Another thread waits for its answer."""
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(process.outputs, "def f: f; f", "1")
        deadline = time.monotonic() + 10
        while not endless.done() and time.monotonic() < deadline:
            time.sleep(0.01)  # it may not have begun yet
            process.close()
        with pytest.raises(ValueError, match="it ended its process"):
            endless.result(timeout=1)
    assert process.outputs("tojson", "2") == ["2"]


class Held:
    """An input, and where outputs go."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)
        self.written = b""

    def reader(self) -> io.BytesIO:
        """Reads it from the start."""
        return io.BytesIO(self._content)

    def write(self, chunk: bytes) -> None:
        """Adds to what was written."""
        self.written += chunk


def test_outputs_go_elsewhere_where_they_would_fill_the_memory() -> None:
    held = Held(b"[1, 2]")
    JqProgram(".[]").outputs_into(held, held)
    assert held.written == b"1\n2"


@pytest.mark.parametrize("text", [".a", "def f: f; f"])
def test_a_program_that_fails_on_what_is_kept_elsewhere_says_why(text: str) -> None:
    held = Held(b"[1]")
    with pytest.raises(JqError, match=r"Cannot index array|longer than 0\.5 s"):
        JqProgram(text, SOON).outputs_into(held, held)


def test_an_answer_that_is_cut_is_none() -> None:
    whole = LENGTH.pack(3) + b"+1"
    assert _received(io.BytesIO(whole), Held(b"")) is None
    assert _received(io.BytesIO(b""), Held(b"")) is None


@pytest.mark.parametrize("text", ["[range(200000)]", "range(200000)"])
def test_outputs_that_would_fill_the_memory_are_an_error(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expressions.program.MOST_WEIGHT", 1000)
    assert failure(text, limits=JqLimits()) == "its outputs take too much memory"
    monkeypatch.setattr("expressions.process._LONGEST_ANSWER", 2**20)
    assert failure(text, limits=JqLimits()) == "its outputs have more than 1 MiB"
    assert JqProgram("1").outputs(None) == [1]
