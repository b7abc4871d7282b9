"""Command lines split as bash does."""

import shlex
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.imports.imported import DocumentError
from builder.imports.shell import split_commands


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")), min_size=1))
def test_quoted_words_are_read_unchanged(words: list[str]) -> None:
    assert split_commands(shlex.join(words)) == [words]


@given(st.text())
def test_any_text_is_read_or_rejected(text: str) -> None:
    with suppress(DocumentError):
        assert all(split_commands(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"""a 'b c' "d e" f\ g""", ["a", "b c", "d e", "f g"]),
        ("""a'b'"c"d""", ["abcd"]),
        ("'' \"\"", ["", ""]),
        ("a \\\n  b \\  \n c", ["a", "b", "c"]),
        ("a \\\r\n b", ["a", "b"]),
        ("a\n  -H x\n\t--data y", ["a", "-H", "x", "--data", "y"]),
        (r'"a\"b\\c\d\$e"', ['a"b\\c\\d$e']),
        ('"a\\\nb"', ["ab"]),
        (r"$'a\'b\n\x41\u00e9\101\q'", ["a'b\nAéA\\q"]),
        ('$"a"', ["a"]),
        ("'$A' $A ${A} ${A:-x} \"b $A\"", ["$A", "${A}", "${A}", "${A}", "b ${A}"]),
        ('"Bearer $(gcloud auth "x" print-token)"', ["Bearer ${GCLOUD_AUTH_X_PRINT_TOKEN}"]),
        ("`pass show api`", ["${PASS_SHOW_API}"]),
        ("a?b=1&c=2", ["a?b=1&c=2"]),
        ("a <your token>", ["a", "<your token>"]),
        ("a#b # c", ["a#b"]),
        ("# first\na", ["a"]),
        ("a $ %", ["a", "$", "%"]),
        ("a \\", ["a", ""]),
    ],
    ids=[
        "quotes", "joined", "empty", "continued", "windows_lines", "lost_backslash", "double_quotes",
        "continued_in_quotes", "ansi_c", "translated", "variables", "command", "backticks", "ampersand",
        "fill_in", "comment", "comment_first", "lone_marks", "backslash_at_the_end",
    ],
)  # fmt: skip
def test_words_are_split_as_in_bash(text: str, words: list[str]) -> None:
    assert split_commands(text) == [words]


@pytest.mark.parametrize(
    "text",
    ["a | b", "a; b", "a && b", "a & b", "a\nb", "a || b"],
    ids=["pipe", "semicolon", "and", "background", "line", "or"],
)
def test_commands_end_as_in_bash(text: str) -> None:
    assert split_commands(text) == [["a"], ["b"]]


def test_redirection_ends_a_command() -> None:
    assert split_commands("a b 2>/dev/null") == [["a", "b"], ["/dev/null"]]


@pytest.mark.parametrize(
    ("text", "where"),
    [("a 'b", "line 1, column 3"), ('a\nb "c', "line 2, column 3"), ("`a", "line 1, column 1")],
    ids=["single", "double", "backtick"],
)
def test_unclosed_quote_is_reported_with_its_place(text: str, where: str) -> None:
    with pytest.raises(DocumentError, match=where):
        split_commands(text)


@pytest.mark.parametrize(
    "part", ['"$(', "\\", "'\"", "$'\\"], ids=["command", "backslash", "quotes", "ansi_c"]
)
def test_long_unclosed_text_is_rejected_quickly(part: str) -> None:
    """A pattern that backtracks would take years."""
    with suppress(DocumentError):
        split_commands(part * 20_000)
