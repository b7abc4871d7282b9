"""The Link header (RFC 8288)."""

import re

# §3: <target> and its parameters; a comma ends a link only outside of <> and of quotes.
_LINK = re.compile(r'<(?P<target>[^>]*)>(?P<parameters>(?:[^,"]|"(?:[^"\\]|\\.)*")*)')
# Single quotes are not in the RFC, but in some APIs.
_RELATION = re.compile(
    r""";\s*rel\s*=\s*(?:"(?P<quoted>[^"]*)"|'(?P<single>[^']*)'|(?P<token>[^\s;,]+))""", re.IGNORECASE
)


def links_of(header: str) -> list[tuple[str, str]]:
    """Each relation type, in lower case, with its target as written; one link may have several types."""
    links: list[tuple[str, str]] = []
    for link in _LINK.finditer(header):
        relation = _RELATION.search(link["parameters"])
        if relation:
            types = (relation["quoted"] or relation["single"] or relation["token"] or "").lower().split()
            links += [(name, link["target"].strip()) for name in types]
    return links
