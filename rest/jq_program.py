"""jq expressions as this project runs them: exact numbers, no environment, every output."""

import json
from dataclasses import dataclass, field
from typing import Any

import jq

from rest.bodies import Json

# The mapping can be edited in Port by people who must not see the secrets in this process's environment.
# halt would end a listing as if it had no items.
_PRELUDE = (
    "def env: {}; "
    'def halt: error("halt"); def halt_error: error("halt_error"); def halt_error(x): error("halt_error"); '
    "{} as $ENV | "
)


class JqError(ValueError):
    """jq's own words, on one line: the expression does not compile, or fails on this input."""


@dataclass(frozen=True, slots=True)
class JqProgram:
    """A compiled jq expression. Raises JqError: it does not compile."""

    text: str
    _compiled: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # On its own first, so that brackets which close ours are an error; then with tojson, since
        # jq's text of a number keeps the digits that its conversion to Python loses above 2^53.
        _compile(self.text)
        object.__setattr__(self, "_compiled", _compile(f"({self.text}\n\n) | tojson"))

    def outputs(self, value: Json) -> list[Json]:
        """Every output for one input. Raises JqError: the expression fails on this input."""
        try:
            texts: list[str] = self._compiled.input_text(json.dumps(value)).all()
            return [json.loads(text) for text in texts]
        except ValueError as error:
            raise JqError(_one_line(error)) from error
        except RecursionError as error:
            raise JqError("its output is nested too deeply") from error


def _compile(text: str) -> Any:  # noqa: ANN401 - jq ships no types
    try:
        return jq.compile(_PRELUDE + text)
    except ValueError as error:
        raise JqError(_one_line(error)) from error


def _one_line(error: ValueError) -> str:
    first = str(error).splitlines()[0] if str(error) else "it fails"
    return first.removeprefix("jq: error: ").partition(" at <top-level>")[0]
