"""Recognise the pagination of a listing from requests that followed each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from builder.imports.har_calls import RecordedCall
from builder.imports.name_parts import lower_words
from builder.inference.next_page_paths import find_path
from pagination.vocabulary import Meaning, meaning_of, role_of
from rest.bodies import Json
from rest.request import text_of
from rest.steps import quoted_key

CACHE_BUSTERS = frozenset({"_", "_dc", "cb", "nocache", "rnd", "t", "timestamp", "ts"})
# In names of parameters that select a place in a list.
_PLACE_WORDS = frozenset(
    {
        *("after", "anchor", "before", "bookmark", "continuation", "cursor", "from", "last", "marker", "max"),
        *(
            "min",
            "next",
            "offset",
            "older",
            "newer",
            "position",
            "since",
            "start",
            "starting",
            "token",
            "until",
        ),
    }
)
_MIN_STEPS = 2
_MAX_DEPTH = 4
_MAX_DIGITS = 12
_MIN_CURSOR_LENGTH = 2


@dataclass(frozen=True, slots=True)
class _Change:
    """A parameter that differs between two requests. before: None if it was not sent."""

    name: str
    is_in_body: bool
    before: str | None
    after: str


def observed_pagination(calls: Sequence[RecordedCall], data_path: str) -> dict[str, Json]:
    """Return the type and the parameter that led from one response to the next request, {} if none did.

    data_path: the path to the items.
    """
    found = [
        mapping for earlier, later in pairwise(calls) if (mapping := _between(earlier, later, data_path))
    ]
    for best in found:
        same = [
            each for each in found if each["type"] == best["type"] and each.get("param") == best.get("param")
        ]
        start = min((int(str(each["start_page"])) for each in same if "start_page" in each), default=1)
        # A parameter whose name says nothing, such as status or year, needs more evidence than one step.
        is_counter = best["type"] in ("page", "offset")
        if is_counter and not _is_named(str(best["param"])) and (len(same) < _MIN_STEPS or start > 1):
            continue
        mapping = {name: value for name, value in best.items() if name != "start_page"}
        return {**mapping, "start_page": 0} if start == 0 and best["type"] == "page" else mapping
    return {}


def sent_values(call: RecordedCall) -> dict[tuple[str, bool], str]:
    """Return the parameters of a request, by name and by whether they are in the body (a path with dots)."""
    in_body = {(name, True): text for name, text in _leaves(call.posted)} if call.method != "GET" else {}
    return {**{(name, False): text for name, text in call.params}, **in_body}


def _between(earlier: RecordedCall, later: RecordedCall, data_path: str) -> dict[str, Json]:
    """Return the pagination that explains the later request, {} if there is none."""
    if earlier.method == "GET" and (link := _link(earlier.body, later)):
        return {"type": "next_link", "next_link_path": link}
    changes = list(_changes(earlier, later))
    for change in changes:
        location: dict[str, Json] = {"param_location": "body"} if change.is_in_body else {}
        if cursor := _cursor(change, earlier, data_path):
            return {"type": "cursor", "param": change.name, **location, "cursor_path": cursor}
        # A counter is evidence only if nothing else changed, or if its name says so.
        is_alone = len(changes) == 1 and change.before is not None and not _removed(earlier, later)
        if (is_alone or _is_named(change.name)) and (counter := _counter(change, len(earlier.items or ()))):
            return {**counter, "param": change.name, **location}
    return {}


def _changes(earlier: RecordedCall, later: RecordedCall) -> Iterator[_Change]:
    before = sent_values(earlier)
    for (name, is_in_body), text in sent_values(later).items():
        is_size = role_of(name.rpartition(".")[2]) == "size"
        if text != before.get((name, is_in_body)) and name.lower() not in CACHE_BUSTERS and not is_size:
            yield _Change(name, is_in_body, before.get((name, is_in_body)), text)


def _removed(earlier: RecordedCall, later: RecordedCall) -> bool:
    return any(
        name.lower() not in CACHE_BUSTERS for name, _ in sent_values(earlier).keys() - sent_values(later)
    )


def _link(body: Json, later: RecordedCall) -> str | None:
    if not later.params:
        return None
    relative = later.url.removeprefix(later.origin)
    return find_path(body, later.url) or find_path(body, relative)


def _cursor(change: _Change, earlier: RecordedCall, data_path: str) -> str | None:
    """Return the path to the value in the earlier response, or in its last item."""
    if len(change.after) < _MIN_CURSOR_LENGTH or (_is_number(change.after) and _is_named(change.name)):
        return None
    is_place = _selects_a_place(change.name)
    path = find_path(earlier.body, change.after)
    if path and (
        is_place or meaning_of(path.rpartition(".")[2].strip('"')) in (Meaning.NEXT, Meaning.CURSOR)
    ):
        return path
    if not is_place:
        return None
    last = earlier.items[-1] if earlier.items else {}
    key = next(
        (key for key, value in last.items() if _is_scalar(value) and text_of(value) == change.after), None
    )
    prefix = "" if data_path == "." else data_path
    return f"{prefix or '.'}[-1]{quoted_key(key)}" if key and "[]" not in prefix else None


def _counter(change: _Change, count: int) -> dict[str, Json]:
    """Return the type of a number that counts pages or items."""
    if not _is_number(change.after) or not (change.before is None or _is_number(change.before)):
        return {}
    after, before = int(change.after), None if change.before is None else int(change.before)
    role = role_of(change.name.rpartition(".")[2])
    if after == (before or 0) + count and count > 1 and role != "page":
        return {"type": "offset"}
    if role == "offset":
        return {"type": "offset"} if after > (before or 0) else {}
    if before is None and after in (1, 2):
        return {"type": "page", "start_page": after - 1}
    if before is not None and abs(after - before) == 1:
        return {"type": "page", "start_page": min(after, before)}
    return {}


def _is_named(name: str) -> bool:
    return role_of(name.rpartition(".")[2]) in ("page", "offset")


def _selects_a_place(name: str) -> bool:
    """Return whether a name says that its value is a place in the list: before, starting_after, max_id."""
    last = name.rpartition(".")[2]
    return role_of(last) in ("cursor", "offset", "page") or bool(_PLACE_WORDS & set(lower_words(last)))


def _leaves(body: Json, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the scalars of a request body, each by its path with dots."""
    for name, value in body.items() if isinstance(body, dict) and depth < _MAX_DEPTH else ():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.", depth + 1)
        elif _is_scalar(value) and not (depth == 0 and name == "query"):
            yield f"{prefix}{name}", text_of(value)


def _is_scalar(value: Json) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
