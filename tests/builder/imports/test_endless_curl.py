"""What is pasted as a curl command, and is none: refused at once, and not after minutes."""

import time

import pytest

from builder.imports.curl import read_curl
from builder.imports.found import DocumentError

ADDRESS = "curl https://api.example.com/x"
ENDLESS = {
    "headers": ADDRESS + " -H 'X-A: 1'" * 100_000,
    "variables": ADDRESS + ' -H "X-A: $A"' * 100_000,
    "data": ADDRESS + " -d a=1" * 100_000,
    "parameters": f"{ADDRESS}?" + "&".join(f"a{number}=1" for number in range(100_000)),
    "commands": f"{ADDRESS}\n" * 100_000,
    "blanks": ADDRESS + "\\ \t" * 100_000,
}
MOST_S = 20


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_command_is_refused_at_once(text: str) -> None:
    start = time.monotonic()
    with pytest.raises(DocumentError, match="more than"):
        read_curl(text)
    assert time.monotonic() - start < MOST_S


def test_a_word_of_a_hundred_thousand_pieces_is_read() -> None:
    start = time.monotonic()
    found = read_curl(ADDRESS + "a'b'" * 100_000)
    assert found.endpoints[0].kind == "/x" + "ab" * 100_000
    assert time.monotonic() - start < MOST_S


def test_a_command_of_many_headers_is_read() -> None:
    found = read_curl(ADDRESS + "".join(f" -H 'X-A{number}: 1'" for number in range(500)))
    assert len(found.endpoints) == 1
