"""Which requests may be conditional, and which responses may be kept."""

from collections.abc import Mapping
from http import HTTPStatus

from client.classification import is_success
from client.repeatability import is_repeatable
from rest.rate_limits import TRANSIENT_STATUSES, is_rate_limit
from rest.request import Request
from rest.status_hints import REDIRECTS

_METHODS = frozenset({"GET", "POST"})
# With one of these, the mapping makes its own conditions.
_CONDITIONS = frozenset({"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"})


def may_be_conditional(request: Request, headers: Mapping[str, str]) -> bool:
    """Tell whether a request only reads, and leaves conditions and storage to us.

    headers: as they are sent, with names in lower case.
    """
    is_reading = request.method in _METHODS and is_repeatable(request)
    # The URL of an anonymous request is a signature of its own, which changes each time.
    is_ours = not request.is_anonymous and not _CONDITIONS & headers.keys()
    return is_reading and is_ours and not _forbids_storage(headers)


def may_be_kept(status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether a response may be kept on disk: a whole one, unless the API forbids it.

    RFC 9111 §5.2.2.5 forbids to store a `no-store` response. §4.1: `Vary: *` never matches another request.
    """
    varies = headers.get("vary", "").split(",")
    return status == HTTPStatus.OK and not _forbids_storage(headers) and "*" not in map(str.strip, varies)


def may_fail_for_its_condition(status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether the API may have refused a request only because of its condition.

    Such is a 412, which is right for methods other than GET (RFC 9110 §13.1.2), an unexpected 304, and any
    refusal by an API or a firewall that does not know the header. Not a 401, which is about credentials, nor
    what is retried in any case, then without a condition.
    """
    if is_success(status) or status in TRANSIENT_STATUSES or status == HTTPStatus.UNAUTHORIZED:
        return False
    is_redirect = status in REDIRECTS and "location" in headers
    return not is_redirect and not is_rate_limit(status, headers)


def _forbids_storage(headers: Mapping[str, str]) -> bool:
    directives = headers.get("cache-control", "").lower().split(",")
    return any(each.partition("=")[0].strip() == "no-store" for each in directives)
