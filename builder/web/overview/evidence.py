"""Evidence: what the user's actions have proven, and for which inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from builder.draft import Draft
from builder.web.choose.endpoint import EndpointForm, Sample
from builder.web.connect.form import ConnectionForm
from builder.web.connect.setting_fields import PAGINATION, PAGINATION_TYPE, all_fields
from builder.web.page.issues import Issue

# Settings that do not decide whether the API accepts a request.
_TUNING = frozenset(
    {"timeout", "maxConcurrentRequests", "requestsPerSecond", "maxRetries", "responses", "accept"}
    | {PAGINATION_TYPE.name, *(each.name for each in PAGINATION)}
)
_REQUEST_INPUTS = ("kind", "method", "query_params", "headers", "body", "more", "parameters")


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """A request to the API with these inputs. issue: why it failed, None if it succeeded."""

    connection: ConnectionForm = field(repr=False)
    issue: Issue | None = None

    def is_of(self, connection: ConnectionForm) -> bool:
        """Return whether a request with these inputs has the same address and credentials."""
        return _essential(self.connection) == _essential(connection)


@dataclass(frozen=True, slots=True)
class NextPageTest:
    """A request for the page after a sample. pagination: as the endpoint's inputs define it."""

    sample: Sample = field(repr=False)
    pagination: object
    message: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """A draft that left the page. words: how. issue: why Port does not have it."""

    draft: Draft = field(repr=False)
    words: str
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The results of all actions. next_pages: by the number of the endpoint."""

    connection_test: ConnectionTest | None = None
    next_pages: Mapping[int, NextPageTest] = field(default_factory=dict)
    delivery: Delivery | None = None

    def with_test(self, connection: ConnectionForm, issue: Issue | None) -> "Evidence":
        """Add the result of a connection test."""
        return replace(self, connection_test=ConnectionTest(connection, issue))

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

    def with_next_page(self, number: int, test: NextPageTest) -> "Evidence":
        """Add the result of a request for the next page."""
        return replace(self, next_pages={**self.next_pages, number: test})


def fetch_inputs(form: EndpointForm, connection: ConnectionForm) -> object:
    """Return the inputs that decide which request is sent for a sample, to compare them."""
    return [*(getattr(form, name) for name in _REQUEST_INPUTS), _essential(connection)]


def failure_of(form: EndpointForm, connection: ConnectionForm) -> Issue | None:
    """Return why the last fetch with these inputs failed, or why the pasted response cannot be read."""
    failure = form.failure
    if failure is None:
        return None
    first = failure.issues[0]
    if failure.origin == "pasted":
        return first if first.field == "pasted" else None
    return first if failure.inputs == fetch_inputs(form, connection) else None


def _essential(connection: ConnectionForm) -> list[dict[str, str]]:
    both = (connection.texts, connection.secrets)
    return [
        {name: text.strip() for name, text in texts.items() if name not in _TUNING and text.strip()}
        for texts in both
    ]
