"""The one table of what APIs call the parts of pagination. All else is a view of it: the paginators, `auto`,
the evidence that there is more, the builder's proposals, the documentation's list.

A name counts by its words, whatever its case and separators: `NextPageToken`, `next-page-token`,
`@odata.nextLink` and `d.__next` are understood word by word. A name with one word that has nothing to do with
pages (`next_meeting`, `cursor_color`) means nothing here.
"""

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Literal

type Role = Literal["page", "offset", "cursor", "size"]


class Meaning(Enum):
    """What stands under a name.

    NEXT: the next page as a link, a number, a cursor or an object with one.
    CURSOR: what the next request sends back.
    MORE, LAST: flags.
    TOTAL, PAGES, REMAINING: how many items and pages there are, and how many are still to come.
    PARTIAL: a flag: what came is not all that it should be.
    PAGE_NUMBER, OFFSET, SIZE: the request's own, come back.
    BACK: this page, the first, or one before.
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


# Each group is a part that names of pagination are made of; a word in none of them makes a name innocent.
_NEXT = frozenset({"next", "following", "subsequent", "further", "forward"})
_CURSORS = frozenset(
    {
        "cursor",
        "cursors",
        "marker",
        "bookmark",
        "scroll",
        "continue",
        "continuation",
        "resume",
        "resumption",
        "after",
        "skiptoken",
    }
)
_MORE = frozenset({"more", "truncated", "additional"})
_REMAINING = frozenset({"remaining", "left", "outstanding"})
_PARTIAL = frozenset({"incomplete", "partial", "timedout", "terminated"})
_BACK = frozenset({"previous", "prev", "prior", "before", "self", "current", "first", "begin", "beginning"})
_LAST = frozenset({"last", "final", "end", "eof", "done", "finished", "complete", "completed", "exhausted"})
_COUNTS = frozenset({"total", "totals", "count", "found", "matched", "matching", "num", "nb", "cnt"})
_PAGES = frozenset({"page", "pages", "paging", "pagination", "paginated"})
_LINKS = frozenset({"link", "links", "url", "uri", "href", "path"})
_KEYS = frozenset({"token", "key", "id", "string", "value", "evaluated", "search", "sort", "hash", "state"})
_PLACES = frozenset(
    {"offset", "start", "starting", "skip", "from", "index", "position", "pos", "row", "to", "at"}
)
_ITEMS = frozenset(
    {
        "results",
        "result",
        "records",
        "record",
        "items",
        "item",
        "elements",
        "element",
        "entries",
        "entry",
        "objects",
        "object",
        "hits",
        "rows",
        "documents",
        "docs",
        "data",
        "list",
        "set",
        "batch",
        "chunk",
        "response",
        "answer",
        "available",
    }
)
_NUMBERS = frozenset({"number", "no", "size", "length", "limit", "max", "overall", "full", "all"})
_FILLERS = frozenset(
    {"is", "has", "have", "are", "was", "there", "the", "of", "for", "in", "exists", "exist", "early", "any"}
)
_WORDS = frozenset().union(
    _NEXT,
    _CURSORS,
    _MORE,
    _REMAINING,
    _PARTIAL,
    _BACK,
    _LAST,
    _COUNTS,
    _PAGES,
    _LINKS,
    _KEYS,
    _PLACES,
    _ITEMS,
    _NUMBERS,
    _FILLERS,
)
_LONGEST = max(map(len, _WORDS))

# What no rule below would find, or would take for something else. Keys are names without case and separators.
_EXACT: Mapping[str, Meaning | None] = {
    "lastevaluatedkey": Meaning.CURSOR,
    "lastkey": Meaning.CURSOR,
    "lastcursor": Meaning.CURSOR,
    "endcursor": Meaning.CURSOR,
    "pagetoken": Meaning.CURSOR,
    "pagingtoken": Meaning.CURSOR,
    "pagecursor": Meaning.CURSOR,
    "startcursor": Meaning.BACK,
    "beforecursor": Meaning.BACK,
    "timedout": Meaning.PARTIAL,
    "terminatedearly": Meaning.PARTIAL,
    "nomore": Meaning.LAST,
    "nomoreresults": Meaning.LAST,
    "lastpage": Meaning.LAST,
    "number": Meaning.PAGE_NUMBER,
    "page": Meaning.PAGE_NUMBER,
    "pagenumber": Meaning.PAGE_NUMBER,
    "pageno": Meaning.PAGE_NUMBER,
    "pageindex": Meaning.PAGE_NUMBER,
    "currentpage": Meaning.PAGE_NUMBER,
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
    # The number of items on this page, in some APIs.
    "numberofelements": None,
    "resultcount": None,
    # Of items, of their changes or of the request, and not of pages.
    "left": None,
    "num": None,
    "data": None,
    "state": None,
    "path": None,
    "link": None,
    "links": None,
    "paging": None,
    "pagination": None,
    "cursors": None,
    "partialresponse": Meaning.PARTIAL,
}
# Of what is left of a quota, and not of a listing.
_QUOTAS = re.compile(r"rate|quota|credit|usage|throttl|budget|cost|call|limit", re.IGNORECASE)
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Longer ones are no words, and would be remembered.
_LONGEST_NAME = 200


# What requests call them, by their letters alone: page[size], page_size and pageSize are the same.
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
            *("max", "maxitems", "maxresults"),
        }
    ),
}


def role_of(parameter: str) -> Role | None:
    """What a parameter of requests says by its name; None: nothing that has to do with pages."""
    letters = re.sub(r"[^a-z]+", "", parameter.lower())
    return next((role for role, names in _ROLES.items() if letters in names), None)


def meaning_of(name: str) -> Meaning | None:
    """What stands under a name of an answer's body; None: nothing that has to do with pages."""
    return _meaning_of(name) if len(name) <= _LONGEST_NAME else None


# More than an envelope has places (rest/envelope.py), which are looked at one after the other, and again.
@lru_cache(8192)
def _meaning_of(name: str) -> Meaning | None:
    name = re.split(r"[.:@]", name)[-1]
    parts = tuple(part.lower() for part in _PART.findall(name))
    key = "".join(parts)
    if key in _EXACT:
        return _EXACT[key]
    words = _words(parts)
    return None if words is None else _by_words(words)


def key_of(name: str) -> str:
    """The letters of a name, without case, separators and namespace: nextpagetoken."""
    return _key_of(name[:_LONGEST_NAME])


@lru_cache(8192)
def _key_of(name: str) -> str:
    return "".join(part.lower() for part in _PART.findall(re.split(r"[.:@]", name)[-1]))


def own_words(name: str) -> str:
    """A name without its `next`, in its own way of writing: NextMarker is Marker."""
    own = name.lstrip("_")
    shorter = re.sub(r"^next[_-]?", "", own, flags=re.IGNORECASE) or own
    return shorter[:1].lower() + shorter[1:] if own[:1].islower() else shorter


def header_meaning(name: str) -> Meaning | None:
    """What a header's name says: as in a body, after `X-` and a vendor's own word (X-WP-TotalPages)."""
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
        words = _words(tuple(parts[first:])) or ()
        if found and (first == 0 or len(words) > 1):
            return found if found in _HEADER_MEANINGS else None
    return None


def is_quota(keys: tuple[str | int, ...]) -> bool:
    """True for a place among what is left of a quota: {"rate_limit": {"remaining": 4999}}."""
    return any(isinstance(key, str) and _QUOTAS.search(key) for key in keys[:-1])


_HEADER_MEANINGS = frozenset(
    {Meaning.NEXT, Meaning.CURSOR, Meaning.MORE, Meaning.LAST, Meaning.TOTAL, Meaning.PAGES}
)
_VENDORS = frozenset({"pagination", "paging", "api", "wp", "ms", "amz"})
# Of HTTP itself, with words that mean something else there.
_NO_HEADERS = frozenset(
    {"content", "link", "range", "accept", "access", "retry", "last", "etag", "if", "age", "server", "set"}
)


def _words(parts: tuple[str, ...]) -> tuple[str, ...] | None:
    """The parts as words, glued ones (`nextpagetoken`) taken apart; None: one is unknown."""
    words: list[str] = []
    for part in parts:
        taken = _taken_apart(part)
        if taken is None:
            return None
        words += taken
    return tuple(words)


def _taken_apart(part: str) -> tuple[str, ...] | None:
    if part in _WORDS:
        return (part,)
    for length in range(min(_LONGEST, len(part) - 1), 1, -1):
        if part[:length] in _WORDS and (rest := _taken_apart(part[length:])) is not None:
            return (part[:length], *rest)
    return None


def _by_words(words: tuple[str, ...]) -> Meaning | None:
    told = frozenset(words) - _FILLERS
    has = {"is", "has", "have", "exists", "exist"} & set(words)
    nouns = told - _NEXT - _CURSORS - _MORE
    if told & {"previous", "prev", "prior", "before"} or told <= _BACK | _LINKS | _PAGES | _NUMBERS:
        return Meaning.BACK if told & _BACK else _count_of_pages(told)
    if told & _PARTIAL:
        return Meaning.PARTIAL if told - _PARTIAL <= _ITEMS else None
    if told & _REMAINING:
        return Meaning.REMAINING if told - _REMAINING <= _ITEMS | _PAGES | _COUNTS | _NUMBERS else None
    if told & _MORE:
        return Meaning.LAST if "no" in told else Meaning.MORE
    if told & _NEXT:
        if nouns & (_KEYS | _PLACES) or told & _CURSORS:
            return Meaning.CURSOR
        return Meaning.MORE if has else Meaning.NEXT
    if told & _CURSORS:
        return Meaning.CURSOR if not told & (_COUNTS | _NUMBERS) else None
    if told & _LAST:
        return Meaning.LAST if told - _LAST <= _PAGES | _ITEMS else None
    return _count(told)


def _count_of_pages(told: frozenset[str]) -> Meaning | None:
    return Meaning.PAGES if told == {"pages", "number"} else None


def _count(told: frozenset[str]) -> Meaning | None:
    if not told & _COUNTS or told & (_LINKS | _KEYS | _PLACES):
        return None
    if told & _PAGES:
        return Meaning.PAGES
    return Meaning.TOTAL if told <= _COUNTS | _ITEMS | _NUMBERS else None
