"""Web pages that come in place of an API's response."""

import html
import re

# The start of a page, in which its title is.
_MAX_TEXT = 4000
_FLAGS = re.IGNORECASE | re.DOTALL
_WEB_PAGE = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title)\b", re.IGNORECASE | re.DOTALL
)
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1\s*>", _FLAGS)
_TAG = re.compile(r"<[^>]*>")


def page_title(text: str) -> str:
    """Return the title or the first heading of a web page, "" if the text is no web page."""
    start = text[:_MAX_TEXT]
    found = _TITLE.search(start) if _WEB_PAGE.match(start) else None
    return " ".join(html.unescape(_TAG.sub(" ", found[2])).split()) if found else ""
