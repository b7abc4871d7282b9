"""The tool `explain` finds the entries of the troubleshooting page."""

import pytest

from builder.assistant.troubleshooting import PAGE, Entry, find_entries, read_entries

ENTRIES = list(read_entries(PAGE))
# Messages with fewer letters than this are part of many others.
_FEW_LETTERS = 12


def found(message: str) -> list[Entry]:
    return [entry for _, entry in find_entries(message).entries]


def test_every_entry_is_found_by_its_own_message() -> None:
    """Also if the gaps are filled in, and the kind and a hint are around it."""
    messages = [
        (entry, message)
        for entry in ENTRIES
        for message in entry.messages
        if sum(map(str.isalpha, message)) >= _FEW_LETTERS
    ]
    assert len(messages) > 500
    missing = [
        message
        for entry, message in messages
        if entry not in found(f"/api/v1/users: {message.replace('…', 'made-up 7')}. And a hint")
    ]
    assert missing == []


def test_the_entry_with_the_most_words_is_the_first() -> None:
    message = "baseUrl: got 'x', accepts the root URL of the API, like https://api.example.com"
    best = found(f"Ocean Custom cannot start: {message}")[0]
    assert any(each.startswith("baseUrl: got …") for each in best.messages)
    assert "scheme" in best.fix


def test_links_in_cause_and_fix_are_plain_text() -> None:
    assert not [entry for entry in ENTRIES if "](" in entry.cause + entry.fix]


def test_a_similar_message_is_found_but_is_not_exact() -> None:
    exact = find_entries("the sample has no items")
    similar = find_entries("sample without items: the sample had no such items")
    assert exact.is_exact
    assert not similar.is_exact
    assert exact.entries[0] in similar.entries


def test_a_message_without_its_end_is_found_but_is_not_exact() -> None:
    complete = find_entries(
        "nothing listens at 127.0.0.1:8766 (ConnectError: All connection attempts failed)"
    )
    shortened = find_entries("nothing listens at 127.0.0.1:8766")
    assert complete.is_exact
    assert not shortened.is_exact
    assert complete.entries[0] in shortened.entries


@pytest.mark.parametrize("message", ["", "…", "xyzzy plugh", "0" * 100_000])
def test_other_texts_have_no_entry(message: str) -> None:
    assert find_entries(message).entries == ()
