"""Paginators that follow the link to the next page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from configuration.pagination import PaginationSettings
from expressions.paths import ABSENT, Path
from pagination.base import NextPage, Paginator, size_param_of
from pagination.configured import ConfiguredSignals
from pagination.link_header import is_readable, links_of
from pagination.places import LINK_NAMES, Found, found, link_of
from pagination.signals import Continuation
from pagination.values import is_blank
from pagination.vocabulary import Meaning
from rest.bodies import Json
from rest.errors import RETRIED, PaginationError
from rest.origin import cut, resolved
from rest.page import Page
from rest.request import Request

_LINK_STARTS = ("http://", "https://", "/", "?")


@dataclass(frozen=True, slots=True)
class LinkPaginator(Paginator):
    """What both kinds of links share. The first request carries a size if its parameter is known."""

    size_param: str | None = None
    page_size: int = 100

    def first(self, request: Request) -> Request:
        """Return the request with the size. Later requests carry what the link says."""
        if self.size_param and request.value(self.size_param) is None:
            return request.with_param(self.size_param, self.page_size)
        return request


@dataclass(frozen=True, slots=True)
class NextLinkPaginator(LinkPaginator):
    """Follows the URL, absolute or relative, in the body or a header: {"next": "/users?token=x"}.

    link, header: where the link is. Without either, the usual places are tried. A null, empty or absent link
    ends the listing.
    """

    link: Path | None = None
    header: str | None = None

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator that the settings describe."""
        return cls(
            size_param=size_param_of(settings, None),
            page_size=settings.page_size,
            link=settings.next_link_path,
            header=settings.next_link_header,
            signals=ConfiguredSignals.of(settings),
        )

    def next(self, page: Page) -> NextPage | None:
        """Return the request for the link. Raises PaginationError: there is no link, but a sign of more."""
        flag = self.signals.flagged(page)
        link = self.link_in(page)
        if flag and flag.continuation is Continuation.END:
            return None
        if is_blank(link):
            self._check_end(page)
            return None
        if not isinstance(link, str):
            raise PaginationError(
                f"the link to the next page is {cut(str(link), 80)!r}, which is not a link",
                hint="Set nextLinkPath to the link, or paginationType to page if it is a page number",
                doubt="unreadable_link",
            )
        return _follow(page, link)

    def link_in(self, page: Page) -> Json:
        """Return what stands where the link should be; None: nothing."""
        if self.header:
            return page.response.headers.get(self.header.lower())
        if self.link is None:
            return next_link_in(page)
        value = self.link.find(page.response.body)
        if isinstance(value, dict) and (names := [name for name in LINK_NAMES if name in value]):
            return value[names[0]]
        return None if value is ABSENT or value == {} else value

    def _check_end(self, page: Page) -> None:
        is_present = self.link is not None and self.link.find(page.response.body) is not ABSENT
        signals = self.recognised
        if where := signals.missing_of_total(page) if is_present else signals.evidence_of_more(page):
            place = f"the header {self.header}" if self.header else self.link or "any of the usual places"
            raise PaginationError(
                f"there is no link at {place}, but the response says that there is more ({where})",
                hint=f"Set nextLinkPath to {where} if the link is there, or another paginationType",
                doubt="unread_signal",
            )


@dataclass(frozen=True, slots=True)
class HeaderLinkPaginator(LinkPaginator):
    """Follows the Link header (RFC 8288): Link: <https://api.example.com/users?page=2>; rel="next"."""

    relation: str = "next"

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator that the settings describe."""
        return cls(
            size_param=size_param_of(settings, None),
            page_size=settings.page_size,
            relation=settings.header_link_rel,
            signals=ConfiguredSignals.of(settings),
        )

    def next(self, page: Page) -> NextPage | None:
        """Return the request for the relation's target; None: the page lacks it.

        Raises PaginationError: the header cannot be read, or another signal says that there is more.
        """
        header = page.response.headers.get("link", "")
        targets = dict(reversed(links_of(header)))
        flag = self.signals.flagged(page)
        if flag and flag.continuation is Continuation.END:
            return None
        if target := targets.get(self.relation.lower()):
            return _follow(page, target)
        if not is_readable(header):
            raise PaginationError(
                f"the Link header cannot be read: {cut(header, 200)!r}",
                next_resync=RETRIED,
                hint="Check whether a proxy truncates it",
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
    """Return the link to the next page from the usual places: a URL before anything else found there."""
    values = [value for item in _links(page) if not is_blank(value := item.value)]
    return next((value for value in values if is_link(value)), next(iter(values), None))


def is_link(value: Json) -> bool:
    """Tell whether a value is written like a URL or a part of one."""
    return isinstance(value, str) and value.startswith(_LINK_STARTS)


def _follow(page: Page, link: str) -> NextPage | None:
    """Return the request for a link; None: it leads to the page itself, as some APIs' last pages do."""
    try:
        request = page.request.with_url(resolved(link, page.request.full_url))
    except ValueError as error:
        raise PaginationError(
            f"the link to the next page is not a URL: {cut(link, 80)!r}", doubt="unreadable_link"
        ) from error
    return None if request.key == page.request.key else NextPage(request)


def _links(page: Page) -> Iterator[Found]:
    """Yield what stands under the names of links. HAL's and JSON:API's link objects give their href."""
    for item in found(page, Meaning.NEXT):
        if item.value != []:
            yield Found(item.where, link_of(item.value), item.keys, item.name)
