"""A response's items: where data_path says, or the body itself."""

from collections.abc import Sequence

from rest.bodies import Json
from rest.errors import ItemsError
from rest.jq_program import JqError
from rest.paths import ABSENT, Path, lists_in, paths_shown
from rest.request import Item, Response


def raw_items(response: Response, data_path: Path | None) -> list[Json]:
    """What stands at data_path, as the API wrote it; pagination counts these.

    Raises ItemsError: the body is no JSON, has no such key (unless the path ends in `?`), or jq fails on it.
    """
    if response.is_empty:
        return []
    body = response.body
    if data_path is None:
        return _as_list(body)
    if data_path.steps is not None and not data_path.is_optional and data_path.find(body) is ABSENT:
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
    # One output is the list, or the one item; several are the items themselves.
    return _as_list(outputs[0]) if len(outputs) == 1 else list(outputs)


def as_items(values: Sequence[Json]) -> list[Item]:
    """Objects as they are, scalars and lists as {"value": ...}; null is none."""
    return [value if isinstance(value, dict) else {"value": value} for value in values if value is not None]


def overlooked_lists(response: Response, data_path: Path | None) -> list[str]:
    """The lists inside a body that was taken as one item, for want of a data_path: likely the items."""
    if data_path is not None or not isinstance(response.body, dict):
        return []
    return [f"{path} ({count} items)" for path, count in lists_in(response.body) if count]


def _as_list(value: Json) -> list[Json]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
