"""The errors of a sync, ordered by how a run handles them.

SyncError               base class
├─ SettingsError        a setting is wrong: the integration does not start
├─ ResourceError        a mapping entry cannot be carried out: its kind fails
├─ RequestError         a request has no usable response
│  ├─ TransientError    the attempts of a retried request are used up
│  ├─ AuthError         the API still rejects the credentials after the login was renewed once
│  └─ RefusedError      the API answered with an error status that a retry does not fix
├─ JqError              a jq expression does not compile, or fails on its input
├─ PaginationError      the pages of a listing are inconsistent: it cannot be shown to be complete
├─ ItemsError           the items of a response cannot be read
├─ DoubtError           everything was read, but there is evidence that the listing is incomplete
└─ WriteError           Port did not accept entities
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from rest.doubts import DoubtName


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error happened, from the outside in. Each layer adds the parts that it knows.

    entry: the entry of the mapping. kind: its kind. endpoint: its path, if different from the kind.
    page: counted from 1. request: method and URL. step: a part of the request, such as a login.
    """

    entry: str = ""
    kind: str = ""
    endpoint: str = ""
    page: int | None = None
    request: str = ""
    step: str = ""

    def __str__(self) -> str:
        request = self.request
        if self.page is not None:
            request = f"page {self.page} ({self.request})" if self.request else f"page {self.page}"
        endpoint = "" if self.endpoint == self.kind else self.endpoint
        return ": ".join(filter(None, [self.entry, self.kind, endpoint, request, self.step]))

    def completed(self, other: "Place") -> "Place":
        """Return this place with its missing parts filled in from another place."""
        return Place(
            self.entry or other.entry,
            self.kind or other.kind,
            self.endpoint or other.endpoint,
            other.page if self.page is None else self.page,
            self.request or other.request,
            self.step or other.step,
        )


NOWHERE = Place()
RETRIED = "The next resync tries again"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong value.

    name: of the setting, or its path in a mapping entry. what: what is wrong with it. hint: what the user can
    change, "" if `what` says it.
    """

    name: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return _sentences(f"{self.name}: {self.what}", self.hint)


class SyncError(Exception):
    """The base class: what happened, where, and what the user can change.

    what: what happened. hint: what the user can change.
    doubt: the name that selector.accept takes to turn the error into a warning. "": not possible.
    because: the error that caused this one. times: how often it happened.
    next_resync: what the next resync does about it. "": nothing before the user changes something.
    """

    def __init__(
        self,
        what: str,
        *,
        hint: str = "",
        doubt: DoubtName | Literal[""] = "",
        place: Place = NOWHERE,
        because: "SyncError | None" = None,
        times: int = 1,
        next_resync: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.doubt: DoubtName | Literal[""] = doubt
        self.place = place
        self.because = because
        self.times = times
        self.next_resync = next_resync

    def __str__(self) -> str:
        return self.text()

    def text(self, *, with_kind: bool = True, with_resync: bool = True) -> str:
        """Return the message.

        with_kind: False for a table or page that names the kind elsewhere.
        with_resync: False where no resync follows.
        """
        summary = _summary(self, with_kind=with_kind)
        return _sentences(summary, self.next_resync if with_resync else "", self.hint, self._accept_hint)

    @property
    def summary(self) -> str:
        """The message without the hint."""
        return _summary(self, with_kind=True)

    def at(self, place: Place) -> Self:
        """Complete the place of this error, and return the error."""
        self.place = self.place.completed(place)
        return self

    def redacted(self, redact: Callable[[str], str]) -> Self:
        """Mask secrets in all texts of this error, and return the error."""
        place = self.place
        self.what, self.hint = redact(self.what), redact(self.hint)
        self.place = replace(place, request=redact(place.request), endpoint=redact(place.endpoint))
        if self.because:
            self.because.redacted(redact)
        return self

    @property
    def advice(self) -> str:
        """What the user can change, "" if it is unknown."""
        return _sentences(self.hint, self._accept_hint)

    @property
    def _accept_hint(self) -> str:
        return f"If this is expected, set selector.accept: [{self.doubt}]" if self.doubt else ""

    def __repr__(self) -> str:
        # Exception.__repr__ would show args, in which secrets are not masked.
        return f"{type(self).__name__}({self.what!r})"


def _summary(error: SyncError, *, with_kind: bool) -> str:
    place = error.place if with_kind else replace(error.place, kind="")
    count = f" ({error.times} times)" if error.times > 1 else ""
    # The cause may belong to another kind, and would then name that one.
    reason = _summary(error.because, with_kind=False) if error.because else ""
    return ": ".join(filter(None, [str(place), f"{error.what}{count}", reason]))


def _sentences(*texts: str) -> str:
    return ". ".join(filter(None, texts))


class SettingsError(SyncError):
    """At least one setting is missing or wrong.

    mistakes: one for each of them, without the values of secrets.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class ResourceError(SyncError):
    """A mapping entry is wrong, or asks for something that cannot be done.

    mistakes: the wrong values in the entry, as far as the error is about single values.
    """

    def __init__(
        self, what: str, *, hint: str = "", place: Place = NOWHERE, mistakes: Sequence[Mistake] = ()
    ) -> None:
        super().__init__(what, hint=hint, place=place)
        self.mistakes = tuple(mistakes)

    @classmethod
    def of(cls, *mistakes: Mistake, hint: str = "") -> Self:
        """Return the error for wrong values."""
        return cls("; ".join(map(str, mistakes)), hint=hint, mistakes=mistakes)


class RequestError(SyncError):
    """A request has no usable response.

    status: the HTTP status, None if there was no response.
    content_type: the media type of the response, "" if there was none.
    """

    def __init__(
        self,
        what: str,
        *,
        hint: str = "",
        doubt: DoubtName | Literal[""] = "",
        place: Place = NOWHERE,
        because: SyncError | None = None,
        next_resync: str = "",
        status: int | None = None,
        content_type: str = "",
    ) -> None:
        super().__init__(what, hint=hint, doubt=doubt, place=place, because=because, next_resync=next_resync)
        self.status = status
        self.content_type = content_type


class TransientError(RequestError):
    """The request failed with a transient error as often as `maxRetries` allows."""


class AuthError(RequestError):
    """The API rejects the credentials."""


class RefusedError(RequestError):
    """The API answered with an error status that a retry does not fix."""


class JqError(SyncError, ValueError):
    """A jq expression does not compile, or fails on its input. The message is jq's own, on one line.

    It is also a ValueError, because pydantic reports those as invalid values.
    """


class PaginationError(SyncError):
    """The pages of a listing are inconsistent, so items may be missing."""


class ItemsError(SyncError):
    """The items of a response cannot be read, or a complete listing has too few of them."""


class DoubtError(SyncError):
    """There is evidence that a listing is incomplete, although all of its pages were read."""


class WriteError(SyncError):
    """Port did not accept entities."""
