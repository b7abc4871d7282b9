"""What failed while the rest went on, and whether it matters."""

from http import HTTPStatus
from types import TracebackType

from loguru import logger

from rest.errors import AuthError, RefusedError, SyncError

_MOST_KEPT = 20
_MOST_WARNED = 5


class Failures:
    """Collects what the endpoints of one resource fail with, to be raised together."""

    def __init__(self) -> None:
        self._errors: list[SyncError] = []
        self._count = 0
        self._outcomes: dict[str, _Outcome] = {}

    def attempt(self, template: str, *, may_be_missing: bool) -> "Attempt":
        """The reading of one endpoint of a template.

        may_be_missing: a 404 counts as no items, as long as not every endpoint of the template has it.
        """
        outcome = self._outcomes.setdefault(template, _Outcome(template))
        return Attempt(self, outcome, may_be_missing=may_be_missing)

    def add(self, error: SyncError) -> None:
        """Notes a failure."""
        self._count += 1
        if len(self._errors) < _MOST_KEPT:
            self._errors.append(error)

    def check(self) -> None:
        """Raises what was noted: one error as it is, several as a group."""
        for outcome in self._outcomes.values():
            if outcome.missing and not outcome.answered:
                self.add(outcome.all_missing())
        if self._count == 1:
            raise self._errors[0]
        if self._errors:
            first = self._errors[0]
            raise ExceptionGroup(f"{self._count} endpoints failed; the first: {first}", self._errors)


class Attempt:
    """Lets one endpoint fail without ending the others; a refusal of the credentials ends them all."""

    def __init__(self, failures: Failures, outcome: "_Outcome", *, may_be_missing: bool) -> None:
        self._failures = failures
        self._outcome = outcome
        self._may_be_missing = may_be_missing
        self._answered = False

    def answered(self) -> None:
        """The endpoint exists: a later 404 is a failure."""
        if not self._answered:
            self._answered = True
            self._outcome.answered += 1

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            self.answered()
            return False
        if isinstance(error, AuthError) or not isinstance(error, SyncError):
            return False
        if self._may_be_missing and not self._answered and _is_missing(error):
            self._outcome.note_missing(error)
        else:
            self._failures.add(error)
        return True


class _Outcome:
    def __init__(self, template: str) -> None:
        self._template = template
        self.answered = 0
        self.missing = 0

    def note_missing(self, error: SyncError) -> None:
        self.missing += 1
        if self.missing <= _MOST_WARNED:
            logger.warning("{} (taken as no items)", error.summary)

    def all_missing(self) -> RefusedError:
        return RefusedError(
            f"each of the {self.missing} endpoints of {self._template} answers 404",
            status=HTTPStatus.NOT_FOUND,
            hint="Check the path; on_status: {404: empty} would take it as no items",
        )


def _is_missing(error: SyncError) -> bool:
    """True for the API's own 404; a page for people is of a proxy, that knows nothing of the child."""
    if not isinstance(error, RefusedError) or error.status != HTTPStatus.NOT_FOUND:
        return False
    return "html" not in error.content_type
