"""The envelope of a large body: everything outside of its items."""

from extraction.large_bodies.bounded_reading import MemoryBudget, read_value
from extraction.large_bodies.census import Census, take_census
from extraction.large_bodies.json_stream import JsonStream, ShapeError
from extraction.large_bodies.position import ItemsPosition
from rest.bodies import Json


def read_envelope(stream: JsonStream, position: ItemsPosition) -> tuple[Json, Census]:
    """Read a whole JSON body. Return it with an empty list in place of the items, and the items' census.

    Raises ShapeError: there is no list at the position. ValueError: the body is not JSON.
    """
    if position.is_lines:
        return [], take_census(stream.values())
    envelope, census = _read_around_items(stream, position.keys, MemoryBudget())
    if stream.peek():
        raise ValueError("there is text after the JSON value")
    return envelope, census


def _read_around_items(
    stream: JsonStream, keys: tuple[str, ...], budget: MemoryBudget
) -> tuple[Json, Census]:
    if not keys:
        return [], take_census(stream.elements())
    members: dict[str, Json] = {}
    census: Census | None = None
    for key in stream.members():
        budget.spend_on_key(key)
        if key != keys[0]:
            members[key] = read_value(stream, budget)
        elif census is None:
            members[key], census = _read_around_items(stream, keys[1:], budget)
        else:
            raise ShapeError  # the key occurs twice, and JSON parsers take the last one
    if census is None:
        raise ShapeError
    return members, census
