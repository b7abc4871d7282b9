"""HubSpot's deals and their associations, which its contract does not have."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import Asked, Item, Vendor, moment

_HUBSPOT = Vendor(
    "hubspot",
    {"authorization": "Bearer pat-na1-00000000"},
    lambda words: {"status": "error", "message": words, "category": "VALIDATION_ERROR"},
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


def _deals(asked: Asked) -> JSONResponse:
    """Return deals with only the requested properties and associations."""
    limit, after = asked.whole_number("limit", 10, 100), asked.whole_number("after", 0)
    wanted = {name: asked.params.get(name, "").split(",") for name in ("properties", "associations")}
    rest = [deal for deal in _DEALS if int(deal["id"]) > after]
    shown = [
        {**deal, **{part: _only(deal[part], names) for part, names in wanted.items()}}
        for deal in rest[:limit]
    ]
    paging = {"paging": {"next": {"after": shown[-1]["id"]}}} if len(rest) > limit else {}
    return JSONResponse({"results": shown, **paging})


def _only(values: Item, names: list[str]) -> Item:
    return {name: value for name, value in values.items() if name in names}


ROUTES: list[Route] = [
    _HUBSPOT.listing("/crm/v3/objects/deals", _deals, {"limit", "after", "properties", "associations"})
]
