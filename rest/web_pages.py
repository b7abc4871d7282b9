"""Web pages that come in place of an API's response."""

import html
import re

# The start of a page, in which its title is.
_MAX_TEXT = 4000
_FLAGS = re.IGNORECASE | re.DOTALL
_WEB_PAGE = re.compile(
    r"\ufeff?\s*(?:<\?xml\b[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title)\b", _FLAGS
)
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1\s*>", _FLAGS)
_TAG = re.compile(r"<[^>]*>")


def is_web_page(text: str) -> bool:
    """Return True if a text begins as a web page."""
    return bool(_WEB_PAGE.match(text[:_MAX_TEXT]))


def page_title(text: str) -> str:
    """Return the title or the first heading of a web page, "" if the text is no web page."""
    start = text[:_MAX_TEXT]
    found = _TITLE.search(start) if is_web_page(start) else None
    return " ".join(html.unescape(_TAG.sub(" ", found[2])).split()) if found else ""
