"""A response's items: where data_path says, or the body itself."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from expressions.paths import Path, lists_in, paths_shown
from extraction.by_jq import Outputs, is_for_jq, outputs_of
from extraction.json_text import HeavyError
from extraction.large import LargeItems, split, too_much_in_one
from extraction.places import place_of
from rest.bodies import Json
from rest.errors import ItemsError, JqError
from rest.page import Item
from rest.response import Response


@dataclass(frozen=True, slots=True)
class Extracted:
    """What stands at data_path, as the API wrote it.

    count: how many the API gave, which stop rules count: more than `values` where jq takes only some.
    is_list: False when one object stands there. is_null: null does, and nobody said that it may.
    """

    values: Sequence[Json]
    count: int
    is_list: bool = True
    is_null: bool = False


async def received(response: Response, data_path: Path | None) -> tuple[Response, Extracted]:
    """An answer and its items. A large answer is given without its items, which stay on disk.

    Raises ItemsError as `extracted` does.
    """
    if response.is_small and (data_path is None or data_path.program is None):
        return response, extracted(response, data_path)
    # What takes its time, or waits for jq in another process, is a thread, and not all other requests.
    return await asyncio.to_thread(_of_any, response, data_path)


def _of_any(response: Response, data_path: Path | None) -> tuple[Response, Extracted]:
    if not response.is_heavy:
        return response, extracted(response, data_path)
    if data_path and place_of(response, data_path) is None and is_for_jq(response):
        return _by_jq(response, data_path)
    parts = split(response, data_path)
    return parts.envelope, Extracted(parts.items, len(parts.items))


def _by_jq(response: Response, data_path: Path) -> tuple[Response, Extracted]:
    try:
        outputs = outputs_of(response, data_path)
    except HeavyError:
        failure = too_much_in_one()
    except ValueError as error:
        failure = response.unreadable(response.redact(str(error)))
    else:
        return _of_outputs(outputs, data_path)
    raise failure  # without what was read


def _of_outputs(outputs: Outputs, data_path: Path) -> tuple[Response, Extracted]:
    found = _found(outputs.values, data_path, is_one=outputs.is_one)
    return outputs.envelope, found if outputs.read is None else Extracted(found.values, outputs.read)


def extracted(response: Response, data_path: Path | None) -> Extracted:
    """The items of a response.

    Raises ItemsError: the body is no JSON, has no such key (unless the path ends in `?`), or jq fails on it.
    """
    if response.is_empty:
        return Extracted([], 0)
    body = response.body
    if data_path is None:
        return _of_one(body)
    if data_path.is_missing(body):
        raise ItemsError(
            f"data_path {data_path} is not in the response, which has {paths_shown(body)}",
            hint=f"Correct data_path, or write {data_path}? if it may be missing",
        )
    try:
        outputs = data_path.outputs(body)
    except JqError as error:
        raise ItemsError(
            f"data_path {data_path} fails on the response, which has {paths_shown(body)}: {error}",
            hint="Correct data_path",
        ) from error
    found = _found(outputs, data_path, is_one=len(outputs) == 1 and not data_path.iterates)
    read = data_path.length_read(body)
    return found if read is None else Extracted(found.values, read)


def as_items(values: Iterable[Json]) -> Iterator[Item]:
    """Objects as they are, scalars and lists as {"value": ...}; null is none."""
    return (value if isinstance(value, dict) else {"value": value} for value in values if value is not None)


def overlooked_lists(response: Response, data_path: Path | None) -> list[str]:
    """The lists inside a body that was taken as one item, for want of a data_path: likely the items."""
    if data_path is not None or not isinstance(response.body, dict):
        return []
    return [f"{path} ({count} items)" for path, count in lists_in(response.body) if count]


def _found(outputs: Sequence[Json], data_path: Path, *, is_one: bool) -> Extracted:
    """One output is the list, or the one item; several are the items themselves."""
    is_open = is_one and not isinstance(outputs, LargeItems)
    found = _of_one(outputs[0]) if is_open else Extracted(outputs, len(outputs))
    return Extracted([], 0) if found.is_null and data_path.is_optional else found


def _of_one(value: Json) -> Extracted:
    if value is None:
        return Extracted([], 0, is_null=True)
    return Extracted(value, len(value)) if isinstance(value, list) else Extracted([value], 1, is_list=False)
