"""The items of a response: the value at data_path, or the body itself."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from expressions.paths import Path
from extraction.large_bodies import (
    JqOutputs,
    LargeItems,
    ValueTooLargeError,
    find_position,
    fits_jq,
    read_jq_outputs,
    split_response,
    too_large_value_error,
)
from rest.bodies import Json
from rest.errors import ItemsError, JqError
from rest.formats.element_lists import with_lists
from rest.outline import lists_in, outline
from rest.page import Item
from rest.response import Response


class MissingPathError(ItemsError):
    """A response does not have what data_path selects."""


@dataclass(frozen=True, slots=True)
class ExtractedItems:
    """The values at data_path, as the API sent them.

    count: how many values the API sent. Stop rules use it. It exceeds `values` if jq keeps only some of them.
    is_list: False for a single object. is_null: the value is null, and data_path is not optional.
    """

    values: Sequence[Json]
    count: int
    is_list: bool = True
    is_null: bool = False


async def read_items(response: Response, data_path: Path | None) -> tuple[Response, ExtractedItems]:
    """Return a response and its items. A large response is returned without its items, which stay on disk.

    Raises ItemsError as `extract_items` does.
    """
    is_plain = data_path is None or data_path.program is None
    # YAML takes a second for some hundred kilobytes.
    if response.is_small and is_plain and response.format_name != "yaml":
        return response, extract_items(response, data_path)
    # Long work, and waiting for jq in another process, must not block the event loop.
    return await asyncio.to_thread(_read_any_size, response, data_path)


def _read_any_size(response: Response, data_path: Path | None) -> tuple[Response, ExtractedItems]:
    if not response.is_heavy:
        return response, extract_items(response, data_path)
    if data_path and find_position(response, data_path) is None and fits_jq(response):
        return _read_with_jq(response, data_path)
    split = split_response(response, data_path)
    return split.envelope, ExtractedItems(split.items, len(split.items))


def _read_with_jq(response: Response, data_path: Path) -> tuple[Response, ExtractedItems]:
    try:
        outputs = read_jq_outputs(response, data_path)
    except ValueTooLargeError:
        failure = too_large_value_error()
    except ValueError as error:
        failure = response.parse_error(response.redact(str(error)))
    else:
        return _from_jq(outputs, data_path)
    # Raised outside of `except`: otherwise its context would keep the text that was read in memory.
    raise failure


def _from_jq(outputs: JqOutputs, data_path: Path) -> tuple[Response, ExtractedItems]:
    found = _from_outputs(outputs.values, data_path, is_single=outputs.is_single)
    return outputs.envelope, _with_count(found, outputs.input_length)


def extract_items(response: Response, data_path: Path | None) -> ExtractedItems:
    """Return the items of a response that fits in memory.

    Raises ItemsError: the body is not JSON, data_path does not exist in it (unless the path ends in `?`), or
    jq fails on it.
    """
    if response.is_empty:
        return ExtractedItems([], 0)
    body = response.body
    if data_path is None:
        return _from_value(body)
    if response.format_name == "xml":
        ends_in_list = data_path.program is None and not data_path.iterates
        body = with_lists(body, data_path.leading_steps or (), ends_in_list=ends_in_list)
    if data_path.is_missing(body):
        raise MissingPathError(
            f"data_path {data_path} does not exist in the response. The response has {outline(body)}",
            hint=f"Correct data_path, or write {data_path}? if it may be missing",
        )
    try:
        outputs = data_path.outputs(body)
    except JqError as error:
        raise ItemsError(
            f"data_path {data_path} fails on the response: {error}. The response has {outline(body)}",
            hint="Correct data_path",
        ) from error
    found = _from_outputs(outputs, data_path, is_single=len(outputs) == 1 and not data_path.iterates)
    return _with_count(found, data_path.leading_list_length(body))


def as_items(values: Iterable[Json]) -> Iterator[Item]:
    """Yield objects as they are, and scalars and lists as {"value": ...}. Nulls are dropped."""
    return (value if isinstance(value, dict) else {"value": value} for value in values if value is not None)


def overlooked_lists(response: Response, data_path: Path | None) -> list[str]:
    """Return the lists in a body that was read as one item because data_path is not set."""
    if data_path is not None or not isinstance(response.body, dict):
        return []
    return [f"{path} ({count} items)" for path, count in lists_in(response.body) if count]


def _from_outputs(outputs: Sequence[Json], data_path: Path, *, is_single: bool) -> ExtractedItems:
    """Return the items: a single output is the list or the one item, several outputs are the items."""
    if is_single and not isinstance(outputs, LargeItems):
        found = _from_value(outputs[0])
    else:
        found = ExtractedItems(outputs, len(outputs))
    return ExtractedItems([], 0) if found.is_null and data_path.is_optional else found


def _with_count(found: ExtractedItems, count: int | None) -> ExtractedItems:
    return found if count is None else ExtractedItems(found.values, count)


def _from_value(value: Json) -> ExtractedItems:
    if value is None:
        return ExtractedItems([], 0, is_null=True)
    if isinstance(value, list):
        return ExtractedItems(value, len(value))
    return ExtractedItems([value], 1, is_list=False)
