"""Whether the API may have processed a request that failed."""

import httpx

from client.marker import is_marked
from client.repeatability import is_unprocessed_status
from configuration.answer_rules import AnswerAction
from rest.errors import TransientError
from rest.rate_limits import is_rate_limit
from rest.response import Response

# No connection was made, so nothing was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def may_be_processed_despite(error: Exception) -> bool:
    """Return False where the request was not sent: no connection was made, or the login before it failed."""
    if isinstance(error, _NOT_SENT):
        return False
    if isinstance(error, TransientError):
        return error.status is None  # only the error of a login has a status
    try:
        request: httpx.Request | None = error.request if isinstance(error, httpx.RequestError) else None
    except RuntimeError:  # the error names no request
        request = None
    return request is None or is_marked(request)


def may_be_processed_after(response: Response, meaning: AnswerAction | None) -> bool:
    """Return False where the API or a rule of the user (`retry`, `rate_limited`) says that it was not."""
    if meaning in ("retry", "rate_limited"):
        return False
    return not is_unprocessed_status(response.status) and not is_rate_limit(response.status, response.headers)
