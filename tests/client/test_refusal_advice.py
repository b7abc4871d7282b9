"""Refusals that show that a listing needs windows of time, or a job."""

import pytest

from client.refusal_advice import JOB_ADVICE, windows_advice
from client.request_errors import RequestErrors
from rest.origin import Redactor
from rest.request import Request
from rest.response import Response

ERRORS = RequestErrors(Redactor())
REQUEST = Request("POST", "https://a.example/exports")


def refusal(message: str, status: int = 400) -> Response:
    return Response(status, content=b'{"message": "%s"}' % message.encode())


@pytest.mark.parametrize(
    "message",
    [
        "The date range is too large",
        "time_range exceeds the limit",
        "since and until must be at most 6 months apart",
        "Cannot query more than 31 days of data",
        "The interval may not be longer than 24 hours",
        "Maximum window is 7 days",
        "Start date must be within the last 90 days",
    ],
)
def test_a_range_of_time_that_is_too_long_needs_windows(message: str) -> None:
    assert "selector.windows" in windows_advice(refusal(message))
    assert "selector.windows" in ERRORS.refusal(REQUEST, refusal(message, 422)).hint


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("limit must be at most 100", 400),
        ("sort must be one of created, updated", 400),
        ("unknown parameter: day", 400),
        ("Your trial ended more than 30 days ago", 403),
        ("", 400),
    ],
)
def test_other_refusals_need_none(message: str, status: int) -> None:
    assert windows_advice(refusal(message, status)) == ""


def test_an_accepted_request_may_be_an_export() -> None:
    accepted = Response(202, content=b'{"id": 1}')
    assert JOB_ADVICE in ERRORS.not_retried(REQUEST, "status 202 Accepted", accepted).hint
    assert ERRORS.exhausted(REQUEST, 3, "status 202 Accepted", accepted).hint == JOB_ADVICE
    assert ERRORS.exhausted(REQUEST, 3, "status 500", Response(500)).hint != JOB_ADVICE
