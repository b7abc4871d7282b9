"""Issues: what is wrong, and which input of the page to correct."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.web.connect.form import ConnectionForm
from builder.web.connect.setting_fields import REQUIRED_SECRETS, label_of
from rest.errors import AuthError, PaginationError, RequestError, ResourceError, SettingsError, SyncError

_PARAMETER = re.compile(r"selector\.path_parameters\.(?P<name>\w+)(?:\.(?P<key>\w+))?")
_NO_VALUE = re.compile(r"(?:^|: )\{(?P<name>\w+)\} ")
_KEY = re.compile(r"selector\.(?P<key>\w+)")
_PARAMETER_INPUTS = frozenset({"endpoint", "data_path", "field", "filter", "values"})
_INPUTS = frozenset({"method", "query_params", "headers", "body", "data_path", "query", "min_items"})
# The page runs no sync, so it leaves out what the engine says about the next one.
_ABOUT_RESYNCS = re.compile(r"(?<=\. )[^.]*\bresync\b[^.]*\. (?:If the error persists, (?P<first>\w))?")


@dataclass(frozen=True, slots=True)
class Issue:
    """An input to correct. field: its id on the page. label: its name on the page."""

    field: str
    label: str
    message: str


class NotReadyError(SyncError):
    """Inputs to correct before an action is possible."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(f"{each.label}: {each.message}" for each in issues))
        self.issues = tuple(issues)


def issues_in(error: SyncError, connection: ConnectionForm) -> list[Issue]:
    """Return an engine's error as issues of the inputs to correct."""
    if isinstance(error, NotReadyError):
        return list(error.issues)
    if isinstance(error, SettingsError):
        return [setting_issue(line) for line in error.mistakes]
    if isinstance(error, ResourceError):
        return list(_selector_issues(str(error)))
    message = without_resyncs(str(error))
    if isinstance(error, PaginationError):
        return [Issue("paginationType", label_of("paginationType"), message)]
    if isinstance(error, AuthError):
        return [credential_issue(connection, message)]
    if isinstance(error, RequestError) and error.status is None:
        return [Issue("baseUrl", label_of("baseUrl"), message)]
    return [Issue("kind", "Path", message)]


def credential_issue(connection: ConnectionForm, message: str) -> Issue:
    """Return an issue of the authentication's secret, or of the authentication type if it has none."""
    auth_type = connection.texts.get("authType", "none")
    name = "customAuthRequest" if auth_type == "custom" else REQUIRED_SECRETS.get(auth_type, "authType")
    return Issue(name, label_of(name), message)


def setting_issue(line: str) -> Issue:
    """Return a line of a SettingsError as an issue.

    Lines are `pageSize: got 'many', accepts …` or `customAuthRequest.endpoint …`.
    """
    place, sign, message = line.partition(":")
    if not sign:
        place, _, message = line.partition(" ")
    name = place.replace(".", " ").strip().partition(" ")[0]
    rest = place.strip().removeprefix(name).strip(". ")
    return Issue(name, label_of(name), f"{rest}: {message.strip()}" if rest else message.strip())


def without_resyncs(text: str) -> str:
    """Return an engine's message without the sentences about resyncs."""
    return _ABOUT_RESYNCS.sub(lambda match: (match["first"] or "").upper(), text)


def _selector_issues(text: str) -> Iterator[Issue]:
    for part in text.split("; "):
        if found := _PARAMETER.search(part):
            key = found["key"] if found["key"] in _PARAMETER_INPUTS else "more"
            yield Issue(f"p-{found['name']}-{key}", f"{{{found['name']}}}", part)
        elif found := _NO_VALUE.search(part):
            yield Issue(f"p-{found['name']}-endpoint", f"{{{found['name']}}}", part)
        elif found := _KEY.search(part):
            key = found["key"] if found["key"] in _INPUTS else "more"
            yield Issue(key, found["key"], part)
        else:
            yield Issue("kind", "Path", part)
