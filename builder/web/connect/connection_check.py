"""The test of a connection: one real request to the API."""

from dataclasses import dataclass

from builder.sampling import check_connection
from builder.web.choose.parsing import request_issues_of
from builder.web.choose.selector import parse_selector
from builder.web.connect.form import ConnectionForm
from builder.web.connect.parsing import parse_connection, request_issues
from builder.web.connect.setting_fields import BASE_URL
from builder.web.page.issues import Issue, NotReadyError, credential_issue
from builder.web.page.workspace import Workspace
from rest.errors import AuthError, RequestError, SyncError

_ACCEPTED = "The API accepts the credentials. Fetch a sample to see its items"


@dataclass(frozen=True, slots=True)
class ConnectionResult:
    """The result of a test. issue: the input to correct, None if the test passed."""

    message: str
    issue: Issue | None = None


async def try_connection(workspace: Workspace) -> ConnectionResult:
    """Send a request to the endpoint on display, or to the API's root if the endpoint is incomplete.

    Raises NotReadyError: the connection is incomplete. Raises SyncError: the engine rejects the settings.
    """
    parsed = parse_connection(workspace.connection)
    if issues := request_issues(parsed):
        raise NotReadyError(issues)
    endpoint = workspace.endpoint
    selector = parse_selector(endpoint)
    is_ready = not request_issues_of(endpoint, selector, workspace.connection)
    kind = endpoint.kind.strip() if is_ready else ""
    finding = await check_connection(parsed.config, kind, selector.selector if kind else None)
    if finding.is_good:
        return ConnectionResult(_ACCEPTED if kind and not endpoint.data_path else finding.message)
    if finding.error is None:
        return ConnectionResult(finding.message, Issue(BASE_URL.name, BASE_URL.label, finding.message))
    issue = _issue(finding.error, kind, workspace.connection)
    return ConnectionResult(issue.message, issue)


def _issue(error: SyncError, kind: str, connection: ConnectionForm) -> Issue:
    if isinstance(error, AuthError):
        return credential_issue(connection, error)
    if kind and isinstance(error, RequestError) and error.status in range(400, 500):
        return Issue.of("kind", "Path", error)
    return Issue.of(BASE_URL.name, BASE_URL.label, error)
