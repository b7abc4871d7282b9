"""Datadog's API: two keys in headers, and a different pagination for each endpoint."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, Vendor, moment

_DATADOG = Vendor(
    "datadog",
    {"dd-api-key": "dd-example-api-key", "dd-application-key": "dd-example-application-key"},
    lambda message: {"errors": [message]},
)


def _service(number: int) -> Item:
    schema = {
        "schema-version": "v2.2",
        "dd-service": f"service-{number}",
        "team": f"team-{number % 7}",
        "description": f"Service number {number}",
        "tier": "High" if number % 4 == 0 else "Low",
        "lifecycle": "production",
        "type": "web",
        "languages": ["python"],
        "links": [{"name": "Runbook", "type": "runbook", "url": f"https://wiki.example.com/{number}"}],
    }
    meta = {"ingestion-source": "api", "last-modified-time": moment(number)}
    return {"type": "service-definition", "id": str(number), "attributes": {"schema": schema, "meta": meta}}


def _monitor(number: int) -> Item:
    return {
        "id": 9007199254740992 + number,  # too large for a double
        "name": f"Monitor {number}",
        "type": "query alert",
        "overall_state": ["OK", "Alert", "Warn", "No Data"][number % 4],
        "query": f"avg(last_5m):avg:system.cpu.user{{service:service-{number % 95 + 1}}} > 90",
        "priority": None if number % 2 else 2,
        "tags": [f"service:service-{number % 95 + 1}", "env:prod"] if number % 3 else [],
        "creator": {"email": f"user{number}@example.com"},
        "created": moment(number),
        "modified": moment(number + 24),
    }


def _objective(number: int) -> Item:
    return {
        "id": f"{number:032x}",
        "name": f"Objective {number}",
        "type": "monitor",
        "description": None,
        "tags": ["team:platform"],
        "thresholds": [{"timeframe": "30d", "target": 99.9}, {"timeframe": "7d", "target": 99.5}],
        "monitor_ids": [9007199254740992 + number, 9007199254740992 + number + 1],
        "created_at": 1704067200 + number,
        "modified_at": 1704067200 + number * 60,
    }


_SERVICES = [_service(number) for number in range(1, 96)]
_MONITORS = [_monitor(number) for number in range(1, 231)]
_OBJECTIVES = [_objective(number) for number in range(1, 111)]


def _numbered(request: ApiRequest, items: list[Item], names: tuple[str, str], largest: int) -> list[Item]:
    page, size = request.integer(names[0], 0), request.integer(names[1], 10, largest)
    return items[page * size : (page + 1) * size]


def _services(request: ApiRequest) -> JSONResponse:
    return JSONResponse({"data": _numbered(request, _SERVICES, ("page[number]", "page[size]"), 100)})


def _monitors(request: ApiRequest) -> JSONResponse:
    return JSONResponse(_numbered(request, _MONITORS, ("page", "page_size"), 1000))


def _objectives(request: ApiRequest) -> JSONResponse:
    offset, limit = request.integer("offset", 0), request.integer("limit", 1000, 1000)
    counted = {"page": {"total_count": len(_OBJECTIVES), "total_filtered_count": len(_OBJECTIVES)}}
    page = _OBJECTIVES[offset : offset + limit]
    return JSONResponse({"data": page, "errors": [], "metadata": counted})


ROUTES: list[Route] = [
    _DATADOG.listing(
        "/api/v2/services/definitions", _services, {"page[number]", "page[size]", "schema_version"}
    ),
    _DATADOG.listing("/api/v1/monitor", _monitors, {"page", "page_size"}),
    _DATADOG.listing("/api/v1/slo", _objectives, {"offset", "limit"}),
]
