"""What an error status means to the user: its name, and what to change."""

from http import HTTPStatus

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_HINTS = {
    400: "Check query_params, and that the API knows the pagination parameters and allows the pageSize",
    401: "Check authType and its secret: the API does not accept them",
    403: "The credentials lack the right to read this; on_status: {403: empty} would take it as no items",
    404: "Check baseUrl and the kind; on_status: {404: empty} would take it as no items",
    405: "Check selector.method",
    406: "Check the Accept header in selector.headers",
    415: "Check the Content-Type header in selector.headers",
    422: "Check query_params and body, and that the API allows the pageSize",
}


def shown_status(status: int) -> str:
    """status 404 Not Found."""
    try:
        return f"status {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def hint_for(status: int) -> str:
    """What to change."""
    if status in REDIRECTS:
        return "Set baseUrl to where the API redirects to"
    return _HINTS.get(status, "See what the API's documentation says")
