"""What can go wrong, by what a run does about it.

SyncError               has .hint: what to change
├─ SettingsError        stops the start; names the setting
├─ ResourceError        the mapping entry is wrong; fails its kind before a request is sent
├─ RequestError         method, URL, status, first 200 characters of the body
│  ├─ TransientError    retried inside http_client; escapes when the attempts are spent
│  ├─ AuthError         renewed once, then final
│  └─ RefusedError      other statuses; on_status may call it empty
├─ PaginationError      the listing cannot be shown to be complete
├─ ItemsError           nothing readable where the items should be
├─ DoubtError           all was read that could be, and something speaks against its being everything
└─ WriteError           Port did not take what was read
"""

from collections.abc import Sequence
from typing import Literal

from rest.doubts import DoubtName


class SyncError(Exception):
    """What happened (`message`), where (`place`), what to change (`hint`), and the kind that it failed.

    place: the endpoint, page and URL; said once, by whoever knows it.
    doubt: the name by which `accept` takes it on; "" where only a change cures it.
    """

    def __init__(self, message: str, *, hint: str = "", doubt: DoubtName | Literal[""] = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.doubt: DoubtName | Literal[""] = doubt
        self.place = ""
        self.kind = ""

    def __str__(self) -> str:
        hint = ". ".join(filter(None, [self.hint, self._way_to_accept]))
        return f"{self.told}. {hint}" if hint else self.told

    @property
    def told(self) -> str:
        """What happened and where, without what to change."""
        where = [self.kind] if self.kind and not self.message.startswith(self.kind) else []
        return ": ".join(filter(None, [*where, self.place, self.message]))

    @property
    def _way_to_accept(self) -> str:
        return f"If it is right as it is, set selector.accept: [{self.doubt}]" if self.doubt else ""

    def __repr__(self) -> str:
        # Not by its args, which keep the message as it was before its secrets were taken out.
        return f"{type(self).__name__}({self.message!r})"


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
        message: str,
        *,
        status: int | None = None,
        hint: str = "",
        doubt: DoubtName | Literal[""] = "",
    ) -> None:
        super().__init__(message, hint=hint, doubt=doubt)
        self.status = status
        self.content_type = ""


class TransientError(RequestError):
    """The API failed in a way that may pass, as often as `maxRetries` allows."""


class AuthError(RequestError):
    """The API does not accept the credentials."""


class RefusedError(RequestError):
    """The API answered with an error status that asking again does not cure."""


class PaginationError(SyncError):
    """The pages of a listing contradict each other: what was fetched may not be all."""


class ItemsError(SyncError):
    """The response does not hold items where the mapping says they are."""


class DoubtError(SyncError):
    """Something that was read speaks against its being everything."""


class WriteError(SyncError):
    """Port did not take entities of what was read."""
