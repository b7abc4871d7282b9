"""The one table of what APIs call the parts of pagination.

The paginators, type `auto`, the signals, the builder's proposals and the documentation are views of it.
A name is read word by word, whatever its case and separators: `NextPageToken`, `next-page-token`,
`@odata.nextLink`, `d.__next`. A name with a word that has nothing to do with pages (`next_meeting`,
`cursor_color`) has no meaning here.
"""

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Literal

from pagination.words import (
    BACK,
    COUNTS,
    CURSORS,
    FILLERS,
    ITEMS,
    KEYS,
    LAST,
    LINKS,
    MORE,
    NEXT,
    NUMBERS,
    PAGES,
    PARTIAL,
    PLACES,
    REACHED,
    REMAINING,
    split_words,
)

type Role = Literal["page", "offset", "cursor", "size"]


class Meaning(Enum):
    """The meaning of a name for pagination.

    NEXT: the next page as a link, a number, a cursor, or an object with one of them.
    CURSOR: what the next request sends back.
    MORE, LAST: flags.
    TOTAL, PAGES, REMAINING: how many items and pages there are, and how many are left.
    PARTIAL: a flag that says that the response is incomplete.
    PAGE_NUMBER, OFFSET, SIZE: what the request sent, echoed.
    BACK: this page, the first page, or an earlier one.
    """

    NEXT = "next"
    CURSOR = "cursor"
    MORE = "more"
    LAST = "last"
    TOTAL = "total"
    PAGES = "pages"
    REMAINING = "remaining"
    PARTIAL = "partial"
    PAGE_NUMBER = "page number"
    OFFSET = "offset"
    SIZE = "size"
    BACK = "back"


# Names that the rules below would miss or misread, without case and separators.
_EXACT: Mapping[str, Meaning | None] = {
    "lastevaluatedkey": Meaning.CURSOR,
    "lastkey": Meaning.CURSOR,
    "lastcursor": Meaning.CURSOR,
    "endcursor": Meaning.CURSOR,
    "pagetoken": Meaning.CURSOR,
    "pagingtoken": Meaning.CURSOR,
    "pagecursor": Meaning.CURSOR,
    "sforcelocator": Meaning.CURSOR,  # Salesforce sends it with every export
    "startcursor": Meaning.BACK,
    "beforecursor": Meaning.BACK,
    "timedout": Meaning.PARTIAL,
    "terminatedearly": Meaning.PARTIAL,
    "nomore": Meaning.LAST,
    "nomoreresults": Meaning.LAST,
    "lastpage": Meaning.LAST,
    "number": Meaning.PAGE_NUMBER,
    "page": Meaning.PAGE_NUMBER,
    **dict.fromkeys(("pagenumber", "pageno", "pagenum", "pageindex"), Meaning.PAGE_NUMBER),
    **dict.fromkeys(("current", "currentpage", "currpage", "curpage"), Meaning.PAGE_NUMBER),
    "pages": Meaning.PAGES,
    "maxpage": Meaning.PAGES,
    "maxpages": Meaning.PAGES,
    "limit": Meaning.SIZE,
    "pagesize": Meaning.SIZE,
    "pagelimit": Meaning.SIZE,
    "maxresults": Meaning.SIZE,
    "perpage": Meaning.SIZE,
    "size": Meaning.SIZE,
    "offset": Meaning.OFFSET,
    "skip": Meaning.OFFSET,
    "startat": Meaning.OFFSET,
    "startindex": Meaning.OFFSET,
    # In some APIs, the number of items on this page.
    "numberofelements": None,
    "resultcount": None,
    # About items, changes or the request, not about pages.
    **dict.fromkeys(("left", "num", "data", "state", "path", "capped", "overflow", "overflowed"), None),
    **dict.fromkeys(("link", "links", "paging", "pagination", "cursors"), None),
    "partialresponse": Meaning.PARTIAL,
}
# What a response has a limit for.
_CONTENTS = ITEMS | PAGES | {"row"}
# Names of quotas and of Elasticsearch's shards, whose counts are not those of a listing.
_QUOTAS = re.compile(r"rate|quota|credit|usage|throttl|budget|cost|call|limit|shard", re.IGNORECASE)
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Longer names have no meaning, and would fill the caches.
_LONGEST_NAME = 200

# Request parameters by role, by their letters alone: page[size], page_size and pageSize are the same.
_ROLES: Mapping[Role, frozenset[str]] = {
    "page": frozenset({"page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage", "pg", "p"}),
    "offset": frozenset({"offset", "skip", "start", "startat", "startindex", "pageoffset"}),
    "cursor": frozenset(
        {
            *("cursor", "aftercursor", "endcursor", "nextcursor", "pagecursor", "startcursor", "bookmark"),
            *("after", "pageafter", "startingafter", "marker", "continuation", "continuationtoken"),
            *("nextpagetoken", "nexttoken", "pagetoken", "scrollid", "skiptoken"),
        }
    ),
    "size": frozenset(
        {
            *("limit", "pagelimit", "size", "pagesize", "perpage", "itemsperpage", "recordsperpage"),
            *("resultsperpage", "hitsperpage", "pagelen", "count", "first", "top", "take", "rows"),
            *("max", "maxitems", "maxresult", "maxresults"),
        }
    ),
}


def role_of(parameter: str) -> Role | None:
    """Return the role of a request parameter; None: none for pagination."""
    letters = re.sub(r"[^a-z]+", "", parameter.lower())
    return next((role for role, names in _ROLES.items() if letters in names), None)


def meaning_of(name: str) -> Meaning | None:
    """Return the meaning of a name in a response body; None: none for pagination."""
    return _meaning_of(name) if len(name) <= _LONGEST_NAME else None


# More entries than an envelope has fields (rest/envelope.py): each field is looked up several times.
@lru_cache(8192)
def _meaning_of(name: str) -> Meaning | None:
    name = re.split(r"[.:@]", name)[-1]
    parts = tuple(part.lower() for part in _PART.findall(name))
    key = "".join(parts)
    if key in _EXACT:
        return _EXACT[key]
    words = split_words(parts)
    return None if words is None else _by_words(words)


def key_of(name: str) -> str:
    """Return the letters of a name in lower case, without separators and namespace: nextpagetoken."""
    return _key_of(name[:_LONGEST_NAME])


@lru_cache(8192)
def _key_of(name: str) -> str:
    return "".join(part.lower() for part in _PART.findall(re.split(r"[.:@]", name)[-1]))


def own_words(name: str) -> str:
    """Return a name without its `next`, in its own case: NextMarker gives Marker."""
    own = name.lstrip("_")
    shorter = re.sub(r"^next[_-]?", "", own, flags=re.IGNORECASE) or own
    return shorter[:1].lower() + shorter[1:] if own[:1].islower() else shorter


def header_meaning(name: str) -> Meaning | None:
    """Return the meaning of a header, read without `X-` and a vendor's prefix (X-WP-TotalPages)."""
    return _header_meaning(name) if len(name) <= _LONGEST_NAME else None


@lru_cache(1024)
def _header_meaning(name: str) -> Meaning | None:
    parts = name.lower().split("-")
    if any(_QUOTAS.search(part) for part in parts) or parts[0] in _NO_HEADERS:
        return None
    if parts[0] == "x":
        parts = parts[1:]
    parts = [part for part in parts if part not in _VENDORS] or parts
    for first in range(min(2, len(parts))):
        joined = "-".join(parts[first:])
        found = meaning_of(joined)
        words = split_words(tuple(parts[first:])) or ()
        if found and (first == 0 or len(words) > 1):
            return found if found in _HEADER_MEANINGS else None
    return None


def is_quota(keys: tuple[str | int, ...]) -> bool:
    """Tell whether a field belongs to a quota: {"rate_limit": {"remaining": 4999}}."""
    return any(isinstance(key, str) and _QUOTAS.search(key) for key in keys[:-1])


_HEADER_MEANINGS = frozenset(
    {Meaning.NEXT, Meaning.CURSOR, Meaning.MORE, Meaning.LAST, Meaning.TOTAL, Meaning.PAGES}
)
_VENDORS = frozenset({"pagination", "paging", "api", "wp", "ms", "amz"})
# Headers of HTTP itself, where these words mean something else.
_NO_HEADERS = frozenset(
    {"content", "link", "range", "accept", "access", "retry", "last", "etag", "if", "age", "server", "set"}
)


def _by_words(words: tuple[str, ...]) -> Meaning | None:
    meaningful = frozenset(words) - FILLERS
    has = {"is", "has", "have", "exists", "exist"} & set(words)
    nouns = meaningful - NEXT - CURSORS - MORE
    if meaningful & {"previous", "prev", "prior", "before"} or meaningful <= BACK | LINKS | PAGES | NUMBERS:
        return Meaning.BACK if meaningful & BACK else _count_of_pages(meaningful)
    if meaningful & PARTIAL:
        return Meaning.PARTIAL if meaningful - PARTIAL <= ITEMS else None
    if meaningful & REACHED:
        return Meaning.MORE if meaningful & NUMBERS and meaningful & _CONTENTS else None
    if meaningful & REMAINING:
        return (
            Meaning.REMAINING if meaningful - REMAINING <= ITEMS | PAGES | COUNTS | NUMBERS | MORE else None
        )
    if meaningful & MORE:
        return Meaning.LAST if "no" in meaningful else Meaning.MORE
    if meaningful & NEXT:
        if nouns & (KEYS | PLACES) or meaningful & CURSORS:
            return Meaning.CURSOR
        return Meaning.MORE if has else Meaning.NEXT
    if meaningful & CURSORS:
        return Meaning.CURSOR if not meaningful & (COUNTS | NUMBERS) else None
    if meaningful & LAST:
        return Meaning.LAST if meaningful - LAST <= PAGES | ITEMS else None
    return _count(meaningful)


def _count_of_pages(meaningful: frozenset[str]) -> Meaning | None:
    return Meaning.PAGES if meaningful == {"pages", "number"} else None


def _count(meaningful: frozenset[str]) -> Meaning | None:
    if not meaningful & COUNTS or meaningful & (LINKS | KEYS | PLACES):
        return None
    if meaningful & PAGES:
        return Meaning.PAGES
    return Meaning.TOTAL if meaningful <= COUNTS | ITEMS | NUMBERS else None
