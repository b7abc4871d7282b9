"""HubSpot's deals and their associations, which its contract does not have."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, Vendor, moment

_HUBSPOT = Vendor(
    "hubspot",
    {"authorization": "Bearer pat-na1-00000000"},
    lambda message: {"status": "error", "message": message, "category": "VALIDATION_ERROR"},
)


def _deal(number: int) -> Item:
    company = str(9000 + number)
    return {
        "id": str(70000 + number),
        "properties": {
            "dealname": f"Deal {number}",
            "amount": "" if number % 7 == 0 else f"{number * 100}.50",
            "dealstage": "closedwon" if number % 3 == 0 else "presentationscheduled",
            "pipeline": "default",
            "closedate": None if number % 4 == 0 else moment(number),
        },
        "createdAt": moment(number),
        "updatedAt": moment(number + 24),
        "archived": False,
        "associations": {
            # HubSpot lists an association with a label twice: with and without the label.
            "companies": {
                "results": [
                    {"id": company, "type": "deal_to_company"},
                    {"id": company, "type": "deal_to_company_unlabeled"},
                ]
            },
            "contacts": {"results": [{"id": str(500 + number), "type": "deal_to_contact"}]},
        },
    }


_DEALS = [_deal(number) for number in range(1, 121)]


def _deals(request: ApiRequest) -> JSONResponse:
    """Return deals with only the requested properties and associations."""
    limit, after = request.integer("limit", 10, 100), request.integer("after", 0)
    requested = {name: request.params.get(name, "").split(",") for name in ("properties", "associations")}
    rest = [deal for deal in _DEALS if int(deal["id"]) > after]
    results = [
        {**deal, **{part: _only(deal[part], names) for part, names in requested.items()}}
        for deal in rest[:limit]
    ]
    paging = {"paging": {"next": {"after": results[-1]["id"]}}} if len(rest) > limit else {}
    return JSONResponse({"results": results, **paging})


def _only(values: Item, names: list[str]) -> Item:
    return {name: value for name, value in values.items() if name in names}


ROUTES: list[Route] = [
    _HUBSPOT.listing("/crm/v3/objects/deals", _deals, {"limit", "after", "properties", "associations"})
]
