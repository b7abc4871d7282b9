"""Issues: what is wrong, and which input of the page to correct."""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.web.connect.form import ConnectionForm
from builder.web.connect.setting_fields import REQUIRED_SECRETS, label_of
from rest.errors import (
    AuthError,
    Mistake,
    PaginationError,
    RequestError,
    ResourceError,
    SettingsError,
    SyncError,
)

_PARAMETER_INPUTS = frozenset({"endpoint", "data_path", "field", "filter", "values"})
_INPUTS = frozenset({"method", "query_params", "headers", "body", "data_path", "query", "min_items"})


@dataclass(frozen=True, slots=True)
class Issue:
    """An input to correct. field: its id on the page. label: its name on the page.

    position: of the error in the text of the input, in characters from 0.
    """

    field: str
    label: str
    message: str
    position: int | None = None


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
        return [setting_issue(mistake) for mistake in error.mistakes]
    message = error.text(with_resync=False)
    if isinstance(error, ResourceError):
        if len(error.mistakes) > 1:
            return [_selector_issue(mistake.name, str(mistake)) for mistake in error.mistakes]
        return [_selector_issue(error.mistakes[0].name if error.mistakes else "", message)]
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


def setting_issue(mistake: Mistake) -> Issue:
    """Return the issue of a setting, or of a part of it like `customAuthRequest.endpoint`."""
    name, _, part = mistake.name.partition(".")
    return Issue(name, label_of(name), f"{part}: {mistake.what}" if part else mistake.what)


def _selector_issue(name: str, message: str) -> Issue:
    match name.split("."):
        case ["selector", "path_parameters", parameter, *keys]:
            key = keys[0] if keys and keys[0] in _PARAMETER_INPUTS else "more"
            return Issue(f"p-{parameter}-{key}", f"{{{parameter}}}", message)
        case ["selector", key, *_]:
            return Issue(key if key in _INPUTS else "more", key, message)
    return Issue("kind", "Path", message)
