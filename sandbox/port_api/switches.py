"""What can be switched while the sandbox runs, as its own API names it."""

from sandbox.port_api.jsontext import Document
from sandbox.port_api.port import Port
from sandbox.port_api.quota import PORT_LIMITS, Family, Limit, Limits
from sandbox.port_api.raw import Processing
from sandbox.port_api.shapes import Shape, one_of, record

_COUNT = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
_LIMIT = record({"requests": _COUNT}, {"burst": _COUNT})
_BY_FAMILY = record({}, {family.value: _LIMIT for family in Family})

SETTINGS = Shape(
    record(
        {},
        {
            "processing": one_of(*(mode.value for mode in Processing)),
            "touchUnchanged": {"type": "boolean"},
            "limits": {"anyOf": [{"type": "null"}, one_of("port"), _BY_FAMILY]},
            "ratePeriod": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
        },
    )
)
"""limits: null is none, "port" those that Port publishes; a family that is not named keeps Port's."""


def shown_settings(port: Port) -> Document:
    """All of them."""
    limits = port.quota.limits
    return {
        "processing": port.settings.processing.value,
        "touchUnchanged": port.settings.touch_unchanged,
        "limits": None
        if limits is None
        else {
            family.value: {"requests": limit.requests, "burst": limit.burst}
            for family, limit in limits.items()
        },
        "ratePeriod": port.quota.period_s,
    }


def switch(port: Port, changes: Document) -> None:
    """Changes what is named. Other limits, or another period, begin all windows anew."""
    port.switch(
        touch_unchanged=changes.get("touchUnchanged", port.settings.touch_unchanged),
        processing=Processing(changes.get("processing", port.settings.processing)),
    )
    if "limits" in changes or "ratePeriod" in changes:
        limits = _limits(changes["limits"]) if "limits" in changes else port.quota.limits
        port.quota.change(limits, changes.get("ratePeriod", port.quota.period_s))


def _limits(wanted: Document | str | None) -> Limits | None:
    if wanted is None:
        return None
    if isinstance(wanted, str):
        return PORT_LIMITS
    return {
        family: Limit(**wanted[family.value]) if family.value in wanted else limit
        for family, limit in PORT_LIMITS.items()
    }
