"""Which headers can be sent."""

import re
from collections.abc import Iterable

# RFC 9110 §5.6.2: a field name is a token.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def invalid_headers(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of headers whose name or value would break the request."""
    return [name for name, text in headers if not _NAME.fullmatch(name) or not is_header_text(text)]


def is_header_text(text: str) -> bool:
    """Return True if the text is a valid header value (RFC 9110 §5.5) in ASCII."""
    return text.isascii() and text == text.strip() and not _CONTROL.search(text)
