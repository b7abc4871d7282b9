"""Tell GraphQL queries from mutations."""

import re

# Strings and comments may contain any word. All other tokens are names or single characters.
_TOKEN = re.compile(
    r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[A-Za-z_]\w*|[^\s,\ufeff]', re.ASCII
)
_OPENING, _CLOSING, _END = "([{", ")]}", "}"
_READING = frozenset({"query", "fragment", "{"})


def is_graphql(document: str) -> bool:
    """Return True if the text begins like an executable GraphQL document."""
    first = next(_tokens(document), "")
    return "{" in document and first in _READING | {"mutation", "subscription"}


def only_queries(document: str) -> bool:
    """Return True for a complete document of queries and fragments, without mutations.

    https://spec.graphql.org/October2021/#sec-Document
    """
    depth = 0
    is_new = True  # the next token begins a definition
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


def strings_in(document: str) -> list[tuple[int, int]]:
    """Return the start and end of each string in a GraphQL document."""
    return [match.span() for match in _TOKEN.finditer(document) if match[0].startswith('"')]


def _tokens(document: str) -> "filter[str]":
    return filter(lambda token: not token.startswith("#"), _TOKEN.findall(document))
