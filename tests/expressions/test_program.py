"""jq expressions: exact numbers, no access to the environment, one-line errors."""

import pytest

from expressions.program import JqProgram
from rest.bodies import Json
from rest.errors import JqError


def outputs(text: str, value: Json = None) -> list[Json]:
    return JqProgram(text).outputs(value)


@pytest.mark.parametrize(
    "text",
    ["env", "$ENV", "env | keys", "def f: $ENV; f", "[env, $ENV] | add", "def g(f): f; g(env)"],
)
def test_no_expression_sees_the_environment(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """People who can edit the mapping in Port must not read the secrets of this process."""
    monkeypatch.setenv("OCEAN_SECRET", "hunter22")
    assert "hunter22" not in str(outputs(text))
    assert "OCEAN_SECRET" not in str(outputs(text))


@pytest.mark.parametrize("text", ['import "m" as m; .', 'include "m"; .', 'import "/etc/passwd" as $p; $p'])
def test_no_expression_reads_files(text: str) -> None:
    with pytest.raises(JqError):
        JqProgram(text)


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        (".id", {"id": 9007199254740993}, [9007199254740993]),
        (".", 123456789012345678901234567890, [123456789012345678901234567890]),
        (".id | tostring", {"id": 9007199254740993}, ["9007199254740993"]),
        ("map(select(.id > 0))", [{"id": 9007199254740993}], [[{"id": 9007199254740993}]]),
        ('"\\(.id)"', {"id": 12345678901234567890}, ["12345678901234567890"]),
    ],
)
def test_large_numbers_keep_their_digits(text: str, value: Json, found: list[Json]) -> None:
    assert outputs(text, value) == found


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        (".a # the key", {"a": 1}, [1]),
        (".a # ) closes nothing", {"a": 1}, [1]),
        (".a # ends in a backslash \\", {"a": 1}, [1]),
        (".a # one\n | . + 1", {"a": 1}, [2]),
        (".[], 3", [1, 2], [1, 2, 3]),
        ("empty", 1, []),
        (".items[]?", {}, []),
        ("def f: . + 1; f", 1, [2]),
        ("{b: 1, a: 2}", None, [{"b": 1, "a": 2}]),
        ("nan", None, [None]),
        ('"a\\u0000b"', None, ["a\0b"]),
        (".", "\u2028é😀", ["\u2028é😀"]),
    ],
)
def test_every_output_is_returned(text: str, value: Json, found: list[Json]) -> None:
    assert outputs(text, value) == found


def test_keys_keep_their_order() -> None:
    (found,) = outputs(".", {"b": 1, "a": 2})
    assert list(found) == ["b", "a"] if isinstance(found, dict) else False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".a) | (.b", "syntax error, unexpected INVALID_CHARACTER, expecting end of file"),
        ("(.a", "syntax error, unexpected end of file, expecting '|' or ',' or ')'"),
        (".a[", "syntax error, unexpected end of file"),
        ("", "syntax error, unexpected end of file"),
        ("# nothing", "syntax error, unexpected end of file"),
        ("nonsense", "nonsense/0 is not defined"),
        ("$x", "$x is not defined"),
        (".a |\n nonsense", "nonsense/0 is not defined"),
    ],
)
def test_a_compile_error_is_one_line(text: str, message: str) -> None:
    with pytest.raises(JqError) as caught:
        JqProgram(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "value", "message"),
    [
        (".a.b", {"a": "text"}, 'Cannot index string with string ("b")'),
        (".[]", None, "Cannot iterate over null"),
        ('error("first\nsecond")', None, "first"),
        ('error("")', None, "it fails"),
        ('1, error("late")', None, "late"),
        ("halt", 1, "halt"),
        ("halt_error", 1, "halt_error"),
        ("halt_error(3)", 1, "halt_error"),
        ("reduce range(9000) as $i (0; [.])", 1, "an output is nested too deeply"),
    ],
)
def test_an_expression_that_fails_says_why_on_one_line(text: str, value: Json, message: str) -> None:
    program = JqProgram(text)
    with pytest.raises(JqError) as caught:
        program.outputs(value)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_program_can_be_used_again_after_an_error() -> None:
    program = JqProgram(".a")
    with pytest.raises(JqError):
        program.outputs("text")
    assert program.outputs({"a": 1}) == [1]


def test_programs_are_equal_by_their_text() -> None:
    assert JqProgram(".a") == JqProgram(".a")
    assert JqProgram(".a") != JqProgram(".b")
    assert repr(JqProgram(".a")) == "JqProgram(text='.a')"
