"""jq expressions with exact numbers, without access to the environment, and with limits."""

import json
from dataclasses import dataclass, field

from expressions.process import JqLimits, Sink, SizedInput, jq_process
from rest.bodies import Json
from rest.errors import JqError
from rest.weight import LIGHT_BYTES, MOST_WEIGHT, weight_of

# People who can edit the mapping in Port must not read secrets from the environment of this process.
# halt would end a listing as if it had no items.
_PRELUDE = (
    "def env: {}; "
    'def halt: error("halt"); def halt_error: error("halt_error"); def halt_error(x): error("halt_error"); '
    "{} as $ENV | "
)


@dataclass(frozen=True, slots=True)
class JqProgram:
    """A jq expression that runs in another process, within limits. Raises JqError: it does not compile."""

    text: str
    limits: JqLimits = field(default=JqLimits(), repr=False, compare=False)

    def __post_init__(self) -> None:
        # Without the parentheses of _with_exact_numbers, so that the text cannot close them.
        _check(self.text, self.limits)

    def outputs(self, value: Json) -> list[Json]:
        """Return every output for one input. Raises JqError: the expression fails or exceeds a limit."""
        try:
            texts = jq_process(self.limits).outputs(self._with_exact_numbers, json.dumps(value))
            if sum(map(len, texts)) > LIGHT_BYTES and sum(map(weight_of, texts)) > 2 * MOST_WEIGHT:
                raise JqError("the outputs take too much memory")
            return [json.loads(text) for text in texts]
        except ValueError as error:
            raise JqError(_one_line(error)) from error
        except RecursionError as error:
            raise JqError("an output is nested too deeply") from error

    def outputs_into(self, source: SizedInput, sink: Sink) -> None:
        """Write every output for one input to the sink, one line of JSON each.

        source: a JSON text in UTF-8.
        Raises JqError: the expression fails or exceeds a limit.
        """
        try:
            jq_process(self.limits).outputs_into(self._with_exact_numbers, source, sink)
        except ValueError as error:
            raise JqError(_one_line(error)) from error

    @property
    def _with_exact_numbers(self) -> str:
        # jq's text of a number keeps the digits above 2^53. Its conversion to Python loses them.
        return f"{_PRELUDE}({self.text}\n\n) | tojson"


def _check(text: str, limits: JqLimits) -> None:
    """Raise JqError if the expression does not compile."""
    try:
        # Compiled in the child process too: jq folds constants, and `"a" * 1e9` needs a gigabyte.
        jq_process(limits).check(_PRELUDE + text)
    except ValueError as error:
        raise JqError(_one_line(error)) from error


def _one_line(error: ValueError) -> str:
    first = str(error).splitlines()[0] if str(error) else "it fails"
    return first.removeprefix("jq: error: ").partition(" at <top-level>")[0]
