"""A check of next-page links that the mapping builds with jq."""

from urllib.parse import unquote, urlsplit

from configuration.pagination import PaginationSettings
from rest.bodies import Json
from rest.dot_segments import has_dot_segments, occurs_in
from rest.errors import ResourceError
from rest.origin import Origin
from rest.page import Page
from rest.request import Request


def check_next_link(request: Request, page: Page, pagination: PaginationSettings, base_url: str) -> None:
    """Check the link to the page after this one. A link from the API may lead anywhere on its origin.

    base_url: "" sets no limit.
    Raises ResourceError: the mapping built the link, and it is outside of the base URL's path.
    """
    path = pagination.next_link_path
    if not base_url or path is None or path.program is None:
        return
    if is_below(request.url, base_url) or has_path_of(request.url, page.response.body):
        return
    raise ResourceError(
        f"pagination.next_link_path builds a link to {request.url[:200]}, outside of baseUrl",
        hint="Use the link as the API returns it, or set pagination type cursor",
    )


def has_path_of(url: str, response: Json) -> bool:
    """Tell whether the path of a URL is in a response, so that the mapping did not build it."""
    path = urlsplit(url).path
    return len(path) > 1 and (occurs_in(path, response) or occurs_in(unquote(path), response))


def is_below(url: str, base_url: str) -> bool:
    """Tell whether a URL is below the path of the base URL. An invalid one is not."""
    try:
        path, origin = urlsplit(url).path, Origin.of(url)
    except ValueError:
        return False
    base = urlsplit(base_url).path.rstrip("/")
    is_inside = path == base or path.startswith(f"{base}/")
    return is_inside and origin == Origin.of(base_url) and not has_dot_segments(path)
