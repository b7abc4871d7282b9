"""jq expressions that need no jq: plain paths, literals, and the words that most often stand after them.

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

type Form = Callable[[Item], Json]

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
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})
# Up to here a double is exact; beyond, jq's comparisons have rules of their own.
_EXACT = 2**53


class NeedsJqError(Exception):
    """Only jq can say: the expression fails on this item, or prints a number in jq's own way."""


def form_for(expression: str) -> Form | None:
    """What gives an expression's first output, None where jq has to: it may be no jq at all.

    The form raises NeedsJqError.
    """
    raw = _raw_form(expression)
    return raw and _after_jq(raw)


def text_form_for(expression: str) -> Form | None:
    """The same for an identifier: numbers become strings, alone and in a list; the empty string is null."""
    raw = _raw_form(expression)
    return raw and _as_name(raw)


def _raw_form(expression: str) -> Form | None:
    """Gives values as the item has them, before their way through jq."""
    tokens = _tokens(expression)
    words: list[str] = []
    while len(tokens) > 2 and tokens[-2] == "|":
        *tokens, _, word = tokens
        words.insert(0, word)
    form = _alternative(tokens) if "//" in tokens else _comparison(tokens)
    for word in words:
        form = form and _then(form, word)
    return form


def _tokens(expression: str) -> list[str]:
    """The words of an expression, or none where it has others than these."""
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


def _alternative(tokens: list[str]) -> Form | None:
    """`a // b // c`: the first that is neither null nor false, else the last."""
    operands = tokens[::2]
    forms = [form for operand in operands if (form := _operand(operand))]
    if len(forms) < len(operands) or tokens[1::2] != ["//"] * (len(operands) - 1):
        return None
    *firsts, last = forms

    def value_of(item: Item) -> Json:
        for form in firsts:
            value = form(item)
            if value is not None and value is not False:
                return value
        return last(item)

    return value_of


def _comparison(tokens: list[str]) -> Form | None:
    """`a == "x"`, `a != "x"`, or one operand alone."""
    match tokens:
        case [operand]:
            return _operand(operand)
        case [operand, ("==" | "!=") as operator, literal] if not literal.startswith("."):
            left, right = _operand(operand), _operand(literal)
            return left and right and _compared(left, right, wanted=operator == "==")
    return None


def _compared(left: Form, right: Form, *, wanted: bool) -> Form:
    def value_of(item: Item) -> Json:
        value, literal = left(item), right(item)
        if isinstance(value, float) or (isinstance(value, int) and abs(value) >= _EXACT):
            raise NeedsJqError
        # Python takes true for 1.
        return (value.__class__ is literal.__class__ and value == literal) is wanted

    return value_of


def _then(form: Form, word: str) -> Form | None:
    if word == "not":
        return lambda item: (value := form(item)) is None or value is False
    return (lambda item: _printed(form(item))) if word == "tostring" else None


def _printed(value: Json) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise NeedsJqError


def _operand(token: str) -> Form | None:
    if token.startswith("."):
        return _path(token)
    if token.startswith('"'):
        return _constant(token[1:-1])
    if token in _CONSTANTS:
        return _constant(_CONSTANTS[token])
    return _constant(int(token)) if token.removeprefix("-").isdecimal() else None


def _constant(value: Json) -> Form:
    return lambda _: value


def _path(token: str) -> Form | None:
    try:
        steps = jq_path(token).steps
    except JqError:
        return None
    places = [step.at for step in steps or () if not isinstance(step.at, Iterate)]
    if steps is None or len(places) < len(steps):
        return None
    match places:
        case [str(name)]:
            return lambda item: item.get(name)
        case _:
            return lambda item: _found(item, places)


def _found(item: Item, places: list[str | int]) -> Json:
    value: Json = item
    for place in places:
        if isinstance(value, dict) and isinstance(place, str):
            value = value.get(place)
        elif isinstance(value, list) and isinstance(place, int):
            value = value[place] if -len(value) <= place < len(value) else None
        elif value is not None:
            raise NeedsJqError
    return value


def _after_jq(raw: Form) -> Form:
    def value_of(item: Item) -> Json:
        value = raw(item)
        return value if value.__class__ in _AS_THEY_ARE else _as_jq_gives(value)

    return value_of


def _as_jq_gives(value: Json) -> Json:
    """A value after its way through jq, where a number without a fraction is an integer."""
    if value.__class__ in _AS_THEY_ARE:
        return value
    if isinstance(value, dict):
        return {key: _as_jq_gives(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_jq_gives(inner) for inner in value]
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    raise NeedsJqError


def _as_name(raw: Form) -> Form:
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
