"""Where the error in a jq expression is. jq reports what is wrong, but not where."""

import re

from expressions.paths import jq_path
from rest.errors import JqError

# jq's own words for an expression that is correct so far.
_INCOMPLETE = "unexpected end of file"
_UNDEFINED = re.compile(r"(?P<name>\$?[\w:]+)(?:/\d+)? is not defined")
_TOKEN = re.compile(
    r"""(?:[^\W\d]\w*(?:::\w+)*|\$\w+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:\\.|[^"\\])*"|\#[^\n]*|\S)""",
    re.DOTALL,
)


def error_position(text: str, message: str) -> int:
    """Return the position of the token that jq does not accept, the length of the text for a missing end.

    message: jq's error for the text.
    """
    if undefined := _UNDEFINED.search(message):
        found = re.search(rf"(?<![\w$.]){re.escape(undefined['name'])}(?!\w)", text)
        return found.start() if found else 0
    if _INCOMPLETE in message:
        return len(text)
    tokens = list(_TOKEN.finditer(text))
    accepted, rejected = 0, len(tokens)
    # jq reads from the left and stops at the first wrong token, so the accepted beginnings can be bisected.
    while rejected - accepted > 1:
        middle = (accepted + rejected) // 2
        if _is_beginning(text[: tokens[middle - 1].end()]):
            accepted = middle
        else:
            rejected = middle
    return tokens[rejected - 1].start() if tokens else 0


def _is_beginning(text: str) -> bool:
    """Return whether more text could make this a jq expression."""
    try:
        jq_path(text)
    except JqError as error:
        return _INCOMPLETE in str(error) or "is not defined" in str(error)
    return True
