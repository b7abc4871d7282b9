"""Evidence: what the user's actions have proven, and for which inputs."""

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256

from builder.draft import Draft
from builder.web.choose.endpoint import EndpointForm
from builder.web.connect.form import ConnectionForm
from builder.web.connect.setting_fields import PAGINATION, PAGINATION_TYPE, all_fields
from builder.web.page.issues import Issue

# Settings that do not decide whether the API accepts a request.
_TUNING = frozenset(
    {"timeout", "maxConcurrentRequests", "requestsPerSecond", "maxRetries", "responses", "accept"}
    | {"rememberEntities", "conditionalRequests"}
    | {PAGINATION_TYPE.name, *(each.name for each in PAGINATION)}
)
_REQUEST_INPUTS = ("kind", "method", "query_params", "headers", "body", "more", "parameters")


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """A request to the API. inputs: a fingerprint of its address and credentials.

    issue: why it failed, None if it succeeded.
    """

    inputs: str
    issue: Issue | None = None

    def is_of(self, connection: ConnectionForm) -> bool:
        """Return whether a request with these inputs has the same address and credentials."""
        return self.inputs == _fingerprint(connection)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A draft that left the page. words: how. issue: why Port does not have it."""

    draft: Draft = field(repr=False)
    words: str
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The latest results of all actions, except those of an endpoint, which keeps its own."""

    connection_test: ConnectionTest | None = None
    delivery: Delivery | None = None

    def followed_by(self, later: "Evidence") -> "Evidence":
        """Return the later results, and those of actions that were not repeated."""
        return Evidence(later.connection_test or self.connection_test, later.delivery or self.delivery)

    def with_test(self, connection: ConnectionForm, issue: Issue | None) -> "Evidence":
        """Add the result of a connection test."""
        return replace(self, connection_test=ConnectionTest(_fingerprint(connection), issue))

    def with_failed_fetch(self, connection: ConnectionForm, issue: Issue) -> "Evidence":
        """Add a failed request for a sample, if the API refused the connection's settings."""
        is_setting = any(issue.field == each.name for each in all_fields())
        return self.with_test(connection, issue) if is_setting else self

    def with_files(self, draft: Draft) -> "Evidence":
        """Add that the user took the files of a draft. A creation of the same draft says more."""
        if self.delivery and self.delivery.draft == draft and self.delivery.issue is None:
            return self
        return replace(self, delivery=Delivery(draft, "Files taken"))

    def with_creation(self, draft: Draft, issue: Issue | None) -> "Evidence":
        """Add the result of a creation in Port."""
        return replace(self, delivery=Delivery(draft, "Created in Port", issue))


def fetch_inputs(form: EndpointForm, connection: ConnectionForm) -> str:
    """Return a fingerprint of the inputs that decide which request is sent for a sample."""
    return _fingerprint(connection, *(repr(getattr(form, name)) for name in _REQUEST_INPUTS))


def failure_of(form: EndpointForm, connection: ConnectionForm) -> Issue | None:
    """Return why the last fetch with these inputs failed, or why the pasted response cannot be read."""
    failure = form.failure
    if failure is None:
        return None
    first = failure.issues[0]
    if failure.origin == "pasted":
        return first if first.field == "pasted" else None
    return first if failure.inputs == fetch_inputs(form, connection) else None


def _fingerprint(connection: ConnectionForm, *others: str) -> str:
    """Return a hash of the inputs of a request. The inputs would keep removed secrets in memory."""
    both = (connection.texts, connection.secrets)
    essential = [
        {name: text.strip() for name, text in texts.items() if name not in _TUNING and text.strip()}
        for texts in both
    ]
    return sha256(json.dumps([*essential, *others], sort_keys=True).encode()).hexdigest()
