"""The items that a jq expression selects from a large body. jq reads and writes them on disk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from client import DiskBody
from expressions.paths import Path
from expressions.program import JqProgram
from extraction.large_bodies.bounded_reading import MemoryBudget, read_value
from extraction.large_bodies.census import take_census
from extraction.large_bodies.envelope import read_envelope
from extraction.large_bodies.json_stream import JsonStream, ShapeError
from extraction.large_bodies.large_items import LargeItems
from extraction.large_bodies.position import ItemsPosition
from rest.bodies import Json
from rest.errors import ItemsError, JqError
from rest.response import Response
from rest.steps import Step
from rest.weight import MOST_WEIGHT, weight_of_body

# jq takes about twice the memory that Python does, and one process runs all programs.
_MAX_JQ_BYTES = 96 * 2**20


@dataclass(frozen=True, slots=True)
class JqOutputs:
    """The outputs of a jq expression. envelope: the response without the items.

    is_single: there is exactly one output, which may be the list of items.
    input_length: the length of the list that the expression reads first; None: it reads none.
    """

    values: Sequence[Json]
    envelope: Response
    is_single: bool
    input_length: int | None


def fits_jq(response: Response) -> bool:
    """Return True if the response is JSON that jq can hold in memory."""
    is_json = response.format_name == "json" and response.charset == "utf-8"
    is_too_large = response.stored.size > _MAX_JQ_BYTES or response.weight > _MAX_JQ_BYTES
    return is_json and not is_too_large


def read_jq_outputs(response: Response, data_path: Path) -> JqOutputs:
    """Run data_path on a response. Outputs that are too large for memory stay on disk.

    Raises ItemsError: jq fails. ShapeError and ValueError as JsonStream does.
    """
    envelope, input_length = _read_around_input(response, data_path)
    # `content` keeps the whole body: it identifies pages of which jq selects nothing.
    envelope_response = replace(response, envelope=(envelope,))
    stored = DiskBody(None)
    try:
        program = data_path.program or JqProgram(data_path.text)
        program.outputs_into(response.stored, stored)
    except JqError as error:
        raise ItemsError(
            f"data_path {data_path} fails on the response: {error}", hint="Correct data_path"
        ) from error
    is_single = _count_lines(stored) == 1 and not data_path.iterates
    return JqOutputs(_values(stored, is_list=is_single), envelope_response, is_single, input_length)


def _read_around_input(response: Response, data_path: Path) -> tuple[Json, int | None]:
    """Return the envelope of the list that the expression reads first, and the length of that list."""
    steps = data_path.leading_steps or ()
    keys = tuple(str(step.at) for step in takewhile(_is_key, steps))
    reads_elements = data_path.program is not None or data_path.iterates
    try:
        envelope, census = read_envelope(JsonStream(response.stored.reader()), ItemsPosition(keys))
    except ShapeError:
        return read_value(JsonStream(response.stored.reader()), MemoryBudget()), None
    return envelope, census.count if reads_elements else None


def _is_key(step: Step) -> bool:
    return isinstance(step.at, str)


def _values(stored: DiskBody, *, is_list: bool) -> Sequence[Json]:
    """Return the outputs, or the elements of a single list that is too large for memory."""
    if weight_of_body(stored.reader()) <= MOST_WEIGHT:
        lines = stored.reader().read().splitlines()
        return [json.loads(line) for line in lines]
    is_one_list = is_list and stored.reader().read(1) == b"["
    position = ItemsPosition() if is_one_list else ItemsPosition(is_lines=True)
    census = take_census(position.read(stored))
    return LargeItems(stored, position, census.count, census)


def _count_lines(stored: DiskBody) -> int:
    """Return how many outputs there are: jq writes each on one line."""
    reader, count = stored.reader(), 1 if stored.size else 0
    while chunk := reader.read(2**20):
        count += chunk.count(b"\n")
    return count
