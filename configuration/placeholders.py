"""Placeholders in texts, told apart from the braces of other languages."""

import re
from collections.abc import Callable
from functools import lru_cache

from rest.graphql import is_graphql, strings_in

PLACEHOLDER = re.compile(r"\{(?P<raw>\+?)(?P<name>[A-Za-z_]\w*)\}")
# In a GraphQL document, a value follows these. After a name, `)` or `{`, braces are a selection set.
_BEFORE_VALUES = (":", "[", ",", "=")


def placeholders_in(text: str) -> tuple[re.Match[str], ...]:
    """Return the placeholders in a parameter, a header or a text of a body.

    In a GraphQL document, `user {id}` is a selection set and not a placeholder. `user(id: {id})` has one, and
    so do strings.
    """
    return _placeholders(text) if "{" in text else ()


def replace_placeholders(text: str, replacement: Callable[[re.Match[str]], str]) -> str:
    """Return the text with each placeholder replaced."""
    parts: list[str] = []
    end = 0
    for match in placeholders_in(text):
        parts += [text[end : match.start()], replacement(match)]
        end = match.end()
    return "".join([*parts, text[end:]]) if parts else text


# A template is bound once for each child, and reading a GraphQL document takes a millisecond.
@lru_cache(maxsize=1000)
def _placeholders(text: str) -> tuple[re.Match[str], ...]:
    found = tuple(PLACEHOLDER.finditer(text))
    if not is_graphql_document(text):
        return found
    return tuple(match for match in found if _is_graphql_value(text, match.start()))


def is_graphql_document(text: str) -> bool:
    """Return True for a GraphQL document. `{org}/{repo}` begins like one, but has no other braces."""
    return is_graphql(text) and not (text.lstrip().startswith("{") and "{" not in PLACEHOLDER.sub("", text))


def _is_graphql_value(text: str, position: int) -> bool:
    is_in_string = any(start < position < end for start, end in strings_in(text))
    return is_in_string or text[:position].rstrip().endswith(_BEFORE_VALUES)
