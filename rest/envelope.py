"""What an answer says beside its items: every value outside of them, with the keys that lead to it."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rest.bodies import Json
from rest.steps import Iterate, Step, quoted_key

# What an API says of its pages stands near the top. More keys than these are data, not an envelope.
_DEEPEST = 8
_MOST_PLACES = 5000
_MOST_ELEMENTS = 200


@dataclass(frozen=True, slots=True)
class EnvelopeField:
    """A value of the envelope. keys: from the body to it; the last one is its name."""

    keys: tuple[str | int, ...]
    value: Json

    @property
    def name(self) -> str:
        """The key under which the value stands."""
        return str(self.keys[-1])

    @property
    def where(self) -> str:
        """The path as a person would write it: `paging.next.after`."""
        return ".".join(str(key) for key in self.keys)

    @property
    def path(self) -> str:
        """The path as jq: `.paging.next.after`."""
        steps = "".join(f"[{key}]" if isinstance(key, int) else quoted_key(key) for key in self.keys)
        return steps if steps.startswith(".") else f".{steps}"


@dataclass(frozen=True, slots=True)
class _Open:
    """A part of the body still to be looked into.

    steps: from here to the items; None: they are elsewhere. in_element: the way went through `[]` already.
    """

    keys: tuple[str | int, ...]
    value: Json
    steps: tuple[Step, ...] | None
    in_element: bool = False


def envelope_of(body: Json, steps: tuple[Step, ...] | None) -> tuple[EnvelopeField, ...]:
    """The places outside the items, the outermost first. Lists are places, but not looked into.

    steps: the way to the items. None: unknown, and every list is taken for items.
    """
    found: list[EnvelopeField] = []
    waiting = deque([_Open((), body, steps)])
    while waiting and len(found) < _MOST_PLACES:
        part = waiting.popleft()
        if len(part.keys) >= _DEEPEST or part.steps == ():
            continue
        # All of the outermost is seen, however wide it is: a word on pages may be its last key.
        most = _MOST_PLACES - len(found) if part.keys else None
        for inner in islice(_inside(part), most):
            if _is_item(inner):
                continue
            if not isinstance(inner.keys[-1], int):
                found.append(EnvelopeField(inner.keys, inner.value))
            waiting.append(inner)
    return tuple(found)


def _is_item(part: _Open) -> bool:
    """True for what the path to the items ends at, and for elements on its way that hold but one item."""
    if part.steps == ():
        return True
    return part.in_element and part.steps is not None and not _leads_to_list(part.value, part.steps)


def _inside(part: _Open) -> Iterator[_Open]:
    """What is one key or element deeper."""
    step = part.steps[0].at if part.steps else None
    rest = part.steps[1:] if part.steps else None
    in_element = part.in_element or isinstance(step, Iterate)
    named: Iterable[tuple[str | int, Json]] = ()
    if isinstance(part.value, dict):
        named = part.value.items()
    elif isinstance(part.value, list) and step is not None:
        named = enumerate(part.value[:_MOST_ELEMENTS])
    for key, value in named:
        is_way = step in (key, Iterate.EACH)
        yield _Open((*part.keys, key), value, rest if is_way else None, is_way and in_element)


def _leads_to_list(value: Json, steps: Sequence[Step]) -> bool:
    """Whether a list of items lies ahead: beside one item stands what belongs to that item."""
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
