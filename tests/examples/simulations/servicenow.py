"""ServiceNow's Table API: every field has two values, and access rules hide rows of a page."""

import base64
from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, link_header

_BASIC = base64.b64encode(b"port.reader:servicenow-example-password").decode()
_SERVICENOW = Vendor(
    "servicenow",
    {"authorization": f"Basic {_BASIC}"},
    lambda message: {"error": {"message": message, "detail": None}, "status": "failure"},
)
_PARAMS = {
    *("sysparm_limit", "sysparm_offset", "sysparm_query", "sysparm_fields"),
    *("sysparm_display_value", "sysparm_exclude_reference_link"),
}
_HIDDEN = {"incident": range(40, 90)}  # rows that the user may not see; they still count for pagination
_MOMENT = "2024-02-03 10:20:30"


def _id(kind: int, number: int) -> str:
    return f"{kind:08x}{number:024}"


def _same(**texts: str) -> Item:
    return {name: {"display_value": text, "value": text} for name, text in texts.items()}


def _reference(value: str, display_value: str) -> Mapping[str, str]:
    return {"display_value": display_value, "value": value}


def _group(number: int) -> Item:
    return {
        **_same(sys_id=_id(1, number), name=f"Group {number}", description="", sys_updated_on=_MOMENT),
        "email": _reference(f"group{number}@example.com", f"group{number}@example.com"),
        "active": _reference("true", "true"),
    }


def _service(number: int) -> Item:
    return {
        **_same(sys_id=_id(2, number), name=f"Service {number}", short_description=""),
        "operational_status": _reference("1", "Operational"),
        "busines_criticality": _reference("2 - somewhat critical", "2 - somewhat critical"),
        "support_group": _reference(_id(1, number), f"Group {number}"),
        "sys_updated_on": _reference(_MOMENT, _MOMENT),
    }


def _incident(number: int) -> Item:
    group = number % 30 + 1
    unassigned = number % 4 == 0
    return {
        **_same(sys_id=_id(3, number), number=f"INC{number:07}", short_description=f"Incident {number}"),
        "state": _reference("2", "In Progress"),
        "priority": _reference("1", "1 - Critical"),
        "opened_at": _reference(_MOMENT, "2024-02-03 02:20:30"),
        "sys_updated_on": _reference(_MOMENT, "2024-02-03 02:20:30"),
        "assignment_group": _reference("" if unassigned else _id(1, group), f"Group {group}"),
        "business_service": _reference(_id(2, number % 30 + 1), f"Service {number % 30 + 1}"),
        "assigned_to": _reference("", ""),
    }


_TABLES = {
    "sys_user_group": [_group(number) for number in range(1, 101)],
    "cmdb_ci_service": [_service(number) for number in range(1, 96)],
    "incident": [_incident(number) for number in range(1, 551)],
}


def _table(request: ApiRequest) -> JSONResponse:
    rows = _TABLES.get(request.names["table"])
    if rows is None:
        raise RefusalError(f"Invalid table {request.names['table']}")
    if request.params.get("sysparm_display_value") != "all" or "sysparm_fields" not in request.params:
        raise RefusalError("this table is only known with sysparm_fields, and with both values of each")
    limit, offset = request.integer("sysparm_limit", 10000), request.integer("sysparm_offset", 0)
    fields = request.params["sysparm_fields"].split(",")
    window = range(offset, min(offset + limit, len(rows)))
    hidden = _HIDDEN.get(request.names["table"], range(0))
    visible = [{name: rows[row][name] for name in fields} for row in window if row not in hidden]
    headers = {"X-Total-Count": str(len(rows)), **_links(request, offset, limit, len(rows))}
    return JSONResponse({"result": visible}, headers=headers)


def _links(request: ApiRequest, offset: int, limit: int, total: int) -> dict[str, str]:
    """Return the Link header. A single page has none."""
    if total <= limit:
        return {}
    positions = {
        "first": 0,
        "prev": offset - limit,
        "next": offset + limit,
        "last": (total - 1) // limit * limit,
    }
    links = {
        relation: request.url.include_query_params(sysparm_offset=position)
        for relation, position in positions.items()
        if 0 <= position < total
    }
    return {"Link": link_header(links)}


ROUTES: list[Route] = [_SERVICENOW.listing("/api/now/table/{table}", _table, _PARAMS)]
