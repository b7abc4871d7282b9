"""Command lines as bash reads them."""

import shlex
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.imports.found import DocumentError
from builder.imports.shell import commands_in


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")), min_size=1))
def test_what_was_quoted_for_the_shell_comes_back(words: list[str]) -> None:
    assert commands_in(shlex.join(words)) == [words]


@given(st.text())
def test_any_text_is_words_or_an_unclosed_quote(text: str) -> None:
    with suppress(DocumentError):
        assert all(commands_in(text))


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
def test_words_are_read_as_bash_reads_them(text: str, words: list[str]) -> None:
    assert commands_in(text) == [words]


@pytest.mark.parametrize(
    "text",
    ["a | b", "a; b", "a && b", "a & b", "a\nb", "a || b"],
    ids=["pipe", "semicolon", "and", "background", "line", "or"],
)
def test_commands_end_where_bash_ends_them(text: str) -> None:
    assert commands_in(text) == [["a"], ["b"]]


def test_redirections_are_no_words() -> None:
    assert commands_in("a b 2>/dev/null") == [["a", "b"], ["/dev/null"]]


@pytest.mark.parametrize(
    ("text", "where"),
    [("a 'b", "line 1, column 3"), ('a\nb "c', "line 2, column 3"), ("`a", "line 1, column 1")],
    ids=["single", "double", "backtick"],
)
def test_an_unclosed_quote_is_told_with_its_place(text: str, where: str) -> None:
    with pytest.raises(DocumentError, match=where):
        commands_in(text)


@pytest.mark.parametrize(
    "part", ['"$(', "\\", "'\"", "$'\\"], ids=["command", "backslash", "quotes", "ansi_c"]
)
def test_a_long_unclosed_text_takes_no_long_time(part: str) -> None:
    """Backtracking would take years."""
    with suppress(DocumentError):
        commands_in(part * 20_000)
