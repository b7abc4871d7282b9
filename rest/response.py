"""An answer of an API, as a plain value: status, headers and the undecoded body."""

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
from rest.weight import LIGHT_BYTES, MOST_WEIGHT, weight_of_body

# More than is shown, since white space is left out of it.
_EXCERPT = 4000
_EXCERPT_SHOWN = 200
_MOST_BYTES_OF_A_LETTER = 4
# So much of a small body's size becomes of it: more than of any ordinary one.
_USUAL_WEIGHT = 12


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
