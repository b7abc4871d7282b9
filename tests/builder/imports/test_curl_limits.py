"""Very large curl commands are rejected in seconds, not minutes."""

import time

import pytest

from builder.imports.curl import read_curl
from builder.imports.imported import DocumentError

COMMAND = "curl https://api.example.com/x"
VERY_LARGE = {
    "headers": COMMAND + " -H 'X-A: 1'" * 100_000,
    "variables": COMMAND + ' -H "X-A: $A"' * 100_000,
    "data": COMMAND + " -d a=1" * 100_000,
    "parameters": f"{COMMAND}?" + "&".join(f"a{number}=1" for number in range(100_000)),
    "commands": f"{COMMAND}\n" * 100_000,
    "blanks": COMMAND + "\\ \t" * 100_000,
}
MOST_S = 20


@pytest.mark.parametrize("text", VERY_LARGE.values(), ids=VERY_LARGE)
def test_very_large_command_is_rejected_in_seconds(text: str) -> None:
    start = time.monotonic()
    with pytest.raises(DocumentError, match="more than"):
        read_curl(text)
    assert time.monotonic() - start < MOST_S


def test_word_of_100000_quoted_parts_is_read() -> None:
    start = time.monotonic()
    found = read_curl(COMMAND + "a'b'" * 100_000)
    assert found.endpoints[0].kind == "/x" + "ab" * 100_000
    assert time.monotonic() - start < MOST_S


def test_command_with_500_headers_is_read() -> None:
    found = read_curl(COMMAND + "".join(f" -H 'X-A{number}: 1'" for number in range(500)))
    assert len(found.endpoints) == 1
