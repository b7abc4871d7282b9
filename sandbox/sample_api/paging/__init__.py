"""The paging styles by their name in the URL."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.sample_api.paging.base import Page, PageRequest, Paging, PagingError, SinglePage
from sandbox.sample_api.paging.cursors_and_links import (
    Cursor,
    CursorHeader,
    CursorLastId,
    CursorNext,
    LinkHeader,
    NextLink,
    NextLinkRelative,
)
from sandbox.sample_api.paging.offsets_and_numbers import (
    Offset,
    OffsetMore,
    OffsetTotal,
    PageHeader,
    PageNumber,
    PageTotal,
    PageZero,
)

__all__ = ["PAGINGS", "Page", "PageRequest", "Paging", "PagingError"]

PAGINGS: Mapping[str, Paging] = MappingProxyType(
    {
        "none": SinglePage(),
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
