"""A request to an API and its answer, as plain values: no sockets, no client."""

import io
import json
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from typing import Literal, Protocol
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from rest.bodies import CSV_TYPES, Json, media_type_and_charset, parse_body
from rest.envelope import Place, envelope_of
from rest.errors import ItemsError, ResourceError
from rest.origin import Redactor
from rest.paths import Path
from rest.weight import LIGHT_BYTES, MOST_WEIGHT, weight_of_body

type Item = dict[str, Json]
type Location = Literal["query", "body", "header"]
type Pairs = tuple[tuple[str, str], ...]

# More than is shown, since white space is left out of it.
_EXCERPT = 4000
_EXCERPT_SHOWN = 200
_MOST_BYTES_OF_A_LETTER = 4
# So much of a small body's size becomes of it: more than of any ordinary one.
_USUAL_WEIGHT = 12


@dataclass(frozen=True)
class Request:
    """What to ask: an absolute URL (it may carry a query of its own) and what is added to it.

    params: name and value, in order, a name may come more than once.
    body: sent as JSON; None sends no body.
    repeats: what the user says of sending it again where it may have been carried out; None: nothing.
    """

    method: str
    url: str
    params: Pairs = ()
    headers: Pairs = ()
    body: Json = None
    repeats: bool | None = None

    @property
    def query(self) -> Pairs:
        """The parameters in the URL and those that are added to it, decoded."""
        return (*url_query(self.url), *self.params)

    def value(self, name: str, location: Location = "query") -> Json:
        """What the request says under a name; dots reach into a body. None: nothing."""
        if location == "query":
            return dict(self.query).get(name)
        if location == "header":
            return {key.lower(): text for key, text in self.headers}.get(name.lower())
        return _find(self.body, name.split("."))

    def having(self, name: str, value: Json, location: Location = "query") -> "Request":
        """The same request with one value set, replacing what stood under that name."""
        if location == "query":
            kept = tuple(pair for pair in self.params if pair[0] != name)
            return replace(self, url=without_param(self.url, name), params=(*kept, (name, text_of(value))))
        if location == "header":
            others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
            return replace(self, headers=(*others, (name, text_of(value))))
        return replace(self, body=_placed(self.body, name.split("."), name, value))

    def at(self, url: str) -> "Request":
        """The same request sent to a link that the API gave, which carries its own parameters."""
        return replace(self, url=url, params=())

    @cached_property
    def full_url(self) -> str:
        """The URL with every parameter in it, percent-encoded."""
        added = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in self.params)
        if not added:
            return self.url.partition("#")[0]
        scheme, host, path, query, _ = urlsplit(self.url)
        return urlunsplit((scheme, host, path, f"{query}&{added}" if query else added, ""))

    @cached_property
    def key(self) -> str:
        """The same text for two requests that ask for the same, in whatever order they name it."""
        url = self.full_url
        # By name alone: the order of a repeated parameter may mean something.
        params = sorted(url_query(url), key=lambda pair: pair[0])
        asked = [self.method, url.partition("?")[0], params, sorted(self.headers), self.body]
        return json.dumps(asked, sort_keys=True)


class Reader(Protocol):
    """What can be read in parts."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, all of them without a size; none at the end."""
        ...


class LargeBody(Protocol):
    """A body that is kept elsewhere than in memory."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    def reader(self) -> Reader:
        """Reads it from the start; several can read at once."""
        ...


@dataclass(frozen=True, slots=True)
class HeldBody:
    """A body in memory, read as one that is kept elsewhere."""

    content: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    def reader(self) -> Reader:
        """Reads it from the start."""
        return io.BytesIO(self.content)


@dataclass(frozen=True)
class Response:
    """An answer: status, headers (names in lower case) and the undecoded body.

    large: where the body is when it is too large for memory; content is then its start.
    redact: what may not be shown of it. meaning: what a rule of the user's makes of it; "": none fits.
    beside: the body as values, without the items, where they are read by themselves.
    most_weight: bytes of memory that the body may become as a whole; None: as many as an API's answer.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    redact: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    large: LargeBody | None = field(default=None, repr=False)
    meaning: Literal["", "empty", "end", "accept"] = ""
    beside: tuple[Json] | None = field(default=None, repr=False, compare=False)
    most_weight: int | None = field(default=None, repr=False, compare=False)

    @cached_property
    def body(self) -> Json:
        """The body as JSON values, parsed once. None: there is no body.

        Raises ItemsError: the body is not what its content type says, or no JSON.
        """
        if self.beside:
            return self.beside[0]
        if self.is_empty:
            return None
        if self.is_heavy:
            raise ItemsError(
                f"the body would take {self.weight // 2**20} MiB of memory",
                hint="Ask for pages, or for fewer of the items: see paginationType and selector.query_params",
            )
        content = self.stored.reader().read()
        try:
            return parse_body(content, self.headers.get("content-type", ""))
        except ValueError as error:
            reason = self.redact(str(error))
        # Out here, so that it does not keep the text in memory as long as it is kept itself.
        raise self.unreadable(reason)

    @property
    def stored(self) -> LargeBody:
        """All of the body, wherever it is."""
        return self.large or HeldBody(self.content)

    @property
    def is_small(self) -> bool:
        """True where the body cannot take much memory, whatever it holds."""
        return self.stored.size <= LIGHT_BYTES

    @cached_property
    def weight(self) -> int:
        """The bytes of memory that the body becomes when it is read: of a small one by its size alone."""
        if self.is_small:
            return _USUAL_WEIGHT * self.stored.size
        return weight_of_body(self.stored.reader(), is_table=self.content_type in CSV_TYPES)

    @property
    def is_heavy(self) -> bool:
        """True for what may not be read as a whole, since its values would fill the memory."""
        most = MOST_WEIGHT if self.most_weight is None else self.most_weight
        return self.stored.size > most or self.weight > most

    def unreadable(self, reason: str = "") -> ItemsError:
        """The error for a body that is not what its content type says, or no JSON; reason: its reader's."""
        said = f" The reader says: {reason}" if reason else ""
        return ItemsError(
            f"the response is no JSON ({self.content_type}): {self.excerpt!r}",
            hint=f"Is this the API's own address, and not a page for people or a login?{said}",
        )

    @property
    def is_empty(self) -> bool:
        """True when there is no body, or one of white space and a byte order mark."""
        return self.status == HTTPStatus.NO_CONTENT or not self.content.removeprefix(BOM_UTF8).strip()

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case (RFC 9110 §8.3.1)."""
        return self.headers.get("content-type", "no content type").partition(";")[0].strip().lower()

    @property
    def excerpt(self) -> str:
        """The first 200 characters, on one line and without secrets, for a message."""
        # A secret that stands across the end is read whole, lest its first half is shown.
        size = _MOST_BYTES_OF_A_LETTER * (_EXCERPT + self.redact.longest_bytes)
        content = self.large.reader().read(size) if self.large else self.content[:size]
        _, charset = media_type_and_charset(self.headers.get("content-type", ""))
        start = content.decode("utf-8-sig" if charset == "utf-8" else charset, "replace")
        return " ".join(self.redact.start_of(start, _EXCERPT).split())[:_EXCERPT_SHOWN]


@dataclass(frozen=True, slots=True)
class Habits:
    """What the pages of one endpoint template have shown so far.

    page_size: the most items that a page can hold, where the API was seen to cap what was asked for.
    short_is_last: True where a short page was confirmed to be the last, False where it was not.
    longest: the length of the longest page.
    """

    page_size: int | None = None
    short_is_last: bool | None = None
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Reported:
    """The most that the pages of a walk before this one said of the listing's length. None: nothing."""

    items: int | None = None
    pages: int | None = None


@dataclass(frozen=True)
class Page:
    """One answer of a listing, and where in the walk it stands.

    items: what stands at data_path, before anything is dropped or changed.
    given: how many the API gave, None for as many as there are items: data_path may take only some.
    is_list: False for one object. is_null: null stands there, and nobody said that it may.
    number: 0 for the first page; items_before: counted on all the pages before this one.
    previous: the answer before, None for the first page; promise: where it said that this one would come.
    data_path: where the items are, and so what is not the envelope. reported: by the pages before.
    believes_totals: False where the user says that the API's numbers of items and pages prove nothing.
    """

    request: Request
    response: Response
    items: Sequence[Json]
    given: int | None = None
    is_list: bool = True
    number: int = 0
    items_before: int = 0
    largest_before: int = 0
    previous: Response | None = None
    promise: str | None = None
    habits: Habits = Habits()
    believes_totals: bool = True
    is_null: bool = False
    data_path: Path | None = None
    reported: Reported = Reported()

    @cached_property
    def envelope(self) -> tuple[Place, ...]:
        """What the body says beside the items."""
        return envelope_of(self.response.body, self.data_path)

    @cached_property
    def before(self) -> "Page | None":
        """The page before this one, without its items; None for the first page."""
        if self.previous is None:
            return None
        return Page(self.request, self.previous, (), data_path=self.data_path)

    @property
    def count(self) -> int:
        """How many items the API gave: what stop rules count."""
        return len(self.items) if self.given is None else self.given

    @property
    def items_so_far(self) -> int:
        """Items of this page and all before it."""
        return self.items_before + self.count

    @property
    def largest(self) -> int:
        """The length of the longest page so far, this one included."""
        return max(self.largest_before, self.count)


def text_of(value: Json) -> str:
    """A value as it stands in a URL or a header: JSON's text for numbers and booleans."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def url_query(url: str) -> list[tuple[str, str]]:
    """The parameters in a URL, decoded, in order."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def without_param(url: str, name: str) -> str:
    """The URL without one parameter; the others stay as they are written."""
    scheme, host, path, query, fragment = urlsplit(url)
    kept = [part for part in query.split("&") if part and not _named(part, name)]
    return urlunsplit((scheme, host, path, "&".join(kept), fragment))


def _named(part: str, name: str) -> bool:
    return any(key == name for key, _ in parse_qsl(part, keep_blank_values=True))


def _encoded(text: str) -> str:
    # RFC 3986 §3.4 allows these in a query; APIs print them raw in their own examples ($top, page[size]).
    return quote(text, safe="$,:@/!*()'", errors="surrogatepass")


def _find(body: Json, keys: list[str]) -> Json:
    for key in keys:
        if not isinstance(body, dict):
            return None
        body = body.get(key)
    return body


def _placed(body: Json, keys: list[str], name: str, value: Json) -> Json:
    if not keys:
        return value
    if body is not None and not isinstance(body, dict):
        raise ResourceError(f"cannot put {name} into the body: it is no object there")
    fields = body or {}
    return {**fields, keys[0]: _placed(fields.get(keys[0]), keys[1:], name, value)}
