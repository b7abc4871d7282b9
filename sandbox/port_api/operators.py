"""The operators of a search rule: value of the rule -> test of an entity's value."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sandbox.port_api.errors import invalid
from sandbox.port_api.jsontext import Json
from sandbox.port_api.times import from_iso

type Test = Callable[[Json], bool]

EMPTY_OPERATORS = frozenset(("isEmpty", "isNotEmpty"))
"""The operators that take no value."""
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


def _equals(wanted: Json) -> Test:
    if isinstance(wanted, dict):
        return _between(wanted)
    _check_operand(wanted)
    return lambda value: _same(value, wanted)


def _differs(wanted: Json) -> Test:
    _check_operand(wanted)
    return lambda value: not _same(value, wanted)


def _check_operand(wanted: Json) -> None:
    """Raises PortError (422): no text, number, boolean or null, and no array of one of these types."""
    kinds = {type(item) for item in wanted} if isinstance(wanted, list) else set[type]()
    numbers_only = kinds <= {int, float}
    if isinstance(wanted, dict) or kinds & {dict, list, type(None)} or (len(kinds) > 1 and not numbers_only):
        raise invalid("a rule's value is a text, a number, a boolean, null, or an array of one of these")


def _same(one: Json, other: Json) -> bool:
    """JSON's equality: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _one_of(wanted: Json) -> Test:
    _check_operand(wanted)
    values = wanted if isinstance(wanted, list) else [wanted]
    texts = {item for item in values if isinstance(item, str)}
    return lambda value: (
        value in texts if isinstance(value, str) else any(_same(value, item) for item in values)
    )


def _contains(wanted: Json) -> Test:
    """Part of a text, or an item of an array."""
    _check_operand(wanted)

    def test(value: Json) -> bool:
        if isinstance(value, str):
            return isinstance(wanted, str) and wanted in value
        return isinstance(value, list) and any(_same(item, wanted) for item in value)

    return test


def _contains_any(wanted: Json) -> Test:
    _check_operand(wanted)
    tests = [_contains(item) for item in (wanted if isinstance(wanted, list) else [wanted])]
    return lambda value: any(test(value) for test in tests)


def _begins(wanted: Json) -> Test:
    _check_operand(wanted)
    return lambda value: isinstance(wanted, str) and isinstance(value, str) and value.startswith(wanted)


def _ends(wanted: Json) -> Test:
    _check_operand(wanted)
    return lambda value: isinstance(wanted, str) and isinstance(value, str) and value.endswith(wanted)


def is_expired(value: Json) -> bool:
    """Whether a timer is over; what is no date-time is not."""
    moment = _measure(value) if isinstance(value, str) else None
    return moment is not None and moment < _micro(datetime.now(UTC))


def _is_empty(_wanted: Json) -> Test:
    return lambda value: value is None or value == "" or value == [] or value == {}


def _ordered(holds: Callable[[float, float], bool]) -> Callable[[Json], Test]:
    def build(wanted: Json) -> Test:
        limit = _measure(wanted)
        if limit is None:
            raise invalid("the operators >, >=, < and <= take a number or a date-time")
        as_date = isinstance(wanted, str)

        def test(value: Json) -> bool:
            size = _measure(value) if isinstance(value, str) == as_date else None
            return size is not None and holds(size, limit)

        return test

    return build


def _measure(value: Json) -> float | None:
    """A number as it is, a date-time in microseconds; None is neither."""
    if isinstance(value, str):
        try:
            return from_iso(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _between(wanted: Json) -> Test:
    if not isinstance(wanted, dict):
        raise invalid("the operators between and notBetween take {from, to} or {preset}")
    first, last = _range(wanted)

    def test(value: Json) -> bool:
        moment = _measure(value) if isinstance(value, str) else None
        return moment is not None and first <= moment <= last

    return test


def _range(wanted: dict[str, Json]) -> tuple[float, float]:
    """Microseconds of `{"from": ISO, "to": ISO}` or of `{"preset": "lastWeek"}`, ends included."""
    preset = wanted.get("preset")
    if isinstance(preset, str):
        now = datetime.now(UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if preset in _DAYS_BACK:
            return _micro(now - timedelta(days=_DAYS_BACK[preset])), _micro(now)
        if preset in _DAYS_AWAY:
            day = midnight + timedelta(days=_DAYS_AWAY[preset])
            return _micro(day), _micro(day + timedelta(days=1)) - 1
    ends = [_measure(end) for end in (wanted.get("from"), wanted.get("to")) if isinstance(end, str)]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        raise invalid("a date range is {from, to} with date-times, or {preset} with a known name")
    return ends[0], ends[1]


def _micro(moment: datetime) -> float:
    return from_iso(moment.isoformat())


def _not(build: Callable[[Json], Test]) -> Callable[[Json], Test]:
    def build_opposite(wanted: Json) -> Test:
        test = build(wanted)
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
"""Names as Port spells them."""
