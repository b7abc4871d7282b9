"""The protocol of the jq child process, tested without a process."""

import io
import resource
import signal
from collections.abc import Iterator

import pytest

from expressions.child import main, read_frame, serve, write_frame


def framed(*frames: bytes) -> io.BytesIO:
    source = io.BytesIO()
    for frame in frames:
        write_frame(source, frame)
    source.seek(0)
    return source


def responses(sink: io.BytesIO) -> list[bytes]:
    sink.seek(0)
    found = []
    while (frame := read_frame(sink)) is not None:
        found.append(frame)
    return found


@pytest.fixture
def sink() -> Iterator[io.BytesIO]:
    """Return a sink. Afterwards, check that no timer runs, and restore signals and limits."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM)}
    memory = resource.getrlimit(resource.RLIMIT_AS)
    yield io.BytesIO()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    resource.setrlimit(resource.RLIMIT_AS, memory)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("program", "value", "answer"),
    [
        (b".[] | tojson", b"[1, 2]", b"+1\n2"),
        (b"empty", b"1", b"+"),
        (b".a", b"1", b'-Cannot index number with string ("a")'),
        (b".", b"", b"+"),
    ],
    ids=["outputs", "no output", "an error", "compiled alone"],
)
def test_each_request_has_one_response(program: bytes, value: bytes, answer: bytes, sink: io.BytesIO) -> None:
    serve(framed(program, value), sink, 10)
    assert responses(sink) == [answer]


def test_each_request_of_an_invalid_program_gets_the_compile_error(sink: io.BytesIO) -> None:
    serve(framed(b"nonsense", b"", b"nonsense", b"1"), sink, 10)
    found = responses(sink)
    assert len(found) == 2
    assert all(answer.startswith(b"-jq: error: nonsense/0 is not defined") for answer in found)


@pytest.mark.parametrize("source", [b"", b"\0\0\0"], ids=["nothing", "half a length"])
def test_the_process_ends_at_the_end_of_its_input(source: bytes, sink: io.BytesIO) -> None:
    main("10", str(2**40), io.BytesIO(source), sink)
    assert responses(sink) == []
