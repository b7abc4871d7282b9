"""Follow a redirect: the request that it asks for."""

from http import HTTPStatus

from rest.origin import resolved
from rest.request import Request
from rest.response import Response
from rest.status_hints import REDIRECTS

# RFC 9110 §15.4: these two keep the method and the body. For the others, browsers change POST to GET.
_KEEP_METHOD = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})


def redirected(request: Request, response: Response) -> Request | None:
    """Return the request that follows a redirect; None: the response is not one.

    Raises ValueError: Location is not a URL.
    """
    location = response.headers.get("location")
    if response.status not in REDIRECTS or not location:
        return None
    becomes_get = response.status == HTTPStatus.SEE_OTHER or (
        request.method == "POST" and response.status not in _KEEP_METHOD
    )
    followed = Request("GET", request.full_url, headers=request.headers) if becomes_get else request
    return followed.with_url(resolved(location, request.full_url))


def retried(first: Request, last: Request) -> Request:
    """Return the request to repeat when the last one of a chain of redirects fails.

    That is the first one, unless a redirect changed the method: then the API has processed the first request,
    and the other URL holds the result (RFC 9110 §15.4.4).
    """
    return first if last.method == first.method else last
