"""What a response is, by its status, its headers and the user's rules."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

from configuration.answer_rules import AnswerAction
from rest.rate_limits import TRANSIENT_STATUSES, is_rate_limit
from rest.response import Response

# success: handed to the caller. refusal: a retry does not help. rate_limited: all requests wait.
type ResponseClass = Literal["success", "refusal", "transient", "rate_limited"]

_BY_MEANING: Mapping[AnswerAction, ResponseClass] = {
    "accept": "success",
    "empty": "success",
    "end": "success",
    "retry": "transient",
    "rate_limited": "rate_limited",
    "fail": "refusal",
}


def classify(response: Response, meaning: AnswerAction | None) -> ResponseClass:
    """Return the class of a response. meaning: what a rule of the user says; None: no rule matches."""
    if meaning is not None:
        return _BY_MEANING[meaning]
    if is_rate_limit(response.status, response.headers):
        return "rate_limited"
    # 202 promises a result that is not there yet (RFC 9110 §15.3.3).
    if response.status in TRANSIENT_STATUSES or response.status == HTTPStatus.ACCEPTED:
        return "transient"
    return "success" if is_success(response.status) else "refusal"


def is_success(status: int) -> bool:
    """Return True for a 2xx status."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
