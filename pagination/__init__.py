"""One Paginator for each way an API continues a listing."""

from collections.abc import Mapping
from dataclasses import replace

from configuration.pagination import PaginationSettings, PaginationType
from pagination.base import NextPage, Paginator
from pagination.counted import OffsetPaginator, PageNumberPaginator
from pagination.cursor import CursorPaginator
from pagination.detection import AutoPaginator
from pagination.links import HeaderLinkPaginator, NextLinkPaginator
from pagination.recognised import RecognisedSignals
from pagination.signals import Continuation, flagged
from pagination.single import SinglePage
from pagination.values import PAGE_SIZES, USUAL_SIZES
from rest.request import Request

__all__ = [
    "PAGE_SIZES",
    "USUAL_SIZES",
    "AutoPaginator",
    "Continuation",
    "CursorPaginator",
    "HeaderLinkPaginator",
    "NextLinkPaginator",
    "NextPage",
    "OffsetPaginator",
    "PageNumberPaginator",
    "Paginator",
    "RecognisedSignals",
    "SinglePage",
    "flagged",
    "paginator_for",
]

_PAGINATORS: Mapping[PaginationType, type[Paginator]] = {
    "none": SinglePage,
    "offset": OffsetPaginator,
    "page": PageNumberPaginator,
    "cursor": CursorPaginator,
    "next_link": NextLinkPaginator,
    "header_link": HeaderLinkPaginator,
    "auto": AutoPaginator,
}


def paginator_for(settings: PaginationSettings, then: Request | None = None) -> Paginator:
    """Return the paginator that the settings' type names. then: the request that takes the cursors."""
    paginator = _PAGINATORS[settings.type].of(settings)
    return replace(paginator, then=then) if then and isinstance(paginator, CursorPaginator) else paginator
