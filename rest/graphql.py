"""What a GraphQL document does: it queries, or it changes something."""

import re

# Strings and comments may hold any word; everything between them is one character or a name.
_TOKEN = re.compile(
    r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[A-Za-z_]\w*|[^\s,\ufeff]', re.ASCII
)
_OPENING, _CLOSING, _END = "([{", ")]}", "}"
_READING = frozenset({"query", "fragment", "{"})


def is_graphql(document: str) -> bool:
    """True for text that begins as an executable document does, whatever it does."""
    first = next(_tokens(document), "")
    return "{" in document and first in _READING | {"mutation", "subscription"}


def only_queries(document: str) -> bool:
    """True for a whole document of queries and fragments; False for mutations, and for what is no GraphQL.

    https://spec.graphql.org/October2021/#sec-Document
    """
    depth = 0
    is_new = True  # a definition begins
    kinds = []
    for token in _tokens(document):
        if depth == 0 and is_new:
            kinds.append(token)
            is_new = False
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
            is_new = depth == 0 and token == _END
    is_whole = depth == 0 and is_new
    return is_whole and {*kinds} <= _READING and bool({*kinds} - {"fragment"})


def _tokens(document: str) -> "filter[str]":
    return filter(lambda token: not token.startswith("#"), _TOKEN.findall(document))
