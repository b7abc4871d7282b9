"""The operators of search rules. Each builds a test of an entity's value from the rule's value."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sandbox.port_api.errors import invalid
from sandbox.port_api.json_codec import Json
from sandbox.port_api.timestamps import from_iso

type Test = Callable[[Json], bool]

EMPTY_OPERATORS = frozenset(("isEmpty", "isNotEmpty"))
"""Operators without a value."""
_DAYS_BACK = {
    "lastDay": 1,
    "lastWeek": 7,
    "last2Weeks": 14,
    "lastMonth": 30,
    "last3Months": 90,
    "last6Months": 182,
    "last12Months": 365,
}
_DAYS_AWAY = {"yesterday": -1, "today": 0, "tomorrow": 1}


def _equals(operand: Json) -> Test:
    if isinstance(operand, dict):
        return _between(operand)
    _check_operand(operand)
    return lambda value: _same(value, operand)


def _differs(operand: Json) -> Test:
    _check_operand(operand)
    return lambda value: not _same(value, operand)


def _check_operand(operand: Json) -> None:
    """Raise PortError (422) unless the value is a string, number, boolean, null or an array of one type."""
    kinds = {type(item) for item in operand} if isinstance(operand, list) else set[type]()
    numbers_only = kinds <= {int, float}
    if isinstance(operand, dict) or kinds & {dict, list, type(None)} or (len(kinds) > 1 and not numbers_only):
        raise invalid("a rule's value is a text, a number, a boolean, null, or an array of one of these")


def _same(one: Json, other: Json) -> bool:
    """Compare as JSON: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _one_of(operand: Json) -> Test:
    _check_operand(operand)
    values = operand if isinstance(operand, list) else [operand]
    texts = {item for item in values if isinstance(item, str)}
    return lambda value: (
        value in texts if isinstance(value, str) else any(_same(value, item) for item in values)
    )


def _contains(operand: Json) -> Test:
    """Build a test for a substring of a string or an item of an array."""
    _check_operand(operand)

    def test(value: Json) -> bool:
        if isinstance(value, str):
            return isinstance(operand, str) and operand in value
        return isinstance(value, list) and any(_same(item, operand) for item in value)

    return test


def _contains_any(operand: Json) -> Test:
    _check_operand(operand)
    tests = [_contains(item) for item in (operand if isinstance(operand, list) else [operand])]
    return lambda value: any(test(value) for test in tests)


def _begins(operand: Json) -> Test:
    _check_operand(operand)
    return lambda value: isinstance(operand, str) and isinstance(value, str) and value.startswith(operand)


def _ends(operand: Json) -> Test:
    _check_operand(operand)
    return lambda value: isinstance(operand, str) and isinstance(value, str) and value.endswith(operand)


def is_expired(value: Json) -> bool:
    """Return whether a timer has expired. A value that is not a date-time has not."""
    moment = _measure(value) if isinstance(value, str) else None
    return moment is not None and moment < _micro(datetime.now(UTC))


def _is_empty(_wanted: Json) -> Test:
    return lambda value: value is None or value == "" or value == [] or value == {}


def _ordered(holds: Callable[[float, float], bool]) -> Callable[[Json], Test]:
    def build(operand: Json) -> Test:
        limit = _measure(operand)
        if limit is None:
            raise invalid("the operators >, >=, < and <= take a number or a date-time")
        as_date = isinstance(operand, str)

        def test(value: Json) -> bool:
            size = _measure(value) if isinstance(value, str) == as_date else None
            return size is not None and holds(size, limit)

        return test

    return build


def _measure(value: Json) -> float | None:
    """Return a number as it is, a date-time in microseconds, and None for any other value."""
    if isinstance(value, str):
        try:
            return from_iso(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _between(operand: Json) -> Test:
    if not isinstance(operand, dict):
        raise invalid("the operators between and notBetween take {from, to} or {preset}")
    first, last = _range(operand)

    def test(value: Json) -> bool:
        moment = _measure(value) if isinstance(value, str) else None
        return moment is not None and first <= moment <= last

    return test


def _range(operand: dict[str, Json]) -> tuple[float, float]:
    """Return inclusive bounds in microseconds of `{"from": ISO, "to": ISO}` or `{"preset": "lastWeek"}`."""
    preset = operand.get("preset")
    if isinstance(preset, str):
        now = datetime.now(UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if preset in _DAYS_BACK:
            return _micro(now - timedelta(days=_DAYS_BACK[preset])), _micro(now)
        if preset in _DAYS_AWAY:
            day = midnight + timedelta(days=_DAYS_AWAY[preset])
            return _micro(day), _micro(day + timedelta(days=1)) - 1
    ends = [_measure(end) for end in (operand.get("from"), operand.get("to")) if isinstance(end, str)]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        raise invalid("a date range is {from, to} with date-times, or {preset} with a known name")
    return ends[0], ends[1]


def _micro(moment: datetime) -> float:
    return from_iso(moment.isoformat())


def _not(build: Callable[[Json], Test]) -> Callable[[Json], Test]:
    def build_opposite(operand: Json) -> Test:
        test = build(operand)
        return lambda value: not test(value)

    return build_opposite


OPERATORS: Mapping[str, Callable[[Json], Test]] = MappingProxyType(
    {
        "=": _equals,
        "!=": _differs,
        "in": _one_of,
        "notIn": _not(_one_of),
        "contains": _contains,
        "doesNotContains": _not(_contains),
        "containsAny": _contains_any,
        "beginsWith": _begins,
        "doesNotBeginsWith": _not(_begins),
        "endsWith": _ends,
        "doesNotEndsWith": _not(_ends),
        "isEmpty": _is_empty,
        "isNotEmpty": _not(_is_empty),
        ">": _ordered(lambda size, limit: size > limit),
        ">=": _ordered(lambda size, limit: size >= limit),
        "<": _ordered(lambda size, limit: size < limit),
        "<=": _ordered(lambda size, limit: size <= limit),
        "between": _between,
        "notBetween": _not(_between),
    }
)
"""Port's names of the operators."""
