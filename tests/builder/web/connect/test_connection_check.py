"""The test of a connection."""

import pytest

from builder.web.connect.connection_check import _issue, try_connection
from builder.web.connect.form import ConnectionForm
from builder.web.page.issues import NotReadyError
from builder.web.page.workspace import Workspace
from rest.errors import AuthError, RefusedError, SyncError, TransientError

_TOKEN = ConnectionForm({"authType": "bearer_token"})


@pytest.mark.parametrize(
    ("error", "kind", "field"),
    [
        (AuthError("status 401 Unauthorized", status=401), "/users", "apiToken"),
        (RefusedError("status 404 Not Found", status=404), "/users", "kind"),
        (RefusedError("status 404 Not Found", status=404), "", "baseUrl"),
        (TransientError("ConnectError"), "/users", "baseUrl"),
    ],
    ids=["wrong credentials", "wrong path", "wrong root", "no response"],
)
def test_a_failure_names_the_input_to_correct(error: SyncError, kind: str, field: str) -> None:
    assert _issue(error, kind, _TOKEN).field == field


async def test_an_incomplete_connection_is_not_tested() -> None:
    with pytest.raises(NotReadyError) as caught:
        await try_connection(Workspace(_TOKEN))
    assert [issue.field for issue in caught.value.issues] == ["baseUrl", "apiToken"]
