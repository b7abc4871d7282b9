"""A response of an API, as a plain value: status, headers and the undecoded body."""

import io
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Literal, Protocol

from rest.bodies import Json
from rest.body_format import RECOGNIZED, BodyFormat, FormatName, format_of
from rest.body_parsing import CharsetError, parse_body
from rest.charsets import charset_of, decoder_named
from rest.errors import ItemsError
from rest.format_advice import TITLES, format_advice
from rest.formats.csv import column_names
from rest.origin import Redactor
from rest.web_pages import page_title
from rest.weight import LIGHT_BYTES, MOST_WEIGHT, weight_of_body

# What messages say in place of the media type.
NO_CONTENT_TYPE = "no content type"
# White space is collapsed afterwards, so more characters are read than are shown.
_EXCERPT_READ = 4000
_EXCERPT_SHOWN = 200
_HEADER_BYTES = 2**18
# White space and byte order marks, also that of UTF-16.
_BLANK = b" \t\r\n\v\f\xef\xbb\xbf\xfe\xff"
_MAX_BYTES_OF_A_CHARACTER = 4
# Bytes of memory for each byte of a small body. Ordinary bodies need less.
_SMALL_BODY_FACTOR = 12


class Reader(Protocol):
    """A body that can be read in parts."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, or all remaining bytes without a size. Empty at the end."""
        ...


class StoredBody(Protocol):
    """A body that can be read several times, from memory or from disk."""

    @property
    def size(self) -> int:
        """The size in bytes."""
        ...

    def reader(self) -> Reader:
        """Return a reader that begins at the start. Several readers can be used at once."""
        ...


@dataclass(frozen=True, slots=True)
class InMemoryBody:
    """A body in memory, with the interface of a stored body."""

    content: bytes

    @property
    def size(self) -> int:
        """The size in bytes."""
        return len(self.content)

    def reader(self) -> Reader:
        """Return a reader that begins at the start."""
        return io.BytesIO(self.content)


@dataclass(frozen=True, slots=True)
class KeptAs:
    """How a response is kept for the next resync.

    name: identifies it among the kept responses.
    saved_bytes: the size of the body that a 304 saved, as it is sent. None: the API sent the body.
    repeated: the names of the headers that the 304 had, in lower case.
    contradicted: the response kept before, if the API sends another body with the same validator.
    """

    name: str
    saved_bytes: int | None = None
    repeated: frozenset[str] = frozenset()
    contradicted: "Response | None" = None


@dataclass(frozen=True)
class Response:
    """A response: status, headers (names in lower case) and the undecoded body.

    large: the stored body if it is too large for memory. content is then its start.
    redact: masks the secrets in texts that are shown.
    action: the action of the user's rule that matches the response. "": no rule matches.
    envelope: the body without its items, if the items are read separately. A tuple, because it may be null.
    max_weight: the memory in bytes that the parsed body may take. None: MOST_WEIGHT.
    format: how the body is read.
    header: the columns of a table whose rows are read separately. Empty: they are in the body.
    kept: how it is kept for the next resync. None: it is not.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    redact: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    large: StoredBody | None = field(default=None, repr=False)
    action: Literal["", "empty", "end", "accept"] = ""
    envelope: tuple[Json] | None = field(default=None, repr=False, compare=False)
    max_weight: int | None = field(default=None, repr=False, compare=False)
    format: BodyFormat = RECOGNIZED
    header: tuple[str, ...] = field(default=(), repr=False, compare=False)
    kept: KeptAs | None = field(default=None, repr=False, compare=False)

    @cached_property
    def body(self) -> Json:
        """The body as JSON values, parsed once. None: there is no body.

        Raises ItemsError: the body cannot be parsed, or is too large to be parsed as a whole.
        """
        if self.envelope:
            return self.envelope[0]
        if self.is_empty:
            return None
        if self.is_heavy:
            raise self.too_large_error()
        content = self.stored.reader().read()
        try:
            return parse_body(content, self.headers.get("content-type", ""), self.format)
        except ValueError as error:
            reason = self.redact(str(error))
            is_charset = isinstance(error, CharsetError) and "html" not in self.content_type
        # Raised outside the except block, because the chained ValueError would keep the text in memory.
        raise self.parse_error(reason, is_charset=is_charset)

    @cached_property
    def derived(self) -> dict[Hashable, Any]:
        """What others computed from the response and would compute again, by a key of theirs."""
        return {}

    @property
    def is_confirmed(self) -> bool:
        """True if the API did not send the body again, but confirmed a kept one (304)."""
        return self.kept is not None and self.kept.saved_bytes is not None

    @property
    def stored(self) -> StoredBody:
        """The whole body, in memory or on disk."""
        return self.large or InMemoryBody(self.content)

    @cached_property
    def format_name(self) -> FormatName:
        """The format of the body: the one that is set, or the one that its type and its start show."""
        return format_of(self.content, self.headers.get("content-type", ""), self.format)

    @cached_property
    def charset(self) -> str:
        """The codec of the body."""
        return charset_of(self.content, self.headers.get("content-type", ""), self.format.encoding)

    @cached_property
    def columns(self) -> frozenset[str] | None:
        """The columns that a CSV body names. None: it names none, or is no table."""
        if self.format_name != "csv" or self.is_empty or not self.format.csv.has_header:
            return None
        start = self.stored.reader().read(_HEADER_BYTES).decode(decoder_named(self.charset), "ignore")
        return frozenset(self.header or column_names(start, self.format.csv))

    @property
    def is_read_whole(self) -> bool:
        """True if the format cannot be read in parts."""
        return self.format_name in ("xml", "yaml", "text")

    @property
    def is_small(self) -> bool:
        """True if the parsed body cannot take much memory, whatever its content is."""
        return self.stored.size <= LIGHT_BYTES

    @cached_property
    def weight(self) -> int:
        """The estimated memory in bytes of the parsed body. For a small body, a multiple of its size."""
        if self.is_small:
            return _SMALL_BODY_FACTOR * self.stored.size
        return weight_of_body(self.stored.reader(), self.format_name)

    @property
    def is_heavy(self) -> bool:
        """True if the parsed body would take more memory than is allowed."""
        limit = MOST_WEIGHT if self.max_weight is None else self.max_weight
        return self.stored.size > limit or self.weight > limit

    def parse_error(self, reason: str = "", *, is_charset: bool = False) -> ItemsError:
        """Return the error for a body that cannot be parsed.

        reason: the message of the parser. is_charset: whether the charset is wrong.
        """
        details = f" The parser reports: {reason}" if reason else ""
        start = self._start()
        title = page_title(start)
        what = f"a web page with the title {title!r:.200}" if title else f"{self.excerpt!r}"
        return ItemsError(
            f"the response is not {TITLES[self.format_name]} ({self.content_type}): {what}",
            hint=f"{format_advice(start, self.format_name, self.format, is_charset=is_charset)}.{details}",
        )

    def too_large_error(self) -> ItemsError:
        """Return the error for a body that is too large to be parsed as a whole."""
        return ItemsError(
            f"the body would take {self.weight // 2**20} MiB of memory",
            hint="Ask for pages, or for fewer of the items: see paginationType and selector.query_params",
        )

    @property
    def is_empty(self) -> bool:
        """True if there is no body, or only white space and a byte order mark."""
        return self.status == HTTPStatus.NO_CONTENT or not self.content.strip(_BLANK)

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case (RFC 9110 §8.3.1)."""
        return self.headers.get("content-type", NO_CONTENT_TYPE).partition(";")[0].strip().lower()

    @property
    def excerpt(self) -> str:
        """The first 200 characters for a message, on one line and with secrets masked."""
        return " ".join(self._start().split())[:_EXCERPT_SHOWN]

    def _start(self) -> str:
        """Return the first 4000 characters of the body, with secrets masked."""
        # A secret that crosses the end must be read whole to be recognized.
        size = _MAX_BYTES_OF_A_CHARACTER * (_EXCERPT_READ + self.redact.longest_bytes)
        content = self.large.reader().read(size) if self.large else self.content[:size]
        start = content.decode(decoder_named(self.charset), "replace")
        return self.redact.start_of(start, _EXCERPT_READ)
