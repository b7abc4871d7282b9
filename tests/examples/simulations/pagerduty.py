"""PagerDuty's incidents, which its contract does not have."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, moment

_PAGERDUTY = Vendor(
    "pagerduty",
    {"authorization": "Token token=y_NbAkKc66ryYTWUXYEu"},
    lambda message: {"error": {"message": message, "code": 2001}},
)
_FURTHEST = 10_000


def _incident(number: int) -> Item:
    return {
        "id": f"PINC{number:04}",
        "incident_number": number,
        "title": f"Incident {number}",
        "status": "triggered" if number % 3 else "acknowledged",
        "urgency": "high" if number % 2 else "low",
        "html_url": f"https://acme.pagerduty.com/incidents/PINC{number:04}",
        "created_at": moment(number),
        "service": {"id": f"PSVC{number % 120 + 1:04}", "type": "service_reference"},
        "assignments": [{"assignee": {"id": f"PUSR{number % 100 + 1:04}", "type": "user_reference"}}],
        "priority": {"summary": "P2"} if number % 2 else None,
    }


_INCIDENTS = [_incident(number) for number in range(1, 131)]


def _incidents(request: ApiRequest) -> JSONResponse:
    """Return the incidents of the last month, or all if the request asks for them."""
    limit, offset = request.integer("limit", 25, 100), request.integer("offset", 0)
    if offset + limit > _FURTHEST:
        raise RefusalError("Offset must be less than 10000")
    statuses = request.params.getlist("statuses[]")
    found = [incident for incident in _INCIDENTS if incident["status"] in statuses]
    found = found if request.params.get("date_range") == "all" else found[:1]
    more = offset + limit < len(found)
    window = {"limit": limit, "offset": offset, "more": more, "total": None}
    return JSONResponse({"incidents": found[offset : offset + limit], **window})


ROUTES: list[Route] = [
    _PAGERDUTY.listing("/incidents", _incidents, {"limit", "offset", "statuses[]", "date_range"})
]
