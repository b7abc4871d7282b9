"""Decide whether jq expressions give the same entity each time for the same item."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mapping.plan import jq_of

# What reads the environment, files, or where they are.
_SURROUNDINGS = frozenset(
    {
        "env", "get_search_list", "get_jq_origin", "get_prog_origin", "modulemeta", "import", "include",
        "input_filename",
    }
)  # fmt: skip
# Functions whose result depends on the time, the environment, the time zone or the position in the input.
_VARYING = _SURROUNDINGS | {"now", "localtime", "strflocaltime", "input", "inputs", "input_line_number"}
# A conversion of a time format. `%s` depends on the time zone of the process, both ways. `%Z` is always GMT.
_CONVERSION = re.compile(r"%[-_0-9^#EO]*(.)", re.DOTALL)
_FORMATTERS = frozenset({"strftime", "strptime"})
_TOKEN = re.compile(
    r"""(?P<space> \s+ )
      | (?P<comment> \#[^\n]* )
      | (?P<field> \.[A-Za-z_]\w* )
      | (?P<number> (?: \d+ (?: \.\d* )? | \.\d+ ) (?: [eE][+-]?\d+ )? )
      | (?P<word> (?: [A-Za-z_]\w*:: )* [A-Za-z_]\w* )
      | (?P<variable> \$\s*(?: [A-Za-z_]\w*:: )* [A-Za-z_]\w* )
      | (?P<format> @\w+ )
      | (?P<quote> " )
      | (?P<symbol> [^\\`'~^&] )""",
    re.VERBOSE | re.ASCII,
)
_STRING_PART = re.compile(r'(?: [^"\\] | \\[^(] )* (?: " | \\\( )', re.VERBOSE | re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}", "if": "end"}
_ENDS = frozenset(_CLOSING.values())
# Closes a value inside a string: `"\\(.id)"`.
_END_OF_VALUE = ")..."


class NotJqError(Exception):
    """The text is not jq, or versions of jq differ about it: an escape in a comment may continue it."""


class _Token(NamedTuple):
    """A token. kind: a group of _TOKEN; of a word that only names a key of an object, `key`."""

    kind: str
    text: str


def is_deterministic(*expressions: Any) -> bool:  # noqa: ANN401 - search rules have any depth
    """Return whether jq gives the same results each time for the same item.

    expressions: a query, or the fields of a mapping. A text that is not jq counts as false.
    """
    return all(_is_deterministic(jq_of(text)) for value in expressions for text in _texts(value))


def reads_surroundings(*expressions: Any) -> bool:  # noqa: ANN401 - search rules have any depth
    """Return whether jq may read the environment or files of its process.

    expressions: as for is_deterministic. A text that is not jq counts as true.
    """
    return any(_reads_surroundings(jq_of(text)) for value in expressions for text in _texts(value))


def _reads_surroundings(text: str) -> bool:
    try:
        return any(map(_is_of_surroundings, _tokens(text)))
    except NotJqError:
        return True


def _is_of_surroundings(token: _Token) -> bool:
    if token.kind == "variable":
        return token.text.removeprefix("$").strip() == "ENV"
    return token.kind == "word" and token.text.rpartition("::")[2] in _SURROUNDINGS


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - search rules have any depth
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _is_deterministic(text: str) -> bool:
    try:
        tokens = list(_tokens(text))
    except NotJqError:
        return False
    return not any(_varies(token, tokens[place + 1 : place + 4]) for place, token in enumerate(tokens))


def _varies(token: _Token, following: Sequence[_Token]) -> bool:
    if _is_of_surroundings(token):
        return True
    if token.kind == "word" and token.text in _FORMATTERS:
        match following:
            case [_Token(text="("), _Token("string", text), _Token(text=")")]:
                return "\\" in text or "s" in _CONVERSION.findall(text)
        return True
    return token.kind == "word" and token.text.rpartition("::")[2] in _VARYING


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens without spaces and comments. Raises NotJqError."""
    closing: list[str] = []
    position, previous = 0, ""
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match or (match["comment"] and "\\" in match[0]):
            raise NotJqError
        position = match.end()
        token = _Token(match.lastgroup or "", match[0])
        if token.kind in ("space", "comment"):
            continue
        continues_string = token.kind == "quote" or (token.text == ")" and closing[-1:] == [_END_OF_VALUE])
        if token.kind == "word" and closing[-1:] == ["}"] and previous in ("{", ","):
            token = _Token("key", token.text)
        else:
            _track(closing, token.text)
        if continues_string:
            token = _string_part(text, position)
            position += len(token.text)
            if token.text.endswith("("):
                closing.append(_END_OF_VALUE)
        yield token
        previous = token.text
    if closing:
        raise NotJqError


def _string_part(text: str, position: int) -> _Token:
    """Return the string from here to its end, or to a value inside it. Raises NotJqError: it has no end."""
    match = _STRING_PART.match(text, position)
    if not match:
        raise NotJqError
    return _Token("string", match[0])


def _track(closing: list[str], text: str) -> None:
    """Update the stack of what has to close. Raises NotJqError: the text closes something else."""
    if text in _CLOSING:
        closing.append(_CLOSING[text])
    elif text in _ENDS and (not closing or closing.pop()[0] != text[0]):
        raise NotJqError
