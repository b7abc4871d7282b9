"""jq expressions as this project runs them: exact numbers, no environment, every output, and an end."""

import json
from dataclasses import dataclass, field

from expressions.process import JqLimits, Sink, Sized, jq_process
from rest.bodies import Json
from rest.errors import JqError
from rest.weight import LIGHT_BYTES, MOST_WEIGHT, weight_of

# The mapping can be edited in Port by people who must not see the secrets in this process's environment.
# halt would end a listing as if it had no items.
_PRELUDE = (
    "def env: {}; "
    'def halt: error("halt"); def halt_error: error("halt_error"); def halt_error(x): error("halt_error"); '
    "{} as $ENV | "
)


@dataclass(frozen=True, slots=True)
class JqProgram:
    """A jq expression, run in another process within limits. Raises JqError: it does not compile."""

    text: str
    limits: JqLimits = field(default=JqLimits(), repr=False, compare=False)

    def __post_init__(self) -> None:
        # By itself, so that brackets which close those of `outputs` are an error.
        _check(self.text, self.limits)

    def outputs(self, value: Json) -> list[Json]:
        """Every output for one input. Raises JqError: the expression fails on it, or takes too much."""
        try:
            texts = jq_process(self.limits).outputs(self._with_exact_numbers, json.dumps(value))
            if sum(map(len, texts)) > LIGHT_BYTES and sum(map(weight_of, texts)) > 2 * MOST_WEIGHT:
                raise JqError("its outputs take too much memory")
            return [json.loads(text) for text in texts]
        except ValueError as error:
            raise JqError(_one_line(error)) from error
        except RecursionError as error:
            raise JqError("its output is nested too deeply") from error

    def outputs_into(self, source: Sized, sink: Sink) -> None:
        """Every output for one input, a JSON text in UTF-8, as a line each. Raises JqError as `outputs`."""
        try:
            jq_process(self.limits).outputs_into(self._with_exact_numbers, source, sink)
        except ValueError as error:
            raise JqError(_one_line(error)) from error

    @property
    def _with_exact_numbers(self) -> str:
        # jq's text of a number keeps the digits that its conversion to Python loses above 2^53.
        return f"{_PRELUDE}({self.text}\n\n) | tojson"


def _check(text: str, limits: JqLimits) -> None:
    """Raises JqError: it does not compile."""
    try:
        # While it compiles, jq works out what is constant: `"a" * 1e9` makes a gigabyte of it.
        jq_process(limits).check(_PRELUDE + text)
    except ValueError as error:
        raise JqError(_one_line(error)) from error


def _one_line(error: ValueError) -> str:
    first = str(error).splitlines()[0] if str(error) else "it fails"
    return first.removeprefix("jq: error: ").partition(" at <top-level>")[0]
