"""A body that would fill the memory: its items are read one after the other, as often as needed."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from typing import overload

from expressions.paths import Path
from extraction.answer_errors import errors_among
from extraction.body_parts import Room, kept
from extraction.item_keys import TELLING_ITEMS, item_key
from extraction.json_text import HeavyError, JsonText, ShapeError
from extraction.places import ItemsPosition, TableItems, place_of
from rest.bodies import Json
from rest.errors import ItemsError
from rest.response import LargeBody, Response

# What an item is told by is kept for each, as long as its listing is read.
_MOST_ITEMS = 2_000_000


@dataclass(frozen=True, slots=True)
class Census:
    """What was seen of the items when they were counted.

    nulls: how many are null. wrong: the numbers of those that are errors; error: what the first of them says.
    mark: the same for the same items.
    """

    count: int = 0
    nulls: int = 0
    wrong: frozenset[int] = frozenset()
    error: str = ""
    mark: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class LargeItems(Sequence[Json]):
    """The items of a large body, from the first one to the `length`th."""

    body: LargeBody
    place: ItemsPosition
    length: int
    census: Census = Census()
    left_out: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return self.length - len(self.left_out)

    def __iter__(self) -> Iterator[Json]:
        return (item for items, _ in self.parts(1) for item in items)

    def parts(self, most: int, most_weight: int = 0) -> Iterator[tuple[list[Json], int]]:
        """The items, so many at a time at most, and what they weigh; fewer where they weigh more."""
        reading = self.place.read(self.body)
        part: list[Json] = []
        before = 0
        for number, item in enumerate(islice(reading, self.length)):
            if number not in self.left_out:
                part.append(item)
            if len(part) >= most or (part and reading.weight_read - before > most_weight):
                yield part, reading.weight_read - before
                part, before = [], reading.weight_read
        if part:
            yield part, reading.weight_read - before

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | Sequence[Json]:
        """One item, for which all before it are read; or the first ones, of which none is.

        Raises IndexError: no such item.
        """
        if isinstance(index, int):
            return next(islice(self, range(len(self))[index], None))
        start, stop, step = index.indices(len(self))
        if (start, step) == (0, 1) and not self.left_out:
            return replace(self, length=stop)
        return list(islice(self, start, stop, step))

    def without_errors(self) -> "LargeItems":
        """All but those that are errors."""
        return replace(self, left_out=self.census.wrong)


@dataclass(frozen=True, slots=True)
class Split:
    """A large answer in two: its items, and all else as an answer with an empty list in their place."""

    items: LargeItems
    envelope: Response


def split(response: Response, data_path: Path | None) -> Split:
    """The parts of an answer that would take too much memory as a whole; it is read once for them.

    Raises ItemsError: the body is no JSON, or can only be read as a whole: data_path is more than keys that
    lead to a list; or it has more items than a listing may have.
    """
    place = place_of(response, data_path)
    failure: ItemsError | None = None
    try:
        if place:
            return _split(response, place)
    except HeavyError:
        failure = too_much_in_one()
    except ShapeError:
        pass
    except ValueError as error:
        failure = response.unreadable(response.redact(str(error)))
    # Raised down here, so that it does not keep what was read in memory as long as it is kept itself.
    if failure:
        raise failure
    raise ItemsError(
        f"the body would take {response.weight // 2**20} MiB of memory, and data_path {data_path or '.'} is "
        "no way of keys to a list in it, like .data.items",
        hint="Correct data_path, or ask for pages: see paginationType",
    )


def too_much_in_one() -> ItemsError:
    """The error for a single value that would fill the memory."""
    return ItemsError(
        "one of the items, or what stands beside them, takes too much memory",
        hint="Correct data_path, or ask for less of each item: see selector.query_params",
    )


def _split(response: Response, place: ItemsPosition) -> Split:
    body = response.stored
    if place.is_table:
        rows = place.read(body)
        census = census_of(rows)
        columns = rows.columns if isinstance(rows, TableItems) else []
        envelope = without_items(response, [], _line(columns))
    else:
        text = JsonText(body.reader(), place.charset)
        beside, census = around(text, place)
        envelope = without_items(response, beside)
    return Split(LargeItems(body, place, census.count, census), envelope)


def around(text: JsonText, place: ItemsPosition) -> tuple[Json, Census]:
    """The body without the items, and what they are; all of it is seen to be JSON.

    Raises ShapeError: they are not where they should be.
    """
    if place.is_lines:
        return [], census_of(text.values())
    beside, census = _beside(text, place.keys, Room())
    if text.peek():
        raise ValueError("something follows the JSON text")
    return beside, census


def _beside(text: JsonText, keys: tuple[str, ...], room: Room) -> tuple[Json, Census]:
    if not keys:
        return [], census_of(text.elements())
    body: dict[str, Json] = {}
    census: Census | None = None
    for key in text.members():
        room.take_key(key)
        if key != keys[0]:
            body[key] = kept(text, room)
        elif census is None:
            body[key], census = _beside(text, keys[1:], room)
        else:
            raise ShapeError  # the key comes twice, and JSON's last one counts
    if census is None:
        raise ShapeError
    return body, census


def census_of(items: Iterator[Json]) -> Census:
    """What is seen of items when each is looked at once.

    Raises ItemsError: there are more than a listing has.
    """
    nulls = count = 0
    wrong: list[int] = []
    error = ""
    mark = sha256()
    for count, item in enumerate(items, start=1):
        if count > _MOST_ITEMS:
            raise ItemsError(
                f"the body has more than {_MOST_ITEMS:,} items",
                hint="Ask for pages, or for fewer of the items: see paginationType and selector.query_params",
            )
        nulls += item is None
        if isinstance(item, dict):
            for _, words in errors_among([item]):
                wrong.append(count - 1)
                error = error or words
        if count <= TELLING_ITEMS:
            mark.update(item_key(item).to_bytes(8, "big", signed=True))
    return Census(count, nulls, frozenset(wrong), error, mark.digest() + count.to_bytes(4, "big"))


def _line(columns: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(columns)
    return text.getvalue().encode()


def without_items(response: Response, beside: Json, content: bytes | None = None) -> Response:
    """The answer as what stands beside its items. content: as bytes, None for JSON."""
    as_bytes = json.dumps(beside).encode() if content is None else content
    return replace(response, content=as_bytes, large=None, beside=(beside,))
