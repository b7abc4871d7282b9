"""The engine's errors as issues of inputs."""

import pytest

from builder.web.connect.form import ConnectionForm
from builder.web.page.issues import Issue, NotReadyError, issues_in
from rest.errors import (
    RETRIED,
    AuthError,
    ItemsError,
    Mistake,
    PaginationError,
    RefusedError,
    ResourceError,
    SettingsError,
    SyncError,
    TransientError,
)


def _fields(error: SyncError, auth_type: str = "none") -> list[str]:
    return [issue.field for issue in issues_in(error, ConnectionForm({"authType": auth_type}))]


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (
            SettingsError([Mistake("pageSize", "got 'x', accepts 1"), Mistake("baseUrl", "is missing")]),
            ["pageSize", "baseUrl"],
        ),
        (SettingsError([Mistake("customAuthRequest.endpoint", "is missing")]), ["customAuthRequest"]),
        (
            ResourceError.of(
                Mistake("selector.method", "got 'X', accepts GET"), Mistake("selector.body", "is odd")
            ),
            ["method", "body"],
        ),
        (ResourceError.of(Mistake("selector.pagination.type", "got 'x'")), ["more"]),
        (ResourceError.of(Mistake("selector.path_parameters.id.field", "is missing")), ["p-id-field"]),
        (ResourceError.of(Mistake("selector.path_parameters.id.pagination", "got 1")), ["p-id-more"]),
        (ResourceError.of(Mistake("selector.path_parameters.id", "needs either")), ["p-id-more"]),
        (ResourceError.of(Mistake("selector.path_parameters.id[1].field", "is missing")), ["p-id-sources"]),
        (ResourceError.of(Mistake("customHeaders", "is odd")), ["kind"]),
        (ResourceError("the kind has braces that are not a placeholder"), ["kind"]),
        (RefusedError("GET /x: status 404", status=404), ["kind"]),
        (TransientError("GET /x: ConnectError"), ["baseUrl"]),
        (TransientError("GET /x: status 503", status=503), ["kind"]),
        (PaginationError("pages contradict each other"), ["paginationType"]),
        (ItemsError("the response is not JSON"), ["kind"]),
        (NotReadyError([Issue("blueprint", "Blueprint", "is missing")]), ["blueprint"]),
    ],
    ids=lambda value: str(value) if isinstance(value, SyncError) else None,
)
def test_an_error_names_the_input_to_correct(error: SyncError, fields: list[str]) -> None:
    assert _fields(error) == fields


@pytest.mark.parametrize(
    ("auth_type", "field"),
    [
        ("bearer_token", "apiToken"),
        ("api_key", "apiKey"),
        ("basic", "password"),
        ("oauth2", "clientSecret"),
        ("custom", "customAuthRequest"),
        ("none", "authType"),
    ],
)
def test_an_authentication_error_names_the_secret(auth_type: str, field: str) -> None:
    assert _fields(AuthError("status 401", status=401), auth_type) == [field]


def test_sentences_about_resyncs_are_left_out() -> None:
    [issue] = issues_in(
        TransientError("nobody answers", next_resync=RETRIED, hint="Check baseUrl"), ConnectionForm()
    )
    assert (issue.message, issue.advice) == ("nobody answers", "Check baseUrl")


def test_a_setting_has_the_label_of_its_input() -> None:
    [issue] = issues_in(SettingsError([Mistake("customAuthRequest.method", "accepts GET")]), ConnectionForm())
    assert (issue.label, issue.message) == ("Login request", "method: accepts GET")
