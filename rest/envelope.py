"""The envelope of a response: every value outside the items, with the keys that lead to it."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rest.bodies import Json
from rest.steps import Iterate, Step, quoted_key

# Pagination fields are near the top of a body. Beyond these limits there is only data.
_MAX_DEPTH = 8
_MAX_FIELDS = 5000
_MAX_ELEMENTS = 200


@dataclass(frozen=True, slots=True)
class EnvelopeField:
    """A value of the envelope. keys: the path from the body to it. The last key is its name."""

    keys: tuple[str | int, ...]
    value: Json

    @property
    def name(self) -> str:
        """The last key."""
        return str(self.keys[-1])

    @property
    def where(self) -> str:
        """The path in dot notation: `paging.next.after`."""
        return ".".join(str(key) for key in self.keys)

    @property
    def path(self) -> str:
        """The path in jq: `.paging.next.after`."""
        steps = "".join(f"[{key}]" if isinstance(key, int) else quoted_key(key) for key in self.keys)
        return steps if steps.startswith(".") else f".{steps}"


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the body that is still to be searched.

    steps: the remaining path to the items. None: the items are not inside this part.
    in_element: the path to this part contains `[]`.
    """

    keys: tuple[str | int, ...]
    value: Json
    steps: tuple[Step, ...] | None
    in_element: bool = False


def envelope_of(body: Json, steps: tuple[Step, ...] | None) -> tuple[EnvelopeField, ...]:
    """Return the fields outside the items, outermost first. Lists are fields, but their elements are not.

    steps: the path to the items. None: the path is unknown, and every list may be the items.
    """
    found: list[EnvelopeField] = []
    waiting = deque([_Part((), body, steps)])
    while waiting and len(found) < _MAX_FIELDS:
        part = waiting.popleft()
        if len(part.keys) >= _MAX_DEPTH or part.steps == ():
            continue
        # The top level has no limit, because a pagination field may be its last key.
        limit = _MAX_FIELDS - len(found) if part.keys else None
        for inner in islice(_children(part), limit):
            if _is_item(inner):
                continue
            if not isinstance(inner.keys[-1], int):
                found.append(EnvelopeField(inner.keys, inner.value))
            waiting.append(inner)
    return tuple(found)


def _is_item(part: _Part) -> bool:
    """Return True at the end of the path to the items, and for an element that contains a single item."""
    if part.steps == ():
        return True
    return part.in_element and part.steps is not None and not _leads_to_list(part.value, part.steps)


def _children(part: _Part) -> Iterator[_Part]:
    """Yield the parts that are one key or element deeper."""
    step = part.steps[0].at if part.steps else None
    rest = part.steps[1:] if part.steps else None
    in_element = part.in_element or isinstance(step, Iterate)
    members: Iterable[tuple[str | int, Json]] = ()
    if isinstance(part.value, dict):
        members = part.value.items()
    elif isinstance(part.value, list) and step is not None:
        members = enumerate(part.value[:_MAX_ELEMENTS])
    for key, value in members:
        is_on_path = step in (key, Iterate.EACH)
        yield _Part((*part.keys, key), value, rest if is_on_path else None, is_on_path and in_element)


def _leads_to_list(value: Json, steps: Sequence[Step]) -> bool:
    """Return True if the rest of the path leads to a list of items.

    If it leads to a single item, the values next to it belong to that item and not to the envelope.
    """
    for step in steps:
        if isinstance(step.at, Iterate):
            return True
        if isinstance(step.at, str):
            value = value.get(step.at) if isinstance(value, dict) else None
        elif isinstance(value, list) and -len(value) <= step.at < len(value):
            value = value[step.at]
        else:
            return False
    return isinstance(value, list)
