"""What can go wrong, by what a run does about it.

SyncError               has .hint: what to change
├─ SettingsError        stops the start; names the setting
├─ ResourceError        the mapping entry is wrong; fails its kind before a request is sent
├─ RequestError         method, URL, status, first 200 characters of the body
│  ├─ TransientError    retried inside http_client; escapes when the attempts are spent
│  ├─ AuthError         renewed once, then final
│  └─ RefusedError      other statuses; on_status may call it empty
├─ PaginationError      the listing cannot be shown to be complete
└─ ItemsError           nothing readable where the items should be
"""

from collections.abc import Sequence


class SyncError(Exception):
    """A message for a person: what happened, then what to change (`hint`), then the kind it failed."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.kind = ""

    def __str__(self) -> str:
        kind = f"{self.kind}: " if self.kind and not self.message.startswith(self.kind) else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{kind}{self.message}{hint}"

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

    status: the HTTP status, None when there was no answer.
    """

    def __init__(self, message: str, *, status: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


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
