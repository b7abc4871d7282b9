"""Errors: their messages and their tree."""

import pytest

from rest.errors import (
    AuthError,
    ItemsError,
    Mistake,
    PaginationError,
    Place,
    RefusedError,
    RequestError,
    ResourceError,
    SettingsError,
    SyncError,
    TransientError,
)


@pytest.mark.parametrize(
    ("message", "hint", "kind", "shown"),
    [
        ("it failed", "", "", "it failed"),
        ("it failed", "Mend it", "", "it failed. Mend it"),
        ("it failed", "Mend it", "/a", "/a: it failed. Mend it"),
    ],
)
def test_an_error_reads_as_a_sentence(message: str, hint: str, kind: str, shown: str) -> None:
    error = SyncError(message, hint=hint, place=Place(kind=kind))
    assert str(error) == shown


def test_a_settings_error_joins_its_mistakes() -> None:
    error = SettingsError([Mistake("a", "is wrong"), Mistake("b", "is wrong")])
    assert [each.name for each in error.mistakes] == ["a", "b"]
    assert str(error) == "a: is wrong; b: is wrong"


def test_a_request_error_has_a_status() -> None:
    assert RequestError("m", status=404, hint="h").status == 404
    assert RequestError("m").status is None


def test_the_tree_of_errors() -> None:
    assert all(issubclass(error, RequestError) for error in (TransientError, AuthError, RefusedError))
    assert all(
        issubclass(error, SyncError)
        for error in (SettingsError, ResourceError, RequestError, PaginationError, ItemsError)
    )


def test_a_cause_is_shown_without_its_kind() -> None:
    """The first failure of a series belongs to whichever kind was read first."""
    cause = SyncError("no response", place=Place(kind="/a", request="GET /a/1"))
    error = SyncError("not sent. First failure", place=Place(kind="/b"), because=cause)
    assert str(error) == "/b: not sent. First failure: GET /a/1: no response"


def test_secrets_are_masked_in_every_text_of_an_error() -> None:
    """A hint may quote names from the API's response."""
    cause = ItemsError("no s3cret", hint="look for s3cret")
    error = RequestError("s3cret failed", hint="the response has s3cret", because=cause)
    error.at(Place(request="GET /s3cret", endpoint="/s3cret"))
    error.redacted(lambda text: text.replace("s3cret", "***"))
    assert "s3cret" not in f"{error} {error.advice} {cause} {cause.advice}"
