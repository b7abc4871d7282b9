"""One Paginator for each way an API continues a listing."""

from collections.abc import Callable, Mapping

from configuration.pagination import PaginationSettings
from pagination.base import NextPage, Paginator, SinglePage
from pagination.configured import ConfiguredSignals
from pagination.counted import OffsetPaginator, PageNumberPaginator
from pagination.cursor import CursorPaginator
from pagination.detection import PAGE_SIZES, AutoPaginator
from pagination.links import HeaderLinkPaginator, NextLinkPaginator
from pagination.recognised import RecognisedSignals
from pagination.signals import Continuation, flagged
from pagination.values import USUAL_SIZES

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

NO_SIZE = "-"


def paginator_for(settings: PaginationSettings) -> Paginator:
    """The paginator that the settings' type names."""
    return _PAGINATORS[settings.type](settings)


def _size_param(settings: PaginationSettings, default: str | None) -> str | None:
    return None if settings.size_param == NO_SIZE else settings.size_param or default


def _offset(settings: PaginationSettings) -> Paginator:
    return OffsetPaginator(
        param=settings.param or "offset",
        size_param=_size_param(settings, "limit"),
        page_size=settings.page_size,
        location=settings.param_location,
        signals=ConfiguredSignals.of(settings),
    )


def _page(settings: PaginationSettings) -> Paginator:
    return PageNumberPaginator(
        param=settings.param or "page",
        size_param=_size_param(settings, "size"),
        page_size=settings.page_size,
        location=settings.param_location,
        signals=ConfiguredSignals.of(settings),
        start_page=settings.start_page,
    )


def _cursor(settings: PaginationSettings) -> Paginator:
    return CursorPaginator(
        cursor=settings.cursor_path,
        header=settings.cursor_header,
        param=settings.param or "cursor",
        size_param=_size_param(settings, "limit"),
        page_size=settings.page_size,
        location=settings.param_location,
        signals=ConfiguredSignals.of(settings),
    )


def _next_link(settings: PaginationSettings) -> Paginator:
    return NextLinkPaginator(
        size_param=_size_param(settings, None),
        page_size=settings.page_size,
        link=settings.next_link_path,
        header=settings.next_link_header,
        signals=ConfiguredSignals.of(settings),
    )


def _header_link(settings: PaginationSettings) -> Paginator:
    return HeaderLinkPaginator(
        size_param=_size_param(settings, None),
        page_size=settings.page_size,
        relation=settings.header_link_rel,
        signals=ConfiguredSignals.of(settings),
    )


_PAGINATORS: Mapping[str, Callable[[PaginationSettings], Paginator]] = {
    "none": lambda settings: SinglePage(
        chosen="type" in settings.model_fields_set, signals=ConfiguredSignals.of(settings)
    ),
    "offset": _offset,
    "page": _page,
    "cursor": _cursor,
    "next_link": _next_link,
    "header_link": _header_link,
    "auto": lambda settings: AutoPaginator(
        _size_param(settings, None), settings.page_size, signals=ConfiguredSignals.of(settings)
    ),
}
