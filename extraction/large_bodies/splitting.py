"""A large response, split into its items and its envelope."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace

from expressions.paths import Path
from extraction.large_bodies.census import take_census
from extraction.large_bodies.envelope import read_envelope
from extraction.large_bodies.json_stream import JsonStream, ShapeError, ValueTooLargeError
from extraction.large_bodies.large_items import LargeItems
from extraction.large_bodies.position import ItemsPosition, TableItems, find_position
from rest.bodies import Json
from rest.errors import ItemsError
from rest.response import Response


@dataclass(frozen=True, slots=True)
class SplitResponse:
    """The items of a large response. envelope: the response with an empty list in place of the items."""

    items: LargeItems
    envelope: Response


def split_response(response: Response, data_path: Path | None) -> SplitResponse:
    """Split a response that is too large for memory. Its body is read once.

    Raises ItemsError: the body is not JSON, data_path is not a plain path of keys to a list, or there are
    more than two million items.
    """
    if response.is_read_whole:
        raise response.too_large_error()
    position = find_position(response, data_path)
    failure: ItemsError | None = None
    try:
        if position:
            return _split(response, position)
    except ValueTooLargeError:
        failure = too_large_value_error()
    except ShapeError:
        pass
    except ValueError as error:
        failure = response.parse_error(response.redact(str(error)))
    # Raised outside of `except`: otherwise its context would keep the text that was read in memory.
    if failure:
        raise failure
    raise ItemsError(
        f"the body would take {response.weight // 2**20} MiB of memory, and data_path {data_path or '.'} is "
        "not a plain path to a list, like .data.items",
        hint="Correct data_path, or request pages: see paginationType",
    )


def too_large_value_error() -> ItemsError:
    """Return the error for a single value that is too large for memory."""
    return ItemsError(
        "an item, or the data around the items, takes too much memory",
        hint="Correct data_path, or request less data for each item: see selector.query_params",
    )


def _split(response: Response, position: ItemsPosition) -> SplitResponse:
    try:
        return _split_at(response, position)
    except ValueTooLargeError:
        raise
    except ShapeError:
        # JSON lines often come with the type of JSON. A body in memory is read in the same way.
        may_be_lines = not position.keys and not position.is_lines and response.format.name is None
        if not may_be_lines:
            raise
    with suppress(ShapeError, ValueError):
        split = _split_at(response, replace(position, is_lines=True))
        if len(split.items) > 1:
            return split
    raise ShapeError


def _split_at(response: Response, position: ItemsPosition) -> SplitResponse:
    body = response.stored
    if position.table:
        rows = TableItems(body, position.charset, position.table)
        census = take_census(rows)
        line = response.content.partition(b"\n")[0]
        envelope = replace(_with_envelope(response, [], line), header=tuple(rows.columns))
    else:
        members, census = read_envelope(JsonStream(body.reader(), position.charset), position)
        envelope = _with_envelope(response, members, json.dumps(members).encode())
    return SplitResponse(LargeItems(body, position, census.count, census), envelope)


def _with_envelope(response: Response, envelope: Json, content: bytes) -> Response:
    return replace(response, content=content, large=None, envelope=(envelope,))
