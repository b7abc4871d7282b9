"""Stripe's subscriptions, which its contract does not have."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor

_STRIPE = Vendor(
    "stripe",
    {"authorization": "Bearer sk_test_4eC39HqLyjWDarjtT1zdp7dc"},
    lambda message: {"error": {"type": "invalid_request_error", "message": message}},
)


def _subscription(number: int) -> Item:
    price = {"id": f"price_{number:05}", "product": f"prod_{number % 100 + 1:05}", "unit_amount": 2000}
    period = {"current_period_start": 1704067200, "current_period_end": 1706745600}
    return {
        "id": f"sub_{number:05}",
        "object": "subscription",
        "status": "active" if number % 6 else "past_due",
        "customer": f"cus_{number:05}",
        "currency": "eur",
        "created": 1704067200 + number,
        "cancel_at_period_end": number % 10 == 0,
        "items": {"object": "list", "data": [{"id": f"si_{number:05}", "price": price, **period}]},
    }


_SUBSCRIPTIONS = [_subscription(number) for number in range(1, 216)]


def _subscriptions(request: ApiRequest) -> JSONResponse:
    """Return a page. The next cursor is the last item's id; the page only has `has_more`."""
    limit, after = request.integer("limit", 10, 100), request.params.get("starting_after")
    known = [item["id"] for item in _SUBSCRIPTIONS]
    if after is not None and after not in known:
        raise RefusalError(f"No such subscription: '{after}'")
    start = known.index(after) + 1 if after else 0
    page = _SUBSCRIPTIONS[start : start + limit]
    return JSONResponse({"object": "list", "has_more": start + limit < len(_SUBSCRIPTIONS), "data": page})


ROUTES: list[Route] = [
    _STRIPE.listing("/v1/subscriptions", _subscriptions, {"limit", "starting_after", "status"})
]
