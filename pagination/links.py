"""Paginators that follow the link to the next page."""

from dataclasses import dataclass

from pagination.base import NextPage, Paginator
from pagination.link_header import links_of
from pagination.places import Found, found, places
from pagination.signals import evidence_of_more
from pagination.values import is_blank
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import resolved
from rest.paths import ABSENT, Path
from rest.request import Page, Request, Response

_LINKS = (
    "next",
    "next_link",
    "nextLink",
    "@odata.nextLink",
    "odata.nextLink",
    "next_url",
    "nextUrl",
    "next_page_url",
    "nextPageUrl",
    "next_page_uri",
    "next_page",
    "nextPage",
)

# Where an object for the next page has its link.
_INSIDE = ("href", "url", "link")


@dataclass(frozen=True, slots=True)
class LinkPaginator(Paginator):
    """What both kinds of links share: a size for the first page, sent only where its name is known."""

    size_param: str | None = None
    page_size: int = 100

    def first(self, request: Request) -> Request:
        """The size is in the first request alone: later ones carry what the link says."""
        if self.size_param and request.value(self.size_param) is None:
            return request.having(self.size_param, self.page_size)
        return request

    def _followed(self, page: Page, link: str) -> NextPage | None:
        """None: the link leads to the page itself, as some APIs write on the last page."""
        try:
            request = page.request.at(resolved(link, page.request.full_url))
        except ValueError as error:
            raise PaginationError("the link to the next page is no URL") from error
        return None if request.key == page.request.key else NextPage(request)


@dataclass(frozen=True, slots=True)
class NextLinkPaginator(LinkPaginator):
    """Follows the URL, absolute or relative, in the body or a header: {"next": "/users?token=x"}.

    link, header: where it stands; with neither, the usual places are tried. Null, empty or absent
    ends the listing.
    """

    link: Path | None = None
    header: str | None = None

    def next(self, page: Page) -> NextPage | None:
        """Raises PaginationError: something that is no link stands there, or the link stands elsewhere."""
        link = self.link_in(page.response)
        if is_blank(link):
            self._check_that_it_ends(page)
            return None
        if not isinstance(link, str):
            raise PaginationError(
                f"no link but {str(link)[:80]!r} stands where the next page's link should be",
                hint="Set nextLinkPath to the link, or paginationType to page if it is a page number",
            )
        return self._followed(page, link)

    def link_in(self, response: Response) -> Json:
        """What stands where the link should be; None: nothing."""
        if self.header:
            return response.headers.get(self.header.lower())
        if self.link is None:
            return next((item.value for item in _recognised(response) if not is_blank(item.value)), None)
        value = self.link.find(response.body)
        if isinstance(value, dict) and (names := [name for name in _INSIDE if name in value]):
            return value[names[0]]
        return None if value is ABSENT or value == {} else value

    def _check_that_it_ends(self, page: Page) -> None:
        if self.link is not None and self.link.find(page.response.body) is not ABSENT:
            return
        if where := evidence_of_more(page):
            raise PaginationError(
                f"no link stands at {self._place}, but the response says that there is more ({where})",
                hint=f"Set nextLinkPath to {where} if the link is there, or another paginationType",
            )

    @property
    def _place(self) -> str:
        if self.header:
            return f"the header {self.header}"
        return str(self.link) if self.link else "any of the usual places"


@dataclass(frozen=True, slots=True)
class HeaderLinkPaginator(LinkPaginator):
    """Follows the Link header (RFC 8288): Link: <https://api.example.com/users?page=2>; rel="next"."""

    relation: str = "next"

    def next(self, page: Page) -> NextPage | None:
        """The page behind the relation, until a page lacks it.

        Raises PaginationError: it lacks it, and says elsewhere that there is more.
        """
        links = dict(reversed(links_of(page.response.headers.get("link", ""))))
        if link := links.get(self.relation.lower()):
            return self._followed(page, link)
        if where := evidence_of_more(page):
            raise PaginationError(
                f"no link has rel={self.relation!r}, but the response says that there is more ({where})",
                hint="Set another paginationType, or headerLinkRel",
            )
        return None


def _recognised(response: Response) -> list[Found]:
    """What stands under the usual names of links: HAL's and JSON:API's objects give their href."""
    links: list[Found] = []
    for item in found(response, _LINKS):
        if isinstance(item.value, dict):
            links += [
                Found(f"{item.where}.{key}", item.value[key])
                for key in ("href", "url", "link")
                if key in item.value
            ]
        else:
            links.append(item)
    for prefix, holder in places(response.body):
        for relation in _relations(holder.get("links")):
            links.append(Found(f"{prefix}links", relation))
    return links


def _relations(links: Json) -> list[Json]:
    """[{"rel": "next", "href": "..."}]: links as a list of relations."""
    if not isinstance(links, list):
        return []
    named = (link for link in links if isinstance(link, dict))
    return [link.get("href") for link in named if "next" in (link.get("rel"), link.get("relation"))]
