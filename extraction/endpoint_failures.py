"""Failures of single endpoints, collected while the other endpoints are read."""

from http import HTTPStatus
from types import TracebackType

from loguru import logger

from rest.errors import AuthError, RefusedError, SyncError

_MAX_KEPT = 20
_MAX_WARNINGS = 5


class EndpointFailures:
    """Collects the errors of the endpoints of one resource, to raise them together."""

    def __init__(self) -> None:
        self._errors: list[SyncError] = []
        self._count = 0
        self._templates: dict[str, _TemplateOutcome] = {}

    def attempt(self, template: str, *, may_be_missing: bool) -> "EndpointAttempt":
        """Return a context manager for reading one endpoint of a template.

        may_be_missing: a 404 counts as no items, unless every endpoint of the template returns it.
        """
        outcome = self._templates.setdefault(template, _TemplateOutcome(template))
        return EndpointAttempt(self, outcome, may_be_missing=may_be_missing)

    def add(self, error: SyncError) -> None:
        """Note a failure."""
        self._count += 1
        if len(self._errors) < _MAX_KEPT:
            self._errors.append(error)

    def are_all_missing(self, template: str) -> bool:
        """Return True if there were endpoints of a template, and each of them returned 404."""
        outcome = self._templates.get(template)
        return outcome is not None and outcome.missing > 0 and not outcome.found

    @property
    def is_empty(self) -> bool:
        """Whether nothing failed, apart from missing endpoints."""
        return not self._count

    def has_found(self, template: str) -> bool:
        """Return True if an endpoint of a template exists."""
        return template in self._templates and self._templates[template].found > 0

    def note_found(self, template: str) -> None:
        """Note that an endpoint of a template exists, which is not one of those that are read."""
        self._templates[template].found += 1

    def check(self) -> None:
        """Raise the collected errors: a single one as it is, several as a group."""
        for template, outcome in self._templates.items():
            if self.are_all_missing(template):
                self.add(outcome.all_missing_error())
        if self._count == 1:
            raise self._errors[0]
        if self._errors:
            first = self._errors[0]
            raise ExceptionGroup(f"{self._count} endpoints failed; the first: {first}", self._errors)


class EndpointAttempt:
    """Collects the error of one endpoint, so that the others go on. An AuthError is raised at once."""

    def __init__(
        self, failures: EndpointFailures, outcome: "_TemplateOutcome", *, may_be_missing: bool
    ) -> None:
        self._failures = failures
        self._outcome = outcome
        self._may_be_missing = may_be_missing
        self._is_found = False

    def found(self) -> None:
        """Note that the endpoint exists. A later 404 is then a failure."""
        if not self._is_found:
            self._is_found = True
            self._outcome.found += 1

    def __enter__(self) -> "EndpointAttempt":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            self.found()
            return False
        if isinstance(error, AuthError) or not isinstance(error, SyncError):
            return False
        if self._may_be_missing and not self._is_found and _is_missing(error):
            self._outcome.note_missing(error)
        else:
            self._failures.add(error)
        return True


class _TemplateOutcome:
    """Counts the endpoints of a template that exist and that are missing."""

    def __init__(self, template: str) -> None:
        self._template = template
        self.found = 0
        self.missing = 0

    def note_missing(self, error: SyncError) -> None:
        self.missing += 1
        if self.missing <= _MAX_WARNINGS:
            logger.warning("{} (treated as no items)", error.summary)

    def all_missing_error(self) -> RefusedError:
        return RefusedError(
            f"each of the {self.missing} endpoints of {self._template} returns 404",
            status=HTTPStatus.NOT_FOUND,
            hint="Check the path. To treat 404 as no items, set on_status: {404: empty}",
        )


def _is_missing(error: SyncError) -> bool:
    """Return True for the API's own 404. An HTML page comes from a proxy, which does not know the child."""
    if not isinstance(error, RefusedError) or error.status != HTTPStatus.NOT_FOUND:
        return False
    return "html" not in error.content_type
