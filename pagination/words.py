"""The words that names of pagination are made of, in groups by their role."""

# Each group is a part of names for pagination. A name with a word in no group means something else.
NEXT = frozenset({"next", "following", "subsequent", "further", "forward"})
CURSORS = frozenset(
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
MORE = frozenset({"more", "truncated", "additional"})
# A limit of the response that was reached: exceededTransferLimit, rowLimitReached.
REACHED = frozenset({"exceeded", "exceeds", "reached"})
REMAINING = frozenset({"remaining", "left", "outstanding"})
PARTIAL = frozenset({"incomplete", "partial", "timedout", "terminated", "capped", "overflow", "overflowed"})
BACK = frozenset({"previous", "prev", "prior", "before", "self", "current", "first", "begin", "beginning"})
LAST = frozenset({"last", "final", "end", "eof", "done", "finished", "complete", "completed", "exhausted"})
COUNTS = frozenset({"total", "totals", "count", "found", "matched", "matching", "num", "nb", "cnt"})
PAGES = frozenset({"page", "pages", "paging", "pagination", "paginated"})
LINKS = frozenset({"link", "links", "url", "uri", "href", "path"})
KEYS = frozenset({"token", "key", "id", "string", "value", "evaluated", "search", "sort", "hash", "state"})
PLACES = frozenset(
    {"offset", "start", "starting", "skip", "from", "index", "position", "pos", "row", "to", "at"}
)
ITEMS = frozenset(
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
        "transfer",
    }
)
NUMBERS = frozenset({"number", "no", "size", "length", "limit", "max", "overall", "full", "all"})
FILLERS = frozenset(
    {"is", "has", "have", "are", "was", "there", "the", "of", "for", "in", "exists", "exist", "early", "any"}
)
_WORDS = frozenset().union(
    NEXT,
    CURSORS,
    MORE,
    REACHED,
    REMAINING,
    PARTIAL,
    BACK,
    LAST,
    COUNTS,
    PAGES,
    LINKS,
    KEYS,
    PLACES,
    ITEMS,
    NUMBERS,
    FILLERS,
)
_LONGEST = max(map(len, _WORDS))


def split_words(parts: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the words of a name, also of glued parts (`nextpagetoken`); None: one is unknown."""
    words: list[str] = []
    for part in parts:
        unglued = _unglued(part)
        if unglued is None:
            return None
        words += unglued
    return tuple(words)


def _unglued(part: str) -> tuple[str, ...] | None:
    if part in _WORDS:
        return (part,)
    for length in range(min(_LONGEST, len(part) - 1), 1, -1):
        if part[:length] in _WORDS and (rest := _unglued(part[length:])) is not None:
            return (part[:length], *rest)
    return None
