"""The Link header (RFC 8288)."""

from collections.abc import Iterator

from pagination.values import is_true

# Single quotes are not in the RFC, but in some APIs.
_QUOTES = "\"'"


def links_of(header: str) -> list[tuple[str, str]]:
    """Return each relation type, in lower case, with its target as written. A link may have several types.

    The target is "" if the link says that there are no results there. Sentry sends a next link on each page.
    """
    return [
        (relation, target if _has_results(parameters) else "")
        for target, parameters in _links(header)
        for relation in (_parameter(parameters, "rel") or "").lower().split()
    ]


def is_readable(header: str) -> bool:
    """Tell whether every part of the header is a link with a relation. A truncated header is not readable."""
    parts = [part for part in _split(header, ",") if part.strip()]
    links = list(_links(header))
    return len(links) == len(parts) and all(_parameter(parameters, "rel") for _, parameters in links)


def _links(header: str) -> Iterator[tuple[str, str]]:
    """Yield each target and its parameters (§3)."""
    for part in _split(header, ","):
        start, end = part.find("<"), part.find(">")
        if 0 <= start < end:
            yield part[start + 1 : end].strip(), part[end + 1 :]


def _has_results(parameters: str) -> bool:
    return is_true(_parameter(parameters, "results") or True)


def _parameter(parameters: str, wanted: str) -> str | None:
    """Return the first parameter of a name (§3.3); None: there is none, or it was truncated."""
    for parameter in _split(parameters, ";"):
        name, equals, value = parameter.partition("=")
        if equals and name.strip().lower() == wanted:
            value = value.strip()
            quote = value[:1] if value[:1] in _QUOTES else ""
            if quote and (len(value) == 1 or not value.endswith(quote)):
                return None
            return value.strip(_QUOTES).strip() or None
    return None


def _split(text: str, mark: str) -> Iterator[str]:
    """Split at a mark, but not within <> or quotes. Reads each letter once."""
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
