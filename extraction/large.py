"""A body too large for memory: its items are read from disk, one after the other, as often as needed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import overload

from extraction.json_text import JsonText, ShapeError
from rest.bodies import CSV_TYPES, LINES_TYPES, Json, media_type_and_charset
from rest.errors import ItemsError
from rest.paths import Iterate, Path
from rest.request import LargeBody, Response

# Parsed as a whole, a body takes several times its size.
_MOST_AS_A_WHOLE = 128 * 2**20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a large body has its items. keys: on the way to their list. is_lines: one JSON value a line."""

    keys: tuple[str, ...] = ()
    is_lines: bool = False

    def items(self, text: JsonText) -> Iterator[Json]:
        """The items, in order. Raises ShapeError and ValueError as the text does."""
        if self.is_lines:
            return text.values()
        for wanted in self.keys:
            for _ in takewhile(wanted.__ne__, text.members()):
                text.value()
        return text.elements()


@dataclass(frozen=True, slots=True, eq=False)
class LargeItems(Sequence[Json]):
    """The items of a large body, from the first one to the `length`th."""

    body: LargeBody
    place: Place
    length: int

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Json]:
        return islice(self.place.items(JsonText(self.body.reader())), self.length)

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | Sequence[Json]:
        """One item, for which all before it are read; or the first ones, of which none is.

        Raises IndexError: no such item.
        """
        if isinstance(index, int):
            return next(islice(self, range(self.length)[index], None))
        start, stop, step = index.indices(self.length)
        if (start, step) == (0, 1):
            return replace(self, length=stop)
        return list(islice(self, start, stop, step))


@dataclass(frozen=True, slots=True)
class Split:
    """A large answer in two: its items, and all else as an answer with an empty list in their place."""

    items: LargeItems
    envelope: Response


def split(response: Response, data_path: Path | None) -> Split | None:
    """The parts of a large answer, which is read once for them.

    None: it is not large, or can only be read as a whole: data_path is more than keys that lead to a list.
    Raises ItemsError: the body is no JSON, or is too large to be read as a whole.
    """
    if response.large is None:
        return None
    place = _place(response, data_path)
    try:
        if place:
            body, count = _skimmed(JsonText(response.large.reader()), place)
            return Split(LargeItems(response.large, place, count), _envelope(response, body))
    except ShapeError:
        pass  # whoever reads it as a whole says what is wrong
    except ValueError as error:
        raise response.unreadable(response.redact(str(error))) from error
    if response.large.size > _MOST_AS_A_WHOLE:
        raise ItemsError(
            f"the body has {response.large.size // 2**20} MiB, and data_path {data_path or '.'} is no way "
            "of keys to a list in it, like .data.items",
            hint="Correct data_path, or ask for pages: see paginationType",
        )
    return None


def _place(response: Response, data_path: Path | None) -> Place | None:
    """None: only the whole body tells."""
    media_type, charset = media_type_and_charset(response.headers.get("content-type", ""))
    steps = () if data_path is None else data_path.steps
    if steps is None or charset != "utf-8" or media_type in CSV_TYPES:
        return None
    if steps and steps[-1].at is Iterate.EACH:  # .items[] gives what .items does
        steps = steps[:-1]
    keys = tuple(step.at for step in steps if isinstance(step.at, str))
    if len(keys) < len(steps):
        return None
    is_lines = media_type in LINES_TYPES
    return None if is_lines and keys else Place(keys, is_lines)


def _skimmed(text: JsonText, place: Place) -> tuple[Json, int]:
    """The body without the items, and how many they are; all of it is seen to be JSON."""
    if place.is_lines:
        return [], _count(text.values())
    body, count = _around(text, place.keys)
    if text.peek():
        raise ValueError("something follows the JSON text")
    return body, count


def _around(text: JsonText, keys: tuple[str, ...]) -> tuple[Json, int]:
    if not keys:
        return [], _count(text.elements())
    body: dict[str, Json] = {}
    count: int | None = None
    for key in text.members():
        if key != keys[0]:
            body[key] = text.value()
        elif count is None:
            body[key], count = _around(text, keys[1:])
        else:
            raise ShapeError  # the key comes twice, and JSON's last one counts
    if count is None:
        raise ShapeError
    return body, count


def _count(items: Iterator[Json]) -> int:
    return sum(1 for _ in items)


def _envelope(response: Response, body: Json) -> Response:
    headers = {**response.headers, "content-type": "application/json"}
    return replace(response, headers=headers, content=json.dumps(body).encode(), large=None)
