"""Names of error statuses, and hints about what the user can change."""

from http import HTTPStatus

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_HINTS = {
    400: "Check query_params, and that the API supports the pagination parameters and the pageSize",
    401: "Check authType and its secret: the API does not accept them",
    403: "The credentials lack permission to read this. To treat it as no items, set on_status: {403: empty}",
    404: "Check baseUrl and the kind. To treat it as no items, set on_status: {404: empty}",
    405: "Check selector.method",
    406: "Check the Accept header in selector.headers",
    413: "Lower page_size, or set pagination.page_size_min to request such pages in parts",
    415: "Set selector.body_type if the API does not take JSON, or check the Content-Type header",
    422: "Check query_params and body, and that the API supports the pageSize",
}


def shown_status(status: int) -> str:
    """Return a status with its name: status 404 Not Found."""
    try:
        return f"status {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def hint_for(status: int) -> str:
    """Return what the user can change about an error status."""
    if status in REDIRECTS:
        return "Set baseUrl to the URL that the API redirects to"
    return _HINTS.get(status, "See the API's documentation")
