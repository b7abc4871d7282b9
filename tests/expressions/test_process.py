"""The child process that runs jq programs: its limits, its lifetime and its environment."""

import gc
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from expressions.child import LENGTH
from expressions.process import JqLimits, JqProcess, StoppedError, _copy_response, end_process
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
def test_a_program_that_exceeds_a_limit_is_stopped(text: str) -> None:
    start = time.monotonic()
    assert failure(text).startswith(
        ("it took longer than 0.5 s", "it ended its process, which may use 0.3 GiB")
    )
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("pattern", ["(a|aa)+$b", "^(a+)+$"])
def test_jq_limits_the_backtracking_of_regular_expressions(pattern: str) -> None:
    assert "retry-limit-in-match" in failure(f'test("{pattern}")', "a" * 40 + "c", JqLimits())


def test_a_program_that_timed_out_fails_at_once_during_the_pause() -> None:
    """Otherwise each of a thousand parent items would wait for the timeout."""
    program = JqProgram("def f: f; f", SOON)
    with pytest.raises(JqError, match="longer than"):
        program.outputs(None)
    start = time.monotonic()
    with pytest.raises(JqError, match="longer than"):
        program.outputs(None)
    assert time.monotonic() - start < SOON.timeout_s / 2


@pytest.mark.process
def test_after_the_pause_the_program_runs_in_a_new_process() -> None:
    program = JqProgram("if . then def f: f; f else 1 end", JqLimits(timeout_s=0.5, pause_s=0))
    with pytest.raises(JqError, match="longer than"):
        program.outputs(value=True)
    assert program.outputs(value=False) == [1]


@pytest.mark.process
@pytest.mark.parametrize("remembered", [0, 1])
def test_a_program_compiles_each_time(monkeypatch: pytest.MonkeyPatch, remembered: int) -> None:
    """Whether it is remembered or not."""
    monkeypatch.setattr("expressions.process._MAX_COMPILED", remembered)
    process = JqProcess(JqLimits())
    for _ in range(2):
        process.check(".a")
        with pytest.raises(ValueError, match="syntax"):
            process.check(".a |")


def test_a_killed_process_is_replaced() -> None:
    before = children()
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]
    (first,) = children() - before
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert process.outputs("tojson", "2") == ["2"]


def test_each_thread_gets_its_own_outputs() -> None:
    program = JqProgram(". + 1")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(program.outputs, range(100))) == [[number + 1] for number in range(100)]


@pytest.mark.process
def test_an_interrupted_run_leaves_no_response_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]

    def interrupted(_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("expressions.process._read_response", interrupted)
        with pytest.raises(KeyboardInterrupt):
            process.outputs("tojson", "2")
    assert process.outputs("tojson", "3") == ["3"]


@pytest.mark.process
def test_a_fork_starts_its_own_process() -> None:
    """Two processes that share a pipe would read each other's responses, or end each other's child."""
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
def test_a_fork_does_not_kill_the_process_of_its_parent() -> None:
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
def test_the_process_ends_when_its_object_is_collected() -> None:
    gc.collect()  # ends the processes of earlier tests
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
    """Return the ids of all child processes, including those of earlier tests (Linux only)."""
    found: set[int] = set()
    for thread in Path("/proc/self/task").iterdir():
        found.update(int(number) for number in (thread / "children").read_text().split())
    return found


def test_large_inputs_and_outputs_within_the_limits_pass() -> None:
    rows: Json = [{"id": number, "name": "é\u2028\n" * 10} for number in range(20_000)]
    assert JqProgram("map(select(.id % 2 == 0)) | length").outputs(rows) == [10_000]
    assert JqProgram(".").outputs(rows) == [rows]


def test_a_process_that_never_started_can_be_closed() -> None:
    before = children()
    process = JqProcess(JqLimits())
    process.close()
    assert children() == before
    assert process.outputs("tojson", "1") == ["1"]


def test_the_first_program_after_a_close_starts_a_new_process() -> None:
    before = children()
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]
    (first,) = children() - before
    process.close()
    assert first not in children()
    process.close()
    assert process.outputs("tojson", "2") == ["2"]
    assert len(children() - before) == 1


def test_a_close_ends_a_running_program() -> None:
    """Another thread is waiting for the outputs."""
    process = JqProcess(JqLimits())
    assert process.outputs("tojson", "1") == ["1"]
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(process.outputs, "def f: f; f", "1")
        deadline = time.monotonic() + 10
        while not endless.done() and time.monotonic() < deadline:
            time.sleep(0.01)  # the program may not have started yet
            process.close()
        with pytest.raises(StoppedError):
            endless.result(timeout=1)
    assert process.outputs("tojson", "2") == ["2"]


def test_a_program_that_was_stopped_is_not_refused_later() -> None:
    process = JqProcess(JqLimits())
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(process.outputs, "[range(1e6)] | length | tojson", "1")
        while not running.done():
            process.close()
    with suppress(StoppedError):
        running.result()
    assert process.outputs("[range(1e6)] | length | tojson", "1") == ["1000000"]


class StoredInput:
    """An input and a sink in one."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)
        self.written = b""

    def reader(self) -> io.BytesIO:
        """Return a reader that begins at the start."""
        return io.BytesIO(self._content)

    def write(self, chunk: bytes) -> None:
        """Append a chunk."""
        self.written += chunk


def test_outputs_can_be_written_to_a_sink() -> None:
    stored = StoredInput(b"[1, 2]")
    JqProgram(".[]").outputs_into(stored, stored)
    assert stored.written == b"1\n2"


@pytest.mark.parametrize("text", [".a", "def f: f; f"])
def test_a_program_that_fails_on_a_stored_input_says_why(text: str) -> None:
    stored = StoredInput(b"[1]")
    with pytest.raises(JqError, match=r"Cannot index array|longer than 0\.5 s"):
        JqProgram(text, SOON).outputs_into(stored, stored)


def test_a_truncated_response_is_none() -> None:
    whole = LENGTH.pack(3) + b"+1"
    assert _copy_response(io.BytesIO(whole), StoredInput(b"")) is None
    assert _copy_response(io.BytesIO(b""), StoredInput(b"")) is None


@pytest.mark.parametrize("text", ["[range(200000)]", "range(200000)"])
def test_outputs_that_take_too_much_memory_are_an_error(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expressions.program.MOST_WEIGHT", 1000)
    assert failure(text, limits=JqLimits()) == "the outputs take too much memory"
    monkeypatch.setattr("expressions.process._MAX_RESPONSE_BYTES", 2**20)
    assert failure(text, limits=JqLimits()) == "the outputs have more than 1 MiB"
    assert JqProgram("1").outputs(None) == [1]
