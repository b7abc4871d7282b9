"""Slack's user groups with their members, which its contract does not have."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, Vendor

_SLACK = Vendor(
    "slack",
    {"authorization": "Bearer xoxb-1234-5678-abcdefgh"},
    lambda message: {"ok": False, "error": message},
)


def _group(number: int) -> Item:
    return {
        "id": f"S{number:08}",
        "handle": f"team-{number}",
        "name": f"Team {number}",
        "description": f"Team number {number}",
        "date_create": 1704067200 + number,
        "date_delete": 0,
        "users": [f"W{number:08}", f"W{number + 1:08}"],
    }


def _groups(request: ApiRequest) -> JSONResponse:
    """Return all groups on one page. Members are included only on request."""
    groups = [_group(number) for number in range(1, 4)]
    if request.params.get("include_users") != "true":
        groups = [{name: group[name] for name in group if name != "users"} for group in groups]
    return JSONResponse({"ok": True, "usergroups": groups})


ROUTES: list[Route] = [_SLACK.listing("/api/usergroups.list", _groups, {"include_users"})]
