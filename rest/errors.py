"""What can go wrong, by what a run does about it.

SyncError               has .hint: what to change
├─ SettingsError        stops the start; names the setting
├─ ResourceError        the mapping entry is wrong; fails its kind before a request is sent
├─ RequestError         method, URL, status, first 200 characters of the body
│  ├─ TransientError    retried inside http_client; escapes when the attempts are spent
│  ├─ AuthError         renewed once, then final
│  └─ RefusedError      other statuses; on_status may call it empty
├─ JqError              a jq expression does not compile, or fails on its input
├─ PaginationError      the listing cannot be shown to be complete
├─ ItemsError           nothing readable where the items should be
├─ DoubtError           all was read that could be, and something speaks against its being everything
└─ WriteError           Port did not take what was read
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from rest.doubts import DoubtName


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error happened, from the outside in. Whoever knows a part fills it in; the first one counts.

    entry: which entry of the mapping. kind: its kind. endpoint: the path, where that is not the kind.
    page: counted from 1. request: method and URL. step: a part of the request, such as a login.
    """

    entry: str = ""
    kind: str = ""
    endpoint: str = ""
    page: int | None = None
    request: str = ""
    step: str = ""

    def __str__(self) -> str:
        asked = self.request
        if self.page is not None:
            asked = f"page {self.page} ({self.request})" if self.request else f"page {self.page}"
        endpoint = "" if self.endpoint == self.kind else self.endpoint
        return ": ".join(filter(None, [self.entry, self.kind, endpoint, asked, self.step]))

    def completed(self, known: "Place") -> "Place":
        """This place, with what it does not say taken from another one."""
        return Place(
            self.entry or known.entry,
            self.kind or known.kind,
            self.endpoint or known.endpoint,
            known.page if self.page is None else self.page,
            self.request or known.request,
            self.step or known.step,
        )


NOWHERE = Place()


class SyncError(Exception):
    """What happened, where it happened, and what the user can change about it.

    doubt: the name by which the selector's `accept` turns it into a warning; "" where nothing does.
    because: the error that led to this one. times: how often it happened.
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
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.doubt: DoubtName | Literal[""] = doubt
        self.place = place
        self.because = because
        self.times = times

    def __str__(self) -> str:
        return self._with_hint(self.summary)

    @property
    def summary(self) -> str:
        """What happened and where, without the hint."""
        return self._summary(self.place)

    @property
    def without_kind(self) -> str:
        """The whole text, for a table that names the kind in a column of its own."""
        return self._with_hint(self._summary(replace(self.place, kind="")))

    def _summary(self, place: Place) -> str:
        count = f" ({self.times} times)" if self.times > 1 else ""
        reason = self.because.summary if self.because else ""
        return ": ".join(filter(None, [str(place), f"{self.what}{count}", reason]))

    def _with_hint(self, summary: str) -> str:
        hint = ". ".join(filter(None, [self.hint, self._way_to_accept]))
        return f"{summary}. {hint}" if hint else summary

    def at(self, place: Place) -> Self:
        """This error, its place completed."""
        self.place = self.place.completed(place)
        return self

    def redacted(self, redact: Callable[[str], str]) -> Self:
        """This error, with secrets masked in all of its texts."""
        place = self.place
        self.what = redact(self.what)
        self.place = replace(place, request=redact(place.request), endpoint=redact(place.endpoint))
        if self.because:
            self.because.redacted(redact)
        return self

    @property
    def _way_to_accept(self) -> str:
        return f"If it is right as it is, set selector.accept: [{self.doubt}]" if self.doubt else ""

    def __repr__(self) -> str:
        # Not by its args, which keep the text as it was before its secrets were masked.
        return f"{type(self).__name__}({self.what!r})"


class SettingsError(SyncError):
    """One line for each wrong setting; a secret's value is never in it."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


class ResourceError(SyncError):
    """The mapping entry asks for something that cannot be done."""


class RequestError(SyncError):
    """A request that was not answered with what was asked for.

    status: the HTTP status, None when there was no answer. content_type: of the answer; "" without one.
    """

    def __init__(
        self,
        what: str,
        *,
        hint: str = "",
        doubt: DoubtName | Literal[""] = "",
        place: Place = NOWHERE,
        because: SyncError | None = None,
        status: int | None = None,
        content_type: str = "",
    ) -> None:
        super().__init__(what, hint=hint, doubt=doubt, place=place, because=because)
        self.status = status
        self.content_type = content_type


class TransientError(RequestError):
    """The API failed in a way that may pass, as often as `maxRetries` allows."""


class AuthError(RequestError):
    """The API does not accept the credentials."""


class RefusedError(RequestError):
    """The API answered with an error status that asking again does not cure."""


class JqError(SyncError, ValueError):
    """A jq expression does not compile, or fails on its input; in jq's own words, on one line.

    A ValueError as well, by which pydantic knows a value that is not accepted.
    """


class PaginationError(SyncError):
    """The pages of a listing contradict each other: what was fetched may not be all."""


class ItemsError(SyncError):
    """The response does not hold items where the mapping says they are."""


class DoubtError(SyncError):
    """Something that was read speaks against its being everything."""


class WriteError(SyncError):
    """Port did not take entities of what was read."""
