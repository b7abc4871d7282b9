"""Issues: what is wrong, and which input of the page to correct."""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.web.connect.form import ConnectionForm
from builder.web.connect.setting_fields import all_fields, label_of, required_secret
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
_INPUTS = frozenset(
    {"method", "query_params", "headers", "body", "body_type", "data_path", "query", "min_items", "webhook"}
)


@dataclass(frozen=True, slots=True)
class Issue:
    """An input to correct. field: its id on the page. label: its name on the page.

    message: what is wrong. advice: what to do about it, "" if the message says it.
    position: of the error in the text of the input, in characters from 0.
    """

    field: str
    label: str
    message: str
    position: int | None = None
    advice: str = ""

    @classmethod
    def of(cls, field: str, label: str, error: SyncError) -> "Issue":
        """Return an error as an issue. The API's own message comes before the request."""
        reason = f": {error.because.summary}" if error.because else ""
        request = f" ({error.place.request})" if error.place.request else ""
        return cls(field, label, f"{error.what}{reason}{request}", advice=error.advice)


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
    if isinstance(error, ResourceError):
        if len(error.mistakes) > 1:
            return [
                Issue(*_selector_input(each.name), f"{each.name}: {each.what}", advice=each.hint)
                for each in error.mistakes
            ]
        return [Issue.of(*_selector_input(error.mistakes[0].name if error.mistakes else ""), error)]
    if isinstance(error, PaginationError):
        return [Issue.of("paginationType", label_of("paginationType"), error)]
    if isinstance(error, AuthError):
        return [credential_issue(connection, error)]
    if isinstance(error, RequestError) and error.status is None:
        return [Issue.of("baseUrl", label_of("baseUrl"), error)]
    return [Issue.of("kind", "Path", error)]


def credential_issue(connection: ConnectionForm, error: SyncError) -> Issue:
    """Return an issue of the authentication's secret, or of the authentication type if it has none."""
    auth_type = connection.texts.get("authType", "none")
    name = "customAuthRequest" if auth_type == "custom" else required_secret(connection.texts) or "authType"
    return Issue.of(name, label_of(name), error)


def setting_issue(mistake: Mistake) -> Issue:
    """Return the issue of a setting, or of a part of it like `customAuthRequest.endpoint`."""
    name, _, part = mistake.name.partition(".")
    message = f"{part}: {mistake.what}" if part else mistake.what
    field = next((each for each in all_fields() if each.name == name), None)
    example = f"Enter a value like {field.example}" if field and field.example else ""
    return Issue(name, label_of(name), message, advice=mistake.hint or example)


def _selector_input(name: str) -> tuple[str, str]:
    """Return the id and the label of the input for a part of a mapping entry."""
    match name.split("."):
        case ["selector", "path_parameters", parameter, *keys]:
            name, bracket, _ = parameter.partition("[")
            own = keys[0] if keys and keys[0] in _PARAMETER_INPUTS else "more"
            return f"p-{name}-{'sources' if bracket else own}", f"{{{name}}}"
        case ["selector", key, *_]:
            return key if key in _INPUTS else "more", key
    return "kind", "Path"
