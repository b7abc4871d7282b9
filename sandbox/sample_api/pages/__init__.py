"""Every way of serving a listing in pages, by the name that stands in the URL."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.sample_api.pages.base import Ask, Page, Paging, PagingError, Whole
from sandbox.sample_api.pages.continued import (
    Cursor,
    CursorHeader,
    CursorLastId,
    CursorNext,
    LinkHeader,
    NextLink,
    NextLinkRelative,
)
from sandbox.sample_api.pages.counted import (
    Offset,
    OffsetMore,
    OffsetTotal,
    PageHeader,
    PageNumber,
    PageTotal,
    PageZero,
)

__all__ = ["PAGINGS", "Ask", "Page", "Paging", "PagingError"]

PAGINGS: Mapping[str, Paging] = MappingProxyType(
    {
        "none": Whole(),
        "offset": Offset(),
        "offset-total": OffsetTotal(),
        "offset-more": OffsetMore(),
        "page": PageNumber(),
        "page-zero": PageZero(),
        "page-total": PageTotal(),
        "page-header": PageHeader(),
        "cursor": Cursor(),
        "cursor-next": CursorNext(),
        "cursor-last-id": CursorLastId(),
        "cursor-header": CursorHeader(),
        "next-link": NextLink(),
        "next-link-relative": NextLinkRelative(),
        "link-header": LinkHeader(),
    }
)
