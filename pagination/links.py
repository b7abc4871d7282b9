"""Paginators that follow the link to the next page."""

from collections.abc import Iterator
from dataclasses import dataclass

from expressions.paths import ABSENT, Path
from pagination.base import NextPage, Paginator
from pagination.link_header import is_readable, links_of
from pagination.places import Found, found, link_of
from pagination.signals import Continuation
from pagination.values import is_blank
from pagination.vocabulary import Meaning
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import cut, resolved
from rest.page import Page
from rest.request import Request

# Where an object for the next page has its link.
_INSIDE = ("href", "url", "link", "uri")
_LINK_STARTS = ("http://", "https://", "/", "?")


@dataclass(frozen=True, slots=True)
class LinkPaginator(Paginator):
    """What both kinds of links share: a size for the first page, sent only where its name is known."""

    size_param: str | None = None
    page_size: int = 100

    def first(self, request: Request) -> Request:
        """The size is in the first request alone: later ones carry what the link says."""
        if self.size_param and request.value(self.size_param) is None:
            return request.with_param(self.size_param, self.page_size)
        return request

    def _followed(self, page: Page, link: str) -> NextPage | None:
        """None: the link leads to the page itself, as some APIs write on the last page."""
        try:
            request = page.request.with_url(resolved(link, page.request.full_url))
        except ValueError as error:
            raise PaginationError(
                f"the link to the next page is no URL: {cut(link, 80)!r}", doubt="unreadable_link"
            ) from error
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
        said = self.signals.flagged(page)
        link = self.link_in(page)
        if said and said.continuation is Continuation.END:
            return None
        if is_blank(link):
            self._check_that_it_ends(page)
            return None
        if not isinstance(link, str):
            raise PaginationError(
                f"no link but {cut(str(link), 80)!r} stands where the next page's link should be",
                hint="Set nextLinkPath to the link, or paginationType to page if it is a page number",
                doubt="unreadable_link",
            )
        return self._followed(page, link)

    def link_in(self, page: Page) -> Json:
        """What stands where the link should be; None: nothing."""
        if self.header:
            return page.response.headers.get(self.header.lower())
        if self.link is None:
            return next_link_in(page)
        value = self.link.find(page.response.body)
        if isinstance(value, dict) and (names := [name for name in _INSIDE if name in value]):
            return value[names[0]]
        return None if value is ABSENT or value == {} else value

    def _check_that_it_ends(self, page: Page) -> None:
        is_there = self.link is not None and self.link.find(page.response.body) is not ABSENT
        where = self.recognised.missing_of_total(page) if is_there else self.recognised.evidence_of_more(page)
        if where:
            raise PaginationError(
                f"no link stands at {self._place}, but the response says that there is more ({where})",
                hint=f"Set nextLinkPath to {where} if the link is there, or another paginationType",
                doubt="unread_signal",
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
        header = page.response.headers.get("link", "")
        links = dict(reversed(links_of(header)))
        said = self.signals.flagged(page)
        if said and said.continuation is Continuation.END:
            return None
        if link := links.get(self.relation.lower()):
            return self._followed(page, link)
        if not is_readable(header):
            raise PaginationError(
                f"the Link header cannot be read: {cut(header, 200)!r}",
                hint="Something between here and the API cut it; the next resync tries again",
                doubt="unreadable_link",
            )
        if where := self.recognised.evidence_of_more(page):
            raise PaginationError(
                f"no link has rel={self.relation!r}, but the response says that there is more ({where})",
                hint="Set another paginationType, or headerLinkRel",
                doubt="unread_signal",
            )
        return None


def next_link_in(page: Page) -> Json:
    """The link to the next page where links usually stand: a URL before what else stands there."""
    values = [value for item in _links(page) if not is_blank(value := item.value)]
    return next((value for value in values if is_link(value)), next(iter(values), None))


def is_link(value: Json) -> bool:
    """True for what is written as a URL or as a part of one."""
    return isinstance(value, str) and value.startswith(_LINK_STARTS)


def _links(page: Page) -> Iterator[Found]:
    """What stands under the names of links: HAL's and JSON:API's objects give their href."""
    for item in found(page, Meaning.NEXT):
        if item.value != []:
            yield Found(item.where, link_of(item.value), item.keys, item.name)
