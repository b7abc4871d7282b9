"""Auth0's Management API: exports of users, a search in logs that finds 1,000 events, and tokens."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, moment

_AUTH0 = Vendor(
    "auth0",
    {"authorization": "Bearer auth0-example-token"},
    lambda message: {"statusCode": 400, "error": "Bad Request", "message": message},
)
_LOGIN = Vendor("auth0", {}, lambda message: {"error": "access_denied", "error_description": message})
_FILES = Vendor("auth0-files", {}, lambda message: {"error": message})
_CREDENTIALS = {"client_id": "example-client", "client_secret": "example-secret"}
_TOKEN_FORM = {**_CREDENTIALS, "grant_type": "client_credentials"}
_SIGNATURE = "0123456789abcdef"
_PAGE = {"page", "per_page", "include_totals"}
_MOST_FOUND = 1000
_DATES = re.compile(r"type:\(f OR fp OR fu\) AND date:\[(\S+) TO (\S+)\]")


def _user(number: int) -> Item:
    return {
        "user_id": f"auth0|{number:024}",
        "email": f"user{number}@example.com",
        "name": f"User {number}",
        "last_login": moment(number),
        "logins_count": number,
        "created_at": moment(number),
        **({"blocked": True} if number % 10 == 0 else {}),
    }


_USERS = [_user(number) for number in range(1, 1201)]
_ROLES = [
    {"id": f"rol_{number:016}", "name": f"Role {number}", "description": f"Description {number}"}
    for number in range(1, 61)
]


def _event(number: int) -> Item:
    """Return a failed login for every quarter of an hour, back from now."""
    date = datetime.now(UTC) - timedelta(minutes=15 * number + 1)
    return {
        "log_id": f"900{number:020}",
        "date": date.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "type": "fp",
        "description": "Wrong email or password.",
        "ip": "192.0.2.1",
        "client_name": "Website",
        "user_id": _USERS[number]["user_id"] if number % 2 else None,
    }


_EVENTS = [_event(number) for number in range(1100)]


def _token(request: ApiRequest) -> JSONResponse:
    form = dict(parse_qsl(request.body.decode()))
    if not form.pop("audience", "").endswith("/api/v2/") or form != _TOKEN_FORM:
        raise RefusalError("Unauthorized", 401)
    return JSONResponse({"access_token": "auth0-example-token", "expires_in": 86400, "token_type": "Bearer"})


def _export(request: ApiRequest) -> JSONResponse:
    body = json.loads(request.body)
    names = [field["name"] for field in body["fields"]]
    if body["format"] != "json" or not set(names) <= {*_USERS[0], "blocked"}:
        raise RefusalError("Payload validation error")
    job = {"type": "users_export", "status": "pending", "format": "json", "id": "job_0000000000000001"}
    return JSONResponse(job)


def _job(request: ApiRequest) -> JSONResponse:
    if request.names["id"] != "job_0000000000000001":
        raise RefusalError("The job does not exist", 404)
    location = (
        f"{request.url.scheme}://{request.url.netloc}/auth0-files/job.json.gz?X-Amz-Signature={_SIGNATURE}"
    )
    return JSONResponse({"type": "users_export", "status": "completed", "location": location})


def _file(request: ApiRequest) -> Response:
    if request.params["X-Amz-Signature"] != _SIGNATURE:
        raise RefusalError("SignatureDoesNotMatch", 403)
    lines = "".join(json.dumps(user) + "\n" for user in _USERS)
    return Response(gzip.compress(lines.encode()), media_type="application/octet-stream")


def _listed(name: str, items: list[Item], request: ApiRequest) -> JSONResponse:
    page, size = request.integer("page", 0), request.integer("per_page", 50, 100)
    if request.params.get("include_totals") != "true":
        return JSONResponse(items[page * size : (page + 1) * size])
    found = items[page * size : (page + 1) * size]
    return JSONResponse(
        {"start": page * size, "limit": size, "length": len(found), "total": len(items), name: found}
    )


def _roles(request: ApiRequest) -> JSONResponse:
    return _listed("roles", _ROLES, request)


def _logs(request: ApiRequest) -> JSONResponse:
    """Return the events between two dates. Both dates are included."""
    dates = _DATES.fullmatch(request.params["q"])
    if not dates or request.params.get("sort") != "date:1":
        raise RefusalError("Invalid search query")
    first, last = dates.groups()
    found = [event for event in reversed(_EVENTS) if first <= event["date"].replace(".000Z", "Z") <= last]
    return _listed("logs", found[:_MOST_FOUND], request)


ROUTES: list[Route] = [
    _LOGIN.listing("/oauth/token", _token, set(), method="POST"),
    _AUTH0.listing("/api/v2/jobs/users-exports", _export, set(), method="POST"),
    _AUTH0.listing("/api/v2/jobs/{id}", _job, set()),
    _AUTH0.listing("/api/v2/roles", _roles, _PAGE),
    _AUTH0.listing("/api/v2/logs", _logs, _PAGE | {"q", "sort"}),
    _FILES.listing("/job.json.gz", _file, {"X-Amz-Signature"}),
]
