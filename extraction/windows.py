"""Reading a listing in windows of time."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from http import HTTPStatus

from loguru import logger

from configuration.windows import Span, Windows
from extraction.endpoint_reader import EndpointReader
from extraction.merging import merge_streams
from rest.errors import RefusedError, SyncError

_TOO_LARGE = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)


class WindowReading:
    """Reads the windows of one resource.

    newest_first: read the windows one by one, from the newest back. Otherwise the newest is read last, up to
    the time at which it is read: an item that changes during the resync moves into it and is not missed.
    """

    def __init__(self, windows: Windows, endpoints: EndpointReader, *, newest_first: bool = False) -> None:
        self._windows = windows
        self._endpoints = endpoints
        self._newest_first = newest_first

    async def pages[T](self, read: Callable[[Span], AsyncGenerator[T]], limit: int) -> AsyncGenerator[T]:
        """Yield the pages that `read` returns for each window.

        limit: how many windows are read at once.
        Raises ResourceError: there is no window, or there are too many.
        """
        *older, newest = self._windows.spans(self._endpoints.started)
        if self._newest_first:
            last = [newest, *reversed(older)]
        else:
            async with aclosing(merge_streams(_each(older), read, limit)) as pages:
                async for page in pages:
                    yield page
            last = self._windows.until_now(newest, self._endpoints.now)
        for span in last:
            async with aclosing(read(span)) as pages:
                async for page in pages:
                    yield page


async def read_in_halves[T](
    span: Span, read: Callable[[Span], AsyncGenerator[T]], kind: str
) -> AsyncGenerator[T]:
    """Yield the pages that `read` returns for a window. If the API refuses it, read its halves.

    Pages that were read before the refusal come twice.
    Raises SyncError: the window or one of its halves fails, and is too short to be halved again.
    """
    try:
        async with aclosing(read(span)) as pages:
            async for page in pages:
                yield page
        return
    except SyncError as error:
        halves = span.halves() if _may_be_too_large(error) else []
        if not halves:
            raise
        logger.info("{}: the API refuses the window {}; it is read in halves", kind, span)
    for half in halves:
        async with aclosing(read_in_halves(half, read, kind)) as pages:
            async for page in pages:
                yield page


def _may_be_too_large(error: SyncError) -> bool:
    return isinstance(error, RefusedError) and error.status in _TOO_LARGE


async def _each(spans: Iterable[Span]) -> AsyncGenerator[Span]:
    for span in spans:
        yield span
