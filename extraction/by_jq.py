"""The items of a body that would fill the memory, where only jq can say what they are: by way of the disk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from client import DiskBody
from expressions.paths import Path
from expressions.program import JqProgram
from extraction.body_parts import Room, kept
from extraction.json_text import JsonText, ShapeError
from extraction.large import Census, LargeItems, around, census_of
from extraction.places import ItemsPosition
from rest.bodies import CSV_TYPES, LINES_TYPES, Json, media_type_and_charset
from rest.errors import ItemsError, JqError
from rest.response import Response
from rest.steps import Step
from rest.weight import MOST_WEIGHT, weight_of_body

# jq takes about twice of what Python does, and there is one process for all programs.
_MOST_FOR_JQ = 96 * 2**20


@dataclass(frozen=True, slots=True)
class Outputs:
    """What jq gave. envelope: the answer without the items. is_one: one output, which may be the list.

    read: the length of the list that the expression begins with; None: there is none.
    """

    values: Sequence[Json]
    envelope: Response
    is_one: bool
    read: int | None


def is_for_jq(response: Response) -> bool:
    """True for JSON that jq can read without filling the memory itself."""
    media_type, charset = media_type_and_charset(response.headers.get("content-type", ""))
    is_json = media_type not in CSV_TYPES | LINES_TYPES and charset == "utf-8"
    is_too_large = response.stored.size > _MOST_FOR_JQ or response.weight > _MOST_FOR_JQ
    return is_json and not is_too_large


def outputs_of(response: Response, data_path: Path) -> Outputs:
    """What data_path gives. A list, or several outputs, stay on disk where they would fill the memory.

    Raises ItemsError: jq fails. ShapeError and ValueError as the text of the body does.
    """
    beside, read = _seen(response, data_path)
    # With all of its body, by which pages are told apart of which jq takes nothing.
    envelope = replace(response, beside=(beside,))
    stored = DiskBody(None)
    try:
        program = data_path.program or JqProgram(data_path.text)
        program.outputs_into(response.stored, stored)
    except JqError as error:
        raise ItemsError(
            f"data_path {data_path} fails on the response: {error}", hint="Correct data_path"
        ) from error
    is_one = _count_of_lines(stored) == 1 and not data_path.iterates
    return Outputs(_values(stored, is_list=is_one), envelope, is_one, read)


def _seen(response: Response, data_path: Path) -> tuple[Json, int | None]:
    """What stands beside the list with which the expression begins, and how long that is."""
    steps = data_path.first_steps or ()
    keys = tuple(str(step.at) for step in takewhile(_is_key, steps))
    is_read = data_path.program is not None or data_path.iterates
    try:
        beside, census = around(JsonText(response.stored.reader()), ItemsPosition(keys))
    except ShapeError:
        return kept(JsonText(response.stored.reader()), Room()), None
    return beside, census.count if is_read else None


def _is_key(step: Step) -> bool:
    return isinstance(step.at, str)


def _values(stored: DiskBody, *, is_list: bool) -> Sequence[Json]:
    """The outputs; the elements of a single list that would fill the memory."""
    if weight_of_body(stored.reader()) <= MOST_WEIGHT:
        lines = stored.reader().read().splitlines()
        return [json.loads(line) for line in lines]
    place = ItemsPosition() if is_list and stored.reader().read(1) == b"[" else ItemsPosition(is_lines=True)
    census: Census = census_of(place.read(stored))
    return LargeItems(stored, place, census.count, census)


def _count_of_lines(stored: DiskBody) -> int:
    """jq's own texts have no line breaks in them."""
    reader, count = stored.reader(), 1 if stored.size else 0
    while chunk := reader.read(2**20):
        count += chunk.count(b"\n")
    return count
