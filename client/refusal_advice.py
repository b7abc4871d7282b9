"""Advice about responses that show that something is missing: `windows`, `job`, or a signature of AWS."""

import re
from http import HTTPStatus

from rest.refusal_message import refusal_message
from rest.response import Response

JOB_ADVICE = "If the API prepares an export, read its result with selector.job"
_WINDOWS_ADVICE = "If the API limits the range of time of one request, set selector.windows"
_STATUSES = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
# "The date range exceeds 31 days", "since and until must be at most 6 months apart".
_RANGE = re.compile(
    r"\b(date|time)[\s_-]?(range|window|frame|span|interval|period)|"
    r"\b(exceed\w*|at most|max\w*|more than|longer than|greater than|within|limited to|up to)\b.{0,40}"
    r"\b(hours?|days?|weeks?|months?|year)\b",
    re.IGNORECASE,
)


# The codes of AWS (Signature Version 4), and the message of API Gateway.
_SIGNATURE = re.compile(
    rb"MissingAuthenticationToken|Missing Authentication Token|IncompleteSignature|InvalidSignature|"
    rb"SignatureDoesNotMatch|request signature we calculated|UnrecognizedClient|InvalidClientTokenId|"
    rb"InvalidAccessKeyId|security token included in the request is"
)
_MAX_SEARCHED_BYTES = 2000


def is_signature_refusal(response: Response) -> bool:
    """Return True if AWS misses the signature of a request, or does not accept it."""
    error_type = response.headers.get("x-amzn-errortype", "").encode()
    return bool(_SIGNATURE.search(error_type) or _SIGNATURE.search(response.content[:_MAX_SEARCHED_BYTES]))


def windows_advice(response: Response) -> str:
    """Return advice if the API refuses a request because its range of time is too long; otherwise ""."""
    if response.status in _STATUSES and _RANGE.search(refusal_message(response)):
        return _WINDOWS_ADVICE
    return ""
