"""Settings that can be changed while the sandbox runs: `/_sandbox/settings`."""

from sandbox.port_api.body_schema import BodySchema, one_of, record
from sandbox.port_api.json_codec import Document
from sandbox.port_api.port import Port
from sandbox.port_api.rate_limits import PORT_LIMITS, Family, Limit, Limits
from sandbox.port_api.raw_data import Processing

_COUNT = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
_LIMIT = record({"requests": _COUNT}, {"burst": _COUNT})
_BY_FAMILY = record({}, {family.value: _LIMIT for family in Family})

SETTINGS = BodySchema(
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
"""limits: null means no limits, "port" means Port's limits. Families that are not named get Port's limits."""


def settings_document(port: Port) -> Document:
    """Return all settings."""
    limits = port.rate_limiter.limits
    return {
        "processing": port.settings.processing.value,
        "touchUnchanged": port.settings.touch_unchanged,
        "limits": None
        if limits is None
        else {
            family.value: {"requests": limit.requests, "burst": limit.burst}
            for family, limit in limits.items()
        },
        "ratePeriod": port.rate_limiter.period_s,
    }


def apply_settings(port: Port, changes: Document) -> None:
    """Change the given settings. New limits or a new period start new windows."""
    port.configure(
        touch_unchanged=changes.get("touchUnchanged", port.settings.touch_unchanged),
        processing=Processing(changes.get("processing", port.settings.processing)),
    )
    if "limits" in changes or "ratePeriod" in changes:
        limits = _limits(changes["limits"]) if "limits" in changes else port.rate_limiter.limits
        port.rate_limiter.change(limits, changes.get("ratePeriod", port.rate_limiter.period_s))


def _limits(limits: Document | str | None) -> Limits | None:
    if limits is None:
        return None
    if isinstance(limits, str):
        return PORT_LIMITS
    return {
        family: Limit(**limits[family.value]) if family.value in limits else limit
        for family, limit in PORT_LIMITS.items()
    }
