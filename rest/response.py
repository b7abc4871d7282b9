"""A response of an API, as a plain value: status, headers and the undecoded body."""

import io
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Literal, Protocol

from rest.bodies import CSV_TYPES, Json, media_type_and_charset, parse_body
from rest.errors import ItemsError
from rest.origin import Redactor
from rest.web_pages import page_title
from rest.weight import LIGHT_BYTES, MOST_WEIGHT, weight_of_body

# White space is collapsed afterwards, so more characters are read than are shown.
_EXCERPT_READ = 4000
_EXCERPT_SHOWN = 200
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


@dataclass(frozen=True)
class Response:
    """A response: status, headers (names in lower case) and the undecoded body.

    large: the stored body if it is too large for memory. content is then its start.
    redact: masks the secrets in texts that are shown.
    action: the action of the user's rule that matches the response. "": no rule matches.
    envelope: the body without its items, if the items are read separately. A tuple, because it may be null.
    max_weight: the memory in bytes that the parsed body may take. None: MOST_WEIGHT.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    redact: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    large: StoredBody | None = field(default=None, repr=False)
    action: Literal["", "empty", "end", "accept"] = ""
    envelope: tuple[Json] | None = field(default=None, repr=False, compare=False)
    max_weight: int | None = field(default=None, repr=False, compare=False)

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
            raise ItemsError(
                f"the body would take {self.weight // 2**20} MiB of memory",
                hint="Ask for pages, or for fewer of the items: see paginationType and selector.query_params",
            )
        content = self.stored.reader().read()
        try:
            return parse_body(content, self.headers.get("content-type", ""))
        except ValueError as error:
            reason = self.redact(str(error))
        # Raised outside the except block, because the chained ValueError would keep the text in memory.
        raise self.parse_error(reason)

    @property
    def stored(self) -> StoredBody:
        """The whole body, in memory or on disk."""
        return self.large or InMemoryBody(self.content)

    @property
    def is_small(self) -> bool:
        """True if the parsed body cannot take much memory, whatever its content is."""
        return self.stored.size <= LIGHT_BYTES

    @cached_property
    def weight(self) -> int:
        """The estimated memory in bytes of the parsed body. For a small body, a multiple of its size."""
        if self.is_small:
            return _SMALL_BODY_FACTOR * self.stored.size
        return weight_of_body(self.stored.reader(), is_table=self.content_type in CSV_TYPES)

    @property
    def is_heavy(self) -> bool:
        """True if the parsed body would take more memory than is allowed."""
        limit = MOST_WEIGHT if self.max_weight is None else self.max_weight
        return self.stored.size > limit or self.weight > limit

    def parse_error(self, reason: str = "") -> ItemsError:
        """Return the error for a body that cannot be parsed. reason: the message of the parser."""
        details = f" The parser reports: {reason}" if reason else ""
        title = page_title(self._start())
        what = f"a web page with the title {title!r:.200}" if title else f"{self.excerpt!r}"
        return ItemsError(
            f"the response is not JSON ({self.content_type}): {what}",
            hint=f"Check that the URL is an API endpoint, not a web page or a login page.{details}",
        )

    @property
    def is_empty(self) -> bool:
        """True if there is no body, or only white space and a byte order mark."""
        return self.status == HTTPStatus.NO_CONTENT or not self.content.removeprefix(BOM_UTF8).strip()

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case (RFC 9110 §8.3.1)."""
        return self.headers.get("content-type", "no content type").partition(";")[0].strip().lower()

    @property
    def excerpt(self) -> str:
        """The first 200 characters for a message, on one line and with secrets masked."""
        return " ".join(self._start().split())[:_EXCERPT_SHOWN]

    def _start(self) -> str:
        """Return the first 4000 characters of the body, with secrets masked."""
        # A secret that crosses the end must be read whole to be recognized.
        size = _MAX_BYTES_OF_A_CHARACTER * (_EXCERPT_READ + self.redact.longest_bytes)
        content = self.large.reader().read(size) if self.large else self.content[:size]
        _, charset = media_type_and_charset(self.headers.get("content-type", ""))
        start = content.decode("utf-8-sig" if charset == "utf-8" else charset, "replace")
        return self.redact.start_of(start, _EXCERPT_READ)
