"""Whether a validator is untrue: the API sends other items with a validator that it sent before."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from extraction.item_keys import ID_FIELDS
from extraction.large_bodies import LargeItems
from rest.bodies import Json
from rest.errors import SyncError
from rest.response import Response

# The names under which items differ as a whole.
_COUNT, _IDENTITIES = "the number of items", "the IDs of the items"
_MEMBERSHIP = frozenset({_COUNT, _IDENTITIES})
# Further fields of objects with any keys are taken as one.
_MOST_FIELDS = 2000
_OTHER_FIELDS = "other fields"
_MOST_SHOWN = 3
# The query of a signed URL is new every few minutes, whatever the validator says.
_SIGNED = re.compile(
    r"(https?://[^?]*)\?(?:.*&)?"
    r"(?:x-amz-\w+|x-goog-\w+|sig|signature|token|expires|se|hmac|policy|key-pair-id|oauth_\w+)=.*",
    re.IGNORECASE | re.DOTALL,
)

type ItemSums = Counter[str]


class UntrueValidatorError(SyncError):
    """The API sent different items with the same validator. Its 304 responses may have hidden changes.

    kept_name: the name of the kept response that shows it; "": one of another listing does.
    """

    kept_name = ""


async def summed(items: Sequence[Json], count: int) -> ItemSums:
    """Return one number for each field of the items. It differs if the field of any item does.

    The order of items, and of lists in them, does not matter.
    """
    if isinstance(items, LargeItems):  # they are on disk
        return await asyncio.to_thread(_summed, items, count)
    return _summed(items, count)


def changed_fields(before: ItemSums, now: ItemSums) -> frozenset[str]:
    """Return the names of the fields that differ."""
    return frozenset(name for name in before.keys() | now.keys() if before[name] != now[name])


def untrue_validator(
    changed: frozenset[str], volatile: frozenset[str], response: Response
) -> SyncError | None:
    """Return the error for items that changed under the same validator. None: nothing of substance did.

    changed: the fields in which the items differ from the kept ones. volatile: those in which they differ
    again when the page is read once more, such as the time of the response.
    """
    if not (substantial := changed - (volatile - _MEMBERSHIP)):
        return None
    names = sorted(substantial & _MEMBERSHIP or substantial)
    shown = ", ".join(names[:_MOST_SHOWN]) + (", …" if len(names) > _MOST_SHOWN else "")
    header = "ETag" if "etag" in response.headers else "Last-Modified"
    error = UntrueValidatorError(
        f"the API sent the same {header} as before, but other items (different: {shown}). Earlier responses "
        "with status 304 may have hidden changes",
        next_resync="The next resync reads everything from this API",
        hint="Set conditionalRequests: off",
    )
    error.kept_name = response.kept.name if response.kept else ""
    return error


def untrue_elsewhere() -> SyncError:
    """Return the error for a listing that was confirmed by an API whose validators are untrue."""
    return UntrueValidatorError(
        "the API confirmed pages with status 304, but for another page of it that was not true",
        next_resync="The next resync reads everything from this API",
        hint="Set conditionalRequests: off",
    )


def _summed(items: Iterable[Json], count: int) -> ItemSums:
    sums: ItemSums = Counter({_COUNT: count})
    for position, item in enumerate(items):
        name = _id_of(item)
        if name is not None:
            sums[_IDENTITIES] += hash(name)
        place = position if name is None else name
        for path, value in _leaves(item):
            known = path if path in sums or len(sums) < _MOST_FIELDS else _OTHER_FIELDS
            sums[known] += hash((place, path, value))
    return sums


def _id_of(item: Json) -> str | None:
    for name in ID_FIELDS:
        value = item.get(name) if isinstance(item, dict) else None
        if isinstance(value, str | int) and not isinstance(value, bool):
            return f"{name} {value}"
    return None


def _leaves(item: Json) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each value in an item. Paths have no indexes."""
    open_values: list[tuple[str, Json]] = [("", item)]
    while open_values:
        path, value = open_values.pop()
        if isinstance(value, dict) and value:
            open_values += [(f"{path}.{name}", child) for name, child in value.items()]
        elif isinstance(value, list) and value:
            open_values += [(f"{path}[]", child) for child in value]
        elif isinstance(value, str):
            yield path, _SIGNED.sub(r"\1", value)
        else:
            yield path, repr(value)
