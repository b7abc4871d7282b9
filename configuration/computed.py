"""Values that jq computes, written as {jq: expression}: `since: {jq: 'now - 30 * 86400 | todate'}`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from expressions.paths import Path, jq_path
from rest.bodies import Json
from rest.errors import JqError, Mistake, ResourceError

type Keys = tuple[str | int, ...]

_KEY = "jq"
_MAX_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ComputedInput:
    """The input of the expressions. It has no secrets.

    now: the start of the resync, in seconds since 1970. jq's own function `now` returns it, too.
    since: the time from which an incremental run reads changes, in seconds since 1970. None: everything is
    read.
    settings: the settings that are not secret, by their names in camel case.
    """

    now: int
    since: int | None = None
    settings: Mapping[str, Json] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        """The input as JSON."""
        return {"now": self.now, "since": self.since, "settings": dict(self.settings)}


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that an expression computes.

    name: the key for messages, like `selector.query_params.since`. keys: its position in the JSON around it.
    """

    name: str
    keys: Keys
    expression: Path

    def value(self, given: ComputedInput) -> Json:
        """Return the value. It waits for another process. Raises ResourceError: there is not exactly one."""
        try:
            outputs = self.expression.outputs(given.json)
        except JqError as error:
            mistake = Mistake(self.name, f"the expression fails: {error.what}")
            raise ResourceError.of(mistake, hint=self.hint) from error
        if len(outputs) != 1:
            mistake = Mistake(
                self.name, f"the expression returns {len(outputs)} values, but needs to return one"
            )
            raise ResourceError.of(mistake, hint=self.hint)
        return outputs[0]

    @property
    def hint(self) -> str:
        """What the user can change about an error of this value."""
        return f"Correct {self.expression}. Its input is {{now, since, settings}}"


def split_computed(value: Json, name: str, keys: Keys = ()) -> tuple[Json, tuple[Computed, ...]]:
    """Return the JSON with null in place of each {jq: expression}, and the computed values.

    name: the key for messages. Raises ResourceError: an expression does not compile or is not a text.
    """
    found: list[Computed] = []
    return _split(value, name, keys, found), tuple(found)


def without_computed(fields: object, where: str) -> tuple[object, tuple[Computed, ...]]:
    """Return the keys of an endpoint with null in place of computed values, and these values.

    Raises ResourceError: an expression does not compile or is not a text.
    """
    if not isinstance(fields, Mapping):
        return fields, ()
    plain = dict(fields)
    found: list[Computed] = []
    for name in ("query_params", "headers", "body"):
        if name in plain:
            plain[name], computed = split_computed(plain[name], f"{where}.{name}", (name,))
            found += computed
    return plain, tuple(found)


def with_values(value: Json, values: Iterable[tuple[Keys, Json]]) -> Json:
    """Return the JSON with a value at each of these positions, which exist."""
    for keys, computed in values:
        value = _replaced(value, keys, computed)
    return value


def _split(value: Json, name: str, keys: Keys, found: list[Computed]) -> Json:
    if isinstance(value, dict) and value.keys() == {_KEY}:
        found.append(Computed(name, keys, _expression(value[_KEY], name)))
        return None
    if isinstance(value, dict):
        return {key: _split(each, f"{name}.{key}", (*keys, key), found) for key, each in value.items()}
    if isinstance(value, list):
        return [_split(each, f"{name}.{i}", (*keys, i), found) for i, each in enumerate(value)]
    return value


def _expression(text: Json, name: str) -> Path:
    try:
        if isinstance(text, str):
            return _compiled(text)
        reason = ""
    except JqError as error:
        reason = f" ({error.what})"
    raise ResourceError.of(Mistake(name, f"got {text!r:.{_MAX_SHOWN}}, accepts a jq expression{reason}"))


def _compiled(text: str) -> Path:
    """Return the expression, in which the function `now` returns the start of the resync."""
    path = jq_path(text)
    if path.steps is not None:
        return path
    return replace(jq_path(f". as {{now: $__now}} | def now: $__now; ({text}\n\n)"), text=text)


def _replaced(value: Json, keys: Keys, computed: Json) -> Json:
    if not keys:
        return computed
    key, inner = keys[0], keys[1:]
    if isinstance(value, dict):
        return {
            name: _replaced(each, inner, computed) if name == key else each for name, each in value.items()
        }
    elements = value if isinstance(value, list) else []
    return [_replaced(each, inner, computed) if i == key else each for i, each in enumerate(elements)]
