"""Links to the next page that jq of the mapping makes, where the API gives none."""

from urllib.parse import unquote, urlsplit

from configuration.pagination import PaginationSettings
from rest.dot_segments import has_dot_segments, is_given
from rest.errors import ResourceError
from rest.origin import Origin
from rest.page import Page
from rest.request import Request


def check_link(request: Request, page: Page, pagination: PaginationSettings, base_url: str) -> None:
    """Raises ResourceError: the mapping made the link to the page after this one, and leads it out of the
    base URL's path. What the API gives may lead anywhere on its origin.

    base_url: "" bounds nothing.
    """
    path = pagination.next_link_path
    if not base_url or path is None or path.program is None or _is_below(request.url, base_url):
        return
    target = urlsplit(request.url).path
    if len(target) > 1 and (
        is_given(target, page.response.body) or is_given(unquote(target), page.response.body)
    ):
        return
    raise ResourceError(
        f"pagination.next_link_path makes a link to {request.url[:200]}, which is not below baseUrl",
        hint="Take the link as the API gives it, or use pagination type cursor",
    )


def _is_below(url: str, base_url: str) -> bool:
    path, base = urlsplit(url).path, urlsplit(base_url).path.rstrip("/")
    is_inside = path == base or path.startswith(f"{base}/")
    return is_inside and Origin.of(url) == Origin.of(base_url) and not has_dot_segments(path)
