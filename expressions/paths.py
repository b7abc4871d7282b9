"""Where something stands in a JSON body: dot notation, plain jq paths, or any jq expression."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from expressions.program import JqProgram
from rest.bodies import Json
from rest.errors import JqError
from rest.steps import Iterate, Step, quoted_key


class Absent(Enum):
    """The answer to a look-up that found no such key, as opposed to a key whose value is null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


_STEP = re.compile(
    r"""(?: \.?\[ (?P<index>-?\d+) \] | \.?\[ (?P<each>) \]
          | \.?\[ (?P<bracket>"(?:[^"\\]|\\.)*") \]
          | \. (?P<quoted>"(?:[^"\\]|\\.)*") | \. (?P<name>[A-Za-z_]\w*) ) (?P<optional>\??)""",
    re.VERBOSE | re.ASCII,
)
_DOTTED_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."\[\]()|<>=\s]+)')


@dataclass(frozen=True, slots=True)
class Path:
    """A jq expression over a body; plain paths (`.data.items`, `."a b"[0]`, `.x[]?`) need no jq.

    steps: the plain path, None when only jq can say.
    names: the parts of dot notation (`meta.next`), where a key with a literal dot wins.
    """

    text: str
    steps: tuple[Step, ...] | None
    names: tuple[str, ...] = ()
    program: JqProgram | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def is_optional(self) -> bool:
        """True when the path says itself that it may be missing: `.items?`."""
        return bool(self.steps) and any(step.optional for step in self.steps or ())

    @property
    def iterates(self) -> bool:
        """True for a path with `[]`: its outputs are elements, however many."""
        return any(isinstance(step.at, Iterate) for step in self.first_steps or ())

    def length_read(self, body: Json) -> int | None:
        """The length of the list that the path reads first, before it takes or makes anything of it.

        None: there is no such list, or only jq knows it.
        """
        steps = self.first_steps or ()
        each = next((number for number, step in enumerate(steps) if isinstance(step.at, Iterate)), len(steps))
        if self.program is None and each == len(steps):
            return None
        try:
            found = list(_walk([body], steps[:each], strict=False))
        except JqError:
            return None
        return len(found[0]) if found and isinstance(found[0], list) else None

    @property
    def first_steps(self) -> tuple[Step, ...] | None:
        """The plain path with which the expression begins; None: only jq can say."""
        if self.steps is not None:
            return self.steps
        return _plain_steps(self.text.partition("|")[0].strip())

    def is_missing(self, body: Json) -> bool:
        """True when a plain path leads to a key or an element that is not there, or through null."""
        if self.steps is None or self.is_optional:
            return False
        if _leads_past_a_list(body, self.steps):
            return True
        try:
            list(_walk([body], self.steps, strict=True))
        except KeyError:
            return True
        except JqError:
            return False
        return False

    def find(self, body: Json) -> Json | Absent:
        """The one value at the path; ABSENT: no such key, or nothing that could have one.

        Raises JqError: a jq expression that is no plain path fails on this body.
        """
        if self.names:
            return _find_dotted(body, self.names)
        if self.steps is None:
            return next(iter(self.outputs(body)), ABSENT)
        try:
            return next(iter(_walk([body], self.steps, strict=True)), ABSENT)
        except (KeyError, JqError):
            return ABSENT

    def outputs(self, body: Json) -> list[Json]:
        """All that jq would give. Raises JqError: as jq would fail."""
        if self.steps is not None:
            return list(_walk([body], self.steps, strict=False))
        if self.program is None:
            raise JqError(f"{self.text} is no jq expression")
        return self.program.outputs(body)


def jq_path(text: str) -> Path:
    """A path as the mapping writes it: jq. Raises JqError: it does not compile."""
    steps = _plain_steps(text.strip(" \t\r\n"))
    return Path(text, steps, program=None if steps is not None else JqProgram(text))


def setting_path(text: str) -> Path:
    """A path as the settings write it: `meta.next`, `"@odata.nextLink"`, or jq beginning with a dot.

    Raises JqError: it is neither.
    """
    stripped = text.strip()
    if stripped.startswith("."):
        return jq_path(stripped)
    names = tuple(
        json.loads(f'"{quoted}"') if quoted else name for quoted, name in _DOTTED_NAME.findall(stripped)
    )
    between = _DOTTED_NAME.split(stripped)[::3]
    if not names or between != ["", *["."] * (len(names) - 1), ""]:
        raise JqError(f"{text!r} is no path")
    return Path(stripped, None, names)


def lists_in(body: Json, *, depth: int = 5) -> Iterator[tuple[str, int]]:
    """The lists of a body, each with the jq path to it and its length, outermost first."""
    level: list[tuple[str, Json]] = [("", body)]
    for _ in range(depth):
        deeper: list[tuple[str, Json]] = []
        for path, value in level:
            if isinstance(value, list):
                yield path or ".", len(value)
            elif isinstance(value, dict):
                deeper += [(path + quoted_key(key), child) for key, child in value.items()]
        level = deeper


def paths_shown(body: Json) -> str:
    """What a body offers, for a message: its lists, else its keys."""
    lists = [f"{path} ({count} items)" for path, count in islice(lists_in(body), 5)]
    if lists:
        return ", ".join(lists)
    if isinstance(body, dict):
        return ", ".join(quoted_key(key) for key in islice(body, 10)) or "an empty object"
    return f"a {type_name(body)}"


def type_name(value: Json) -> str:
    """JSON's name of a value's type."""
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "list", str: "string", int: "number", float: "number"}
    return names.get(type(value), "null")


def _plain_steps(text: str) -> tuple[Step, ...] | None:
    if text == ".":
        return ()
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        # `a[0]` without a dot and `.[` after a step's end are left to jq to judge.
        if not match or (position == 0 and not text.startswith(".")):
            return None
        at = _step_at(match)
        if at is None:
            return None
        steps.append(Step(at, optional=bool(match["optional"])))
        position = match.end()
    return tuple(steps) or None


def _step_at(match: re.Match[str]) -> str | int | Iterate | None:
    if match["index"]:
        return int(match["index"])
    if match["each"] is not None:
        return Iterate.EACH
    quoted = match["bracket"] or match["quoted"]
    if quoted is None:
        return match["name"]
    try:
        key: str = json.loads(quoted)
    except ValueError:  # what JSON does not know, like jq's interpolation, is left to jq
        return None
    return key


def _find_dotted(body: Json, names: tuple[str, ...]) -> Json | Absent:
    if not names:
        return body
    if not isinstance(body, dict):
        return ABSENT
    for count in range(len(names), 0, -1):
        key = ".".join(names[:count])
        if key in body:
            return _find_dotted(body[key], names[count:])
    return ABSENT


def _walk(values: list[Json], steps: tuple[Step, ...], *, strict: bool) -> Iterator[Json]:
    """jq's meaning of a plain path. strict: a missing key raises KeyError, where jq says null."""
    if not steps:
        yield from values
        return
    for value in values:
        try:
            found = _taken(value, steps[0].at, strict=strict)
        except JqError:
            if not steps[0].optional:
                raise
            continue
        yield from _walk(found, steps[1:], strict=strict)


def _leads_past_a_list(value: Json, steps: tuple[Step, ...]) -> bool:
    """True for an index that the list does not have, on a way of keys and indexes."""
    for step in steps:
        if isinstance(step.at, int) and isinstance(value, list):
            if not -len(value) <= step.at < len(value):
                return True
            value = value[step.at]
        elif isinstance(step.at, str) and isinstance(value, dict):
            value = value.get(step.at)
        else:
            return False
    return False


def _taken(value: Json, at: str | int | Iterate, *, strict: bool) -> list[Json]:
    if isinstance(at, Iterate):
        return _elements(value)
    if isinstance(at, str):
        if isinstance(value, dict):
            return [value[at] if strict else value.get(at)]
        if value is None and not strict:
            return [None]
        if value is None:
            raise KeyError(at)
        raise JqError(f"cannot take {quoted_key(at)} of a {type_name(value)}")
    if isinstance(value, list):
        return [value[at] if -len(value) <= at < len(value) else None]
    if value is None:
        return [None]
    raise JqError(f"cannot take element {at} of a {type_name(value)}")


def _elements(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    raise JqError(f"cannot take the elements of a {type_name(value)}")
