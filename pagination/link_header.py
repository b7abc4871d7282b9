"""The Link header (RFC 8288)."""

from collections.abc import Iterator

# Single quotes are not in the RFC, but in some APIs.
_QUOTES = "\"'"


def links_of(header: str) -> list[tuple[str, str]]:
    """Each relation type, in lower case, with its target as written; one link may have several types."""
    return [
        (relation, target)
        for target, parameters in _links(header)
        for relation in (_relations(parameters) or "").lower().split()
    ]


def is_readable(header: str) -> bool:
    """False where something of the header is no link with a relation: it was cut, or it is none."""
    parts = [part for part in _cut(header, ",") if part.strip()]
    links = list(_links(header))
    return len(links) == len(parts) and all(_relations(parameters) for _, parameters in links)


def _links(header: str) -> Iterator[tuple[str, str]]:
    """§3: <target> and its parameters."""
    for part in _cut(header, ","):
        start, end = part.find("<"), part.find(">")
        if 0 <= start < end:
            yield part[start + 1 : end].strip(), part[end + 1 :]


def _relations(parameters: str) -> str | None:
    """The first `rel`, §3.3; None: there is none, or it was cut."""
    for parameter in _cut(parameters, ";"):
        name, equals, value = parameter.partition("=")
        if equals and name.strip().lower() == "rel":
            value = value.strip()
            quote = value[:1] if value[:1] in _QUOTES else ""
            if quote and (len(value) == 1 or not value.endswith(quote)):
                return None
            return value.strip(_QUOTES).strip() or None
    return None


def _cut(text: str, mark: str) -> Iterator[str]:
    """The text between marks; within <> and quotes a mark is a letter. Reads each letter once."""
    start, closing = 0, ""
    escaped = False
    for place, letter in enumerate(text):
        if escaped:
            escaped = False
        elif closing:
            escaped = letter == "\\" and closing == '"'
            closing = "" if letter == closing else closing
        elif letter == "<":
            closing = ">"
        elif letter == '"':
            closing = '"'
        elif letter == mark:
            yield text[start:place]
            start = place + 1
    yield text[start:]
