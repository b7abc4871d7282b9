"""PostgREST's tables: ranges of rows, and their number if the client prefers that."""

import re

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, moment

_POSTGREST = Vendor(
    "postgrest",
    {"authorization": "Bearer made-up.jwt.token", "prefer": "count=exact"},
    lambda message: {"code": "PGRST000", "message": message},
)
_RANGE = re.compile(r"(\d+)-(\d+)")


def _team(number: int) -> Item:
    return {"id": number, "name": f"Team {number}", "email": f"team{number}@example.com"}


def _service(number: int) -> Item:
    return {
        "id": number,
        "name": f"service-{number}",
        "language": ("go", "python", "java")[number % 3 - 1],
        "created_at": moment(number),
        "team_id": number % 60,
    }


_TEAMS = [_team(number) for number in range(60)]
_SERVICES = [_service(number) for number in range(1, 126)]


def _rows(table: list[Item], request: ApiRequest) -> Response:
    """Return a range of rows. A range behind the last row is refused, because they are counted."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if request.params.get("order") != "id" or found is None:
        raise RefusalError("the rows have no order, or the request no range")
    start, end = int(found[1]), int(found[2])
    rows = table[start : end + 1]
    if not rows:
        return Response(status_code=416, headers={"Content-Range": f"*/{len(table)}"})
    is_part = len(rows) < len(table)
    content_range = f"{start}-{start + len(rows) - 1}/{len(table)}"
    return JSONResponse(rows, 206 if is_part else 200, {"Content-Range": content_range})


ROUTES: list[Route] = [
    _POSTGREST.listing("/teams", lambda request: _rows(_TEAMS, request), {"order"}),
    _POSTGREST.listing("/services", lambda request: _rows(_SERVICES, request), {"order", "archived"}),
]
