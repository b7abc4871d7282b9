"""Whether a request that failed may have been carried out all the same."""

import httpx

from client.repeating import is_not_begun
from configuration.answer_rules import AnswerAction
from rest.errors import TransientError
from rest.rate_limits import is_rate_limit
from rest.response import Response

# The connection never came about: nothing was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def may_be_carried_out_by(error: Exception, mark: str) -> bool:
    """False where the request was not sent: nobody was there, or the login before it failed.

    mark: the extension that our own requests have, and a login's has not.
    """
    if isinstance(error, _NOT_SENT):
        return False
    if isinstance(error, TransientError):
        return error.status is None  # a login's tells the status that it failed with
    try:
        asked: httpx.Request | None = error.request if isinstance(error, httpx.RequestError) else None
    except RuntimeError:  # nobody noted which it was
        asked = None
    return asked is None or mark in asked.extensions


def may_be_carried_out_after(response: Response, meaning: AnswerAction | None) -> bool:
    """False where the API says that it did nothing, or a rule of the user's (`retry`, `rate_limited`)."""
    if meaning in ("retry", "rate_limited"):
        return False
    return not is_not_begun(response.status) and not is_rate_limit(response.status, response.headers)
