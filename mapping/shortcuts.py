"""Evaluate common jq expressions without jq: paths, literals, and what most often follows them.

`.id`, `.owner.email`, `.labels[0]`, `"task"`, `.name // "?"`, `.id | tostring`, `.state == "open"`
"""

import math
import re
from collections.abc import Callable, Mapping

from expressions.paths import jq_path
from rest.bodies import Json
from rest.errors import JqError
from rest.page import Item
from rest.steps import Iterate

type Shortcut = Callable[[Item], Json]

_TOKEN = re.compile(
    r"""[ ]* (?: (?P<operator> // | == | != | \| )
               # `?//` is an operator of its own.
               | (?P<path> \. (?: [\w.\[\]?-] | "[^"\\]*" )* (?: (?<!\?) | (?!//) ) )
               | (?P<string> "[^"\\]*" )
               | (?P<integer> (?: 0 | -?[1-9]\d{0,14} ) (?![\w.]) )
               | (?P<word> [a-z]+ ) )""",
    re.VERBOSE | re.ASCII,
)
_CONSTANTS: Mapping[str, Json] = {"true": True, "false": False, "null": None}
# Types whose values are the same before and after jq.
_UNCHANGED_TYPES = frozenset({str, int, bool, type(None)})
# Doubles are exact up to this integer. Beyond it, jq's comparisons have rules of their own.
_MAX_EXACT = 2**53


class NeedsJqError(Exception):
    """The expression fails on this item, or prints a number, so that only jq can give the result."""


def shortcut_for(expression: str) -> Shortcut | None:
    """Return a function that gives the first output of an expression. None: the expression needs jq.

    The function raises NeedsJqError: this item needs jq.
    """
    raw = _raw_shortcut(expression)
    return raw and _normalized(raw)


def name_shortcut_for(expression: str) -> Shortcut | None:
    """Return the same for an identifier: numbers become strings, also in a list, and "" becomes null."""
    raw = _raw_shortcut(expression)
    return raw and _as_name(raw)


def _raw_shortcut(expression: str) -> Shortcut | None:
    """Return a function that gives values as they are in the item, before jq would normalize them."""
    tokens = _tokens(expression)
    words: list[str] = []
    while len(tokens) > 2 and tokens[-2] == "|":
        *tokens, _, word = tokens
        words.insert(0, word)
    shortcut = _alternative(tokens) if "//" in tokens else _comparison(tokens)
    for word in words:
        shortcut = shortcut and _piped(shortcut, word)
    return shortcut


def _tokens(expression: str) -> list[str]:
    """Return the tokens of an expression, or none if there is one that no shortcut knows."""
    text = expression.strip(" \t\r\n")
    tokens: list[str] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            return []
        tokens.append(match[0].lstrip(" "))
        position = match.end()
    return tokens if text.isprintable() else []


def _alternative(tokens: list[str]) -> Shortcut | None:
    """`a // b // c`: the first value that is neither null nor false, otherwise the last."""
    operands = tokens[::2]
    shortcuts = [shortcut for operand in operands if (shortcut := _operand(operand))]
    if len(shortcuts) < len(operands) or tokens[1::2] != ["//"] * (len(operands) - 1):
        return None
    *firsts, last = shortcuts

    def value_of(item: Item) -> Json:
        for shortcut in firsts:
            value = shortcut(item)
            if value is not None and value is not False:
                return value
        return last(item)

    return value_of


def _comparison(tokens: list[str]) -> Shortcut | None:
    """`a == "x"`, `a != "x"`, or a single operand."""
    match tokens:
        case [operand]:
            return _operand(operand)
        case [operand, ("==" | "!=") as operator, literal] if not literal.startswith("."):
            left, right = _operand(operand), _operand(literal)
            return left and right and _compared(left, right, is_equal=operator == "==")
    return None


def _compared(left: Shortcut, right: Shortcut, *, is_equal: bool) -> Shortcut:
    def value_of(item: Item) -> Json:
        value, literal = left(item), right(item)
        if isinstance(value, float) or (isinstance(value, int) and abs(value) >= _MAX_EXACT):
            raise NeedsJqError
        # To Python, true equals 1.
        return (value.__class__ is literal.__class__ and value == literal) is is_equal

    return value_of


def _piped(shortcut: Shortcut, word: str) -> Shortcut | None:
    if word == "not":
        return lambda item: (value := shortcut(item)) is None or value is False
    return (lambda item: _to_string(shortcut(item))) if word == "tostring" else None


def _to_string(value: Json) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise NeedsJqError


def _operand(token: str) -> Shortcut | None:
    if token.startswith("."):
        return _path(token)
    if token.startswith('"'):
        return _constant(token[1:-1])
    if token in _CONSTANTS:
        return _constant(_CONSTANTS[token])
    return _constant(int(token)) if token.removeprefix("-").isdecimal() else None


def _constant(value: Json) -> Shortcut:
    return lambda _: value


def _path(token: str) -> Shortcut | None:
    try:
        steps = jq_path(token).steps
    except JqError:
        return None
    keys = [step.at for step in steps or () if not isinstance(step.at, Iterate)]
    if steps is None or len(keys) < len(steps):
        return None
    match keys:
        case [str(name)]:
            return lambda item: item.get(name)
        case _:
            return lambda item: _value_at(item, keys)


def _value_at(item: Item, keys: list[str | int]) -> Json:
    value: Json = item
    for key in keys:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int):
            value = value[key] if -len(value) <= key < len(value) else None
        elif value is not None:
            raise NeedsJqError
    return value


def _normalized(raw: Shortcut) -> Shortcut:
    def value_of(item: Item) -> Json:
        value = raw(item)
        return value if value.__class__ in _UNCHANGED_TYPES else _as_jq_returns(value)

    return value_of


def _as_jq_returns(value: Json) -> Json:
    """Return a value as it comes out of jq, where a number without a fraction is an integer."""
    if value.__class__ in _UNCHANGED_TYPES:
        return value
    if isinstance(value, dict):
        return {key: _as_jq_returns(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_jq_returns(inner) for inner in value]
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    raise NeedsJqError


def _as_name(raw: Shortcut) -> Shortcut:
    def value_of(item: Item) -> Json:
        value = raw(item)
        if isinstance(value, list):
            return [_name(element) for element in value]
        return None if value == "" else _name(value)

    return value_of


def _name(value: Json) -> Json:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return str(value)
    raise NeedsJqError
