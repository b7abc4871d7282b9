"""The worker's protocol, without a process."""

import io
import json
import resource
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from mapping.program import Expression, Task
from mapping.worker import LENGTH, main, read_task, serve, write_task

TASK = Task((Expression(".a"), Expression("env.SECRET", is_name=True)))


def framed(*frames: bytes) -> io.BytesIO:
    return io.BytesIO(b"".join(LENGTH.pack(len(frame)) + frame for frame in frames))


def responses(sink: io.BytesIO) -> list[Any]:
    sink.seek(0)
    found = []
    while length := sink.read(LENGTH.size):
        found.append(json.loads(sink.read(*LENGTH.unpack(length))))
    return found


@pytest.fixture
def signals() -> Iterator[None]:
    """Restore the signal handlers afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_task_is_the_same_after_writing_and_reading() -> None:
    task = Task(TASK.expressions, has_query=True, every=True)
    assert read_task(write_task(task)) == task


def test_each_request_is_answered_until_the_source_ends() -> None:
    other = Task((Expression(".a + 1"),))
    source = framed(
        write_task(TASK), b'[{"a": 1}, {}]', write_task(other), b'[{"a": 1}]', write_task(TASK), b"[]"
    )
    sink = io.BytesIO()
    serve(source, sink, timeout_s=60, sees_environment=False)
    assert responses(sink) == [[[[1], [None]], [[None], [None]]], [[[2]]], []]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize(("sees", "secret"), [("0", None), ("1", "hunter22")])
@pytest.mark.usefixtures("signals")
def test_arguments_set_up_the_process(sees: str, secret: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hunter22")
    sink = io.BytesIO()
    as_it_is = resource.getrlimit(resource.RLIMIT_AS)[0]
    main(["60", str(as_it_is), sees], framed(write_task(TASK), b"[{}]"), sink)
    assert responses(sink) == [[[[None], [secret]]]]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
