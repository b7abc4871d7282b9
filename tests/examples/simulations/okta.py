"""Okta's management API: top-level lists, and a cursor in one of two Link headers."""

from functools import partial

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, link_header, moment

_PARAMS = {"limit", "after"}
_OKTA = Vendor(
    "okta",
    {"authorization": "SSWS 00exampletoken"},
    lambda message: {"errorCode": "E0000001", "errorSummary": message, "errorCauses": []},
)


def _user(number: int) -> Item:
    return {
        "id": f"00u{number:017}",
        "status": "ACTIVE" if number % 8 else "SUSPENDED",
        "created": moment(number),
        "lastLogin": None if number % 5 == 0 else moment(number + 100),
        "profile": {
            "login": f"user{number}@example.com",
            "email": f"user{number}@example.com",
            "firstName": "User",
            "lastName": str(number),
            "department": "Platform" if number % 2 else None,
        },
    }


def _group(number: int) -> Item:
    return {
        "id": f"00g{number:017}",
        "type": "BUILT_IN" if number == 1 else "OKTA_GROUP",
        "created": moment(number),
        "lastMembershipUpdated": moment(number + 7),
        "profile": {"name": "Everyone" if number == 1 else f"Group {number}", "description": None},
    }


def _application(number: int) -> Item:
    return {
        "id": f"0oa{number:017}",
        "name": "oidc_client",
        "label": f"Application {number}",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT" if number % 2 else "SAML_2_0",
        "created": moment(number),
    }


_USERS = [_user(number) for number in range(1, 411)]
_GROUPS = [_group(number) for number in range(1, 96)]
_APPLICATIONS = [_application(number) for number in range(1, 91)]
# All users are in the first group. The second has more than one page of members.
_MEMBERS = {
    group["id"]: _USERS[:count]
    for group, count in zip(_GROUPS, [410, 90] + [number % 3 for number in range(3, 96)], strict=True)
}


def _page(items: list[Item], request: ApiRequest, largest: int = 200) -> JSONResponse:
    """Return a page. Okta sends one Link header for each relation, `self` first."""
    limit = request.integer("limit", largest, largest)
    after = request.params.get("after")
    known = [item["id"] for item in items]
    if after is not None and after not in known:
        raise RefusalError("after is not valid")
    start = known.index(after) + 1 if after else 0
    response = JSONResponse(items[start : start + limit])
    response.headers.append("link", link_header({"self": request.url}))
    if start + limit < len(items):
        following = request.url.include_query_params(after=known[start + limit - 1], limit=limit)
        response.headers.append("link", link_header({"next": following}))
    return response


def _members(request: ApiRequest) -> JSONResponse:
    if request.names["group"] not in _MEMBERS:
        raise RefusalError("Not found: Resource not found (UserGroup)", 404)
    return _page(_MEMBERS[request.names["group"]], request, 1000)


ROUTES: list[Route] = [
    _OKTA.listing("/api/v1/users", partial(_page, _USERS), _PARAMS),
    _OKTA.listing("/api/v1/groups", partial(_page, _GROUPS), _PARAMS),
    _OKTA.listing("/api/v1/groups/{group}/users", _members, _PARAMS),
    _OKTA.listing("/api/v1/apps", partial(_page, _APPLICATIONS), _PARAMS),
]
