"""What is wrong, and at which input of the page it is to be mended."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.web.setting_fields import NEEDED_SECRETS, label_of
from builder.web.workspace import ConnectionForm
from rest.errors import AuthError, PaginationError, RequestError, ResourceError, SettingsError, SyncError

_PARAMETER = re.compile(r"selector\.path_parameters\.(?P<name>\w+)(?:\.(?P<key>\w+))?")
_NO_VALUE = re.compile(r"\{(?P<name>\w+)\} in the (?:kind|endpoint \S+) has no value")
_KEY = re.compile(r"selector\.(?P<key>\w+)")
_PARAMETER_INPUTS = frozenset({"endpoint", "data_path", "field", "filter", "values"})
_INPUTS = frozenset({"method", "query_params", "headers", "body", "data_path", "query", "min_items"})
# The engine speaks of a sync, and here is none.
_OF_SYNCS = "Nothing is deleted; the next resync tries again. If the error persists, "


@dataclass(frozen=True, slots=True)
class Mistake:
    """field: the id of its input. label: what the page calls that. words: what to change."""

    field: str
    label: str
    words: str


class NotReadyError(SyncError):
    """Something on the page is to be mended before this can be done."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(f"{each.label}: {each.words}" for each in mistakes))
        self.mistakes = tuple(mistakes)


def mistakes_in(error: SyncError, connection: ConnectionForm) -> list[Mistake]:
    """An engine's error as mistakes at the inputs that cure it."""
    if isinstance(error, NotReadyError):
        return list(error.mistakes)
    if isinstance(error, SettingsError):
        return [setting_mistake(line) for line in error.mistakes]
    if isinstance(error, ResourceError):
        return list(_in_selector(str(error)))
    words = plain_words(str(error))
    if isinstance(error, PaginationError):
        return [Mistake("paginationType", label_of("paginationType"), words)]
    if isinstance(error, AuthError):
        return [credential_mistake(connection, words)]
    if isinstance(error, RequestError) and error.status is None:
        return [Mistake("baseUrl", label_of("baseUrl"), words)]
    return [Mistake("kind", "Path", words)]


def credential_mistake(connection: ConnectionForm, words: str) -> Mistake:
    """At the secret of the chosen authentication; without one, where that is chosen."""
    auth_type = connection.texts.get("authType", "none")
    name = "customAuthRequest" if auth_type == "custom" else NEEDED_SECRETS.get(auth_type, "authType")
    return Mistake(name, label_of(name), words)


def setting_mistake(line: str) -> Mistake:
    """A line of a SettingsError: `pageSize: got 'many', accepts …`, or `customAuthRequest.endpoint …`."""
    place, sign, words = line.partition(":")
    if not sign:
        place, _, words = line.partition(" ")
    name = place.partition(".")[0].strip()
    rest = place.removeprefix(name).strip(". ")
    return Mistake(name, label_of(name), f"{rest}: {words.strip()}" if rest else words.strip())


def plain_words(text: str) -> str:
    """An engine's message without what only a sync would do."""
    before, said, after = text.partition(_OF_SYNCS)
    return f"{before}{after[:1].upper()}{after[1:]}" if said else text


def _in_selector(text: str) -> Iterator[Mistake]:
    for part in text.split("; "):
        if found := _PARAMETER.search(part):
            key = found["key"] if found["key"] in _PARAMETER_INPUTS else "more"
            yield Mistake(f"p-{found['name']}-{key}", f"{{{found['name']}}}", part)
        elif found := _NO_VALUE.search(part):
            yield Mistake(f"p-{found['name']}-endpoint", f"{{{found['name']}}}", part)
        elif found := _KEY.search(part):
            key = found["key"] if found["key"] in _INPUTS else "more"
            yield Mistake(key, found["key"], part)
        else:
            yield Mistake("kind", "Path", part)
