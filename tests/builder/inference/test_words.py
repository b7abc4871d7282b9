"""Names split into words."""

import pytest

from builder.inference.words import split_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("createdAt", ["created", "At"]),
        ("HTMLUrl", ["HTML", "Url"]),
        ("created-at_x y.z", ["created", "at", "x", "y", "z"]),
        ("ipv4", ["ipv4"]),
        ("__", []),
    ],
)
def test_name_is_split_into_words(name: str, words: list[str]) -> None:
    assert split_words(name) == words
