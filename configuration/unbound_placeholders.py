"""Find placeholders that no path parameter fills, without alarms for the braces of other languages."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from configuration.placeholders import PLACEHOLDER, is_graphql_document, placeholders_in
from configuration.resource import Endpoint

# Braces after these belong to another language: cpu{host} (Datadog), comments{text} (Facebook), ${name},
# \p{Lu} (regular expressions), tags=cs.{urgent} (PostgREST). The second brace of {{name}} is of a template.
_FOREIGN_START = re.compile(r"(?:[\w)$%#@\\{]|\b(?:cs|cd|ov)\.)\Z")
# Texts under these names refer to their own fields in braces, like filterByFormula={Status} (Airtable).
_EXPRESSION = re.compile(r"formula|expression|template|pattern|regex", re.IGNORECASE)
_QUOTES = ("'", '"')
_SIMILARITY = 0.85


def unbound_placeholders(endpoint: Endpoint, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the placeholders that are not known: the place, "" for the endpoint's own path, and the name.

    A path has no other braces, so each name there counts. Elsewhere, a name counts if it looks like a
    placeholder.
    """
    for start, request, filled in endpoint.requests():
        names = {*known, *filled}
        for name in sorted(request.own_path_placeholders() - names):
            yield f"{start}.path" if start else "", name
        for place, text in request.texts():
            known_here = names | request.paging_placeholders(place)
            for match in placeholders_in(text):
                if match["name"] not in known_here and _is_meant(place, match, known_here, request.path):
                    yield ".".join(filter(None, [start, place])), match["name"]


def similar_name(name: str, known: Collection[str]) -> str:
    """Return the known name that is probably meant, or ""."""
    return next(iter(get_close_matches(name, known, 1, _SIMILARITY)), "")


def _is_meant(place: str, match: re.Match[str], known: Collection[str], path: str) -> bool:
    """Return True if the text in braces is meant as a placeholder."""
    text, start, end = match.string, match.start(), match.end()
    if text[:start].endswith("{") or text[end:].startswith("}"):
        return False
    if similar_name(match["name"], known):
        return True
    if _FOREIGN_START.search(text[:start]) or _is_of_expression(place, text, path):
        return False
    is_quoted = text[:start].endswith(_QUOTES) and text[end:].startswith(text[start - 1])
    return is_quoted or is_graphql_document(text) or "{" not in PLACEHOLDER.sub("", text)


def _is_of_expression(place: str, text: str, path: str) -> bool:
    is_graphql = "graphql" in path.lower() and place == "body.query" and text.startswith("{")
    return is_graphql or bool(_EXPRESSION.search(place))
