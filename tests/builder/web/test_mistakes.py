"""An engine's error is named at the input that cures it."""

import pytest

from builder.web.mistakes import Mistake, NotReadyError, mistakes_in
from builder.web.workspace import ConnectionForm
from rest.errors import (
    AuthError,
    ItemsError,
    PaginationError,
    RefusedError,
    ResourceError,
    SettingsError,
    SyncError,
    TransientError,
)

_SYNC_S_HINT = (
    "Nothing is deleted; the next resync tries again. "
    "If the error persists, check that baseUrl can be reached"
)


def _fields(error: SyncError, auth_type: str = "none") -> list[str]:
    return [mistake.field for mistake in mistakes_in(error, ConnectionForm({"authType": auth_type}))]


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (SettingsError(["pageSize: got 'x', accepts 1", "baseUrl: is missing"]), ["pageSize", "baseUrl"]),
        (SettingsError(["customAuthRequest.endpoint is missing"]), ["customAuthRequest"]),
        (ResourceError("selector.method: got 'X', accepts GET; selector.body is odd"), ["method", "body"]),
        (ResourceError("selector.pagination.type: got 'x'"), ["more"]),
        (ResourceError("selector.path_parameters.id.field is missing"), ["p-id-field"]),
        (ResourceError("selector.path_parameters.id.pagination: got 1"), ["p-id-more"]),
        (ResourceError("{id} in the kind has no value"), ["p-id-endpoint"]),
        (ResourceError("{id} in the endpoint /a/{id} has no value"), ["p-id-endpoint"]),
        (ResourceError("the kind has braces that are not a placeholder"), ["kind"]),
        (RefusedError("GET /x: status 404", status=404), ["kind"]),
        (TransientError("GET /x: ConnectError"), ["baseUrl"]),
        (TransientError("GET /x: status 503", status=503), ["kind"]),
        (PaginationError("pages contradict each other"), ["paginationType"]),
        (ItemsError("the response is not JSON"), ["kind"]),
        (NotReadyError([Mistake("blueprint", "Blueprint", "is missing")]), ["blueprint"]),
    ],
    ids=lambda value: str(value) if isinstance(value, SyncError) else None,
)
def test_the_input_is_the_one_that_cures_it(error: SyncError, fields: list[str]) -> None:
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
def test_wrong_credentials_are_named_at_the_secret(auth_type: str, field: str) -> None:
    assert _fields(AuthError("status 401", status=401), auth_type) == [field]


def test_words_of_a_sync_are_left_out() -> None:
    [mistake] = mistakes_in(TransientError("nobody answers", hint=_SYNC_S_HINT), ConnectionForm())
    assert mistake.words == "nobody answers. Check that baseUrl can be reached"


def test_the_label_is_the_page_s() -> None:
    [mistake] = mistakes_in(SettingsError(["customAuthRequest.method: accepts GET"]), ConnectionForm())
    assert (mistake.label, mistake.words) == ("Login request", "method: accepts GET")
