"""Read what the description of a parameter says about pages: the first page, the largest size, tokens."""

import re

_ZERO, _ONE = r"(?:0|zero)", r"(?:1|one)"
_FIRST_PAGE = (
    r"\b{n}[- ]*(?:based|indexed|index\b|origin)",
    r"\b(?:start|begin|count|index)\w*\s+(?:at|from|with|is|are)\s+(?:page\s+)?[`'\"]?{n}\b",
    r"\b(?:start|starting|first|initial)\s+(?:page|index|value)?\s*(?:\w+\s+)?(?:is|=|:|at|has)\s*(?:page\s+)?[`'\"]?{n}\b",
    r"\b{n}\b[`'\"]?\s+(?:is|being|=|means|for|returns|represents)\s+(?:the\s+)?first",
    r"\bfrom\s+[`'\"]?{n}\b",
    r"\({n}\s*\.\.",
    r"(?:>=|\u2265|\bat least)\s*[`'\"]?{n}\b",
    r"\bdefault\w*\s*(?:value|page)?\s*(?:is|to|:|=)?\s*[`'\"]?{n}\b(?!\.?\d)",
    r"\bmin\w*\s*(?:value|page)?\s*(?:is|to|:|=)?\s*[`'\"]?{n}\b(?!\.?\d)",
)
_ZERO_BASED, _ONE_BASED = (
    re.compile("|".join(_FIRST_PAGE).replace("{n}", number), re.IGNORECASE) for number in (_ZERO, _ONE)
)
_LARGEST = re.compile(
    r"(?:\bmax(?:imum|\.)?(?!\w)|\bup to\b|\bat most\b|\bexceed\b|\bless than or equal to\b|\bcapped at\b"
    r"|\b(?:no|not|cannot|never)\s+(?:be\s+)?(?:more|larger|greater|higher|bigger) than\b|\blimited to\b"
    r"|\bupper (?:limit|bound)\b|\bbetween\s+`?[01]`?\s+and\b|\[[01]\s*,"
    r"|\b[01]\s*(?:-|\u2013|\.\.|to)|<=|\u2264)"
    r"(?:(?!default)[^\d\n.;]){0,40}?(\d[\d,]*)\b(?!\.\d|%|\s+by default)",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"cursor|token|opaque|\bprevious (?:response|request|page|call|result)"
    r"|\breturned (?:by|in|from)|next_?page",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:date|datetime|timestamp|iso[- ]?8601|rfc ?3339|unix|epoch|time|created|updated|modified)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b(?:number|index|how many|integer|count)\b", re.IGNORECASE)
_PAGES = re.compile(
    r"\bpaginat|\bpaging\b|\bnext page\b|\bpage (?:number|size|token|of (?:the )?results)|\bcursor\b",
    re.IGNORECASE,
)
_MAX_DIGITS = 6


def first_page(description: str) -> int | None:
    """Return the number of the first page, 0 or 1, None if the description does not say it."""
    if _ZERO_BASED.search(description):
        return 0
    return 1 if _ONE_BASED.search(description) else None


def largest_page_size(description: str) -> int | None:
    """Return the largest page size, None if the description does not say it."""
    found = [match[1].replace(",", "") for match in _LARGEST.finditer(description)]
    return next((int(text) for text in found if len(text) <= _MAX_DIGITS and int(text) > 1), None)


def is_next_page_token(description: str) -> bool:
    """Return whether the value comes from an earlier response."""
    return bool(_TOKEN.search(description))


def is_point_in_time(description: str) -> bool:
    """Return whether the value is a time and not a position."""
    return bool(_TIME.search(description)) and not _TOKEN.search(description)


def mentions_pages(description: str) -> bool:
    """Return whether the value selects a page of items."""
    return bool(_PAGES.search(description))


def is_number(description: str) -> bool:
    """Return whether the value is a number although the document declares a text."""
    return bool(_NUMBER.search(description)) and not _TOKEN.search(description)
