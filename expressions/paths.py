"""Paths to values in a JSON body: dot notation, plain jq paths, or any jq expression."""

from dataclasses import dataclass
from enum import Enum

from expressions.plain_paths import dotted_names, has_index_out_of_range, plain_steps, walk_steps
from expressions.program import JqProgram
from rest.bodies import Json
from rest.errors import JqError
from rest.steps import Iterate, Step


class Absent(Enum):
    """The result of a lookup whose key does not exist, as opposed to a key whose value is null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Path:
    """A jq expression over a body. Plain paths (`.data.items`, `."a b"[0]`, `.x[]?`) do not need jq.

    steps: the steps of a plain path, None if only jq can evaluate the expression.
    names: the parts of dot notation (`meta.next`). A key that contains the dot takes precedence.
    """

    text: str
    steps: tuple[Step, ...] | None
    names: tuple[str, ...] = ()
    program: JqProgram | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def is_optional(self) -> bool:
        """True if the path allows its value to be missing: `.items?`."""
        return bool(self.steps) and any(step.optional for step in self.steps or ())

    @property
    def iterates(self) -> bool:
        """True for a path with `[]`. Its outputs are elements."""
        return any(isinstance(step.at, Iterate) for step in self.leading_steps or ())

    @property
    def leading_steps(self) -> tuple[Step, ...] | None:
        """The plain path at the start of the expression, None if it does not start with one."""
        if self.steps is not None:
            return self.steps
        return plain_steps(self.text.partition("|")[0].strip())

    def leading_list_length(self, body: Json) -> int | None:
        """Return the length of the list that the expression reads before it filters or transforms it.

        None: the expression does not start with a list, or only jq can find it.
        """
        steps = self.leading_steps or ()
        each = next((number for number, step in enumerate(steps) if isinstance(step.at, Iterate)), len(steps))
        if self.program is None and each == len(steps):
            return None
        try:
            found = list(walk_steps([body], steps[:each], strict=False))
        except JqError:
            return None
        return len(found[0]) if found and isinstance(found[0], list) else None

    def is_missing(self, body: Json) -> bool:
        """Return True if a plain path leads to a key or an element that does not exist, or through null."""
        if self.steps is None or self.is_optional:
            return False
        if has_index_out_of_range(body, self.steps):
            return True
        try:
            list(walk_steps([body], self.steps, strict=True))
        except KeyError:
            return True
        except JqError:
            return False
        return False

    def find(self, body: Json) -> Json | Absent:
        """Return the first value at the path. ABSENT: the key does not exist, or the types do not fit.

        Raises JqError: a jq expression that is not a plain path fails on this body.
        """
        if self.names:
            return _find_dotted(body, self.names)
        if self.steps is None:
            return next(iter(self.outputs(body)), ABSENT)
        try:
            return next(iter(walk_steps([body], self.steps, strict=True)), ABSENT)
        except (KeyError, JqError):
            return ABSENT

    def outputs(self, body: Json) -> list[Json]:
        """Return all outputs of the expression. Raises JqError: the expression fails, as it would in jq."""
        if self.steps is not None:
            return list(walk_steps([body], self.steps, strict=False))
        if self.program is None:
            raise JqError(f"{self.text} is not a jq expression")
        return self.program.outputs(body)


def jq_path(text: str) -> Path:
    """Return the path of a mapping, which is jq. Raises JqError: it does not compile."""
    steps = plain_steps(text.strip(" \t\r\n"))
    return Path(text, steps, program=None if steps is not None else JqProgram(text))


def setting_path(text: str) -> Path:
    """Return the path of a setting: `meta.next`, `"@odata.nextLink"`, or jq that begins with a dot.

    Raises JqError: the text is neither.
    """
    stripped = text.strip()
    if stripped.startswith("."):
        return jq_path(stripped)
    return Path(stripped, None, dotted_names(stripped))


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
