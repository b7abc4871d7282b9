"""The APIs that docs/recipes.md describes, as answers to requests."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.loopback_server import Request, Response

type Json = dict[str, Any]

_MANY: list[Json] = [{"id": number, "name": f"n{number}"} for number in range(1, 121)]
_FEW = _MANY[:3]
_NOW = datetime.now(UTC)
_AGES_IN_2025 = [(_NOW - datetime(2025, 1, 1, tzinfo=UTC)).days - number for number in range(250)]


@dataclass(frozen=True, slots=True)
class Api:
    """An API. answer: gets a request, and the number of requests before it. ids: the expected identifiers."""

    answer: Callable[[Request, int], Response]
    ids: Sequence[str] = tuple(str(item["id"]) for item in _MANY)


def _few(answer: Callable[[Request, int], Response]) -> Api:
    return Api(answer, ["1", "2", "3"])


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.target).query))


def _body(request: Request) -> Json:
    body: Json = json.loads(request.body)
    return body


def _page(number: object, size: object = 100) -> list[Json]:
    """Return a page of the many items, the first one for number 1."""
    start = (int(str(number)) - 1) * int(str(size))
    return _MANY[start : start + int(str(size))]


def _offset(request: Request) -> list[Json]:
    query = _query(request)
    start = int(query["offset"])
    return _MANY[start : start + int(query["limit"])]


def _between(start: str, end: str, ages_in_days: Sequence[int]) -> list[Json]:
    """Return items that were created so many days ago, if that was within the range."""
    first, last = (datetime.fromisoformat(text) for text in (start, end))
    times = [(age, _NOW - timedelta(days=age)) for age in ages_in_days]
    return [{"id": age, "service": "a", "title": "a"} for age, time in times if first <= time < last]


def _post(request: Request, _: int) -> Response:
    paging, found = _body(request)["paging"], _body(request)["filter"] == {"active": True}
    return Response({"results": _page(paging["page"], paging["size"]) if found else []})


def _form(request: Request, _: int) -> Response:
    fields = dict(parse_qsl(request.body.decode()))
    start = int(fields["offset"])
    found = _MANY[start : start + int(fields["limit"])]
    return Response({"monitors": found if fields["format"] == "json" else []})


def _graphql(request: Request, _: int) -> Response:
    start = int(_body(request)["variables"].get("after") or 0)
    info = {"hasNextPage": start + 100 < len(_MANY), "endCursor": str(start + 100)}
    found = {"nodes": _MANY[start : start + 100], "pageInfo": info}
    return Response({"data": {"repositories": found}})


def _spans(request: Request, _: int) -> Response:
    start, end = _query(request)["from"], _query(request)["to"]
    if datetime.fromisoformat(end) - datetime.fromisoformat(start) > timedelta(days=7):
        return Response({"error": "at most seven days"}, 400)
    return Response({"deployments": _between(start, end, [1, 40, 80, 100])})


def _search_engine(request: Request, _: int) -> Response:
    """250 items in one of the windows. Only the first 200 of a listing can be read."""
    query = _query(request)
    page, size = int(query["page"]), int(query["per_page"])
    if page * size > 200:
        return Response({"error": "result window is too large"}, 422)
    found = _between(query["created_after"], query["created_before"], _AGES_IN_2025)
    return Response({"tickets": found[(page - 1) * size : page * size], "total": len(found)})


def _recent(request: Request, _: int) -> Response:
    return Response({"incidents": _between(_query(request)["since"], _NOW.isoformat(), [1, 29, 31])})


def _export(request: Request, count: int) -> Response:
    if request.method == "POST":
        return Response({"id": "e1"}, 202)
    if request.path == "/files/e1":
        return Response("id,name\n1,a\n2,b\n3,c\n", headers={"Content-Type": "text/csv"})
    is_done = count > 2
    url = f"http://{request.headers['Host']}/files/e1"
    return Response({"status": "done" if is_done else "running", "file_url": url if is_done else None})


def _cursor_header(request: Request, _: int) -> Response:
    query = _query(request)
    start, size = int(query.get("cursor", 0)), int(query["limit"])
    more = {"X-Next-Cursor": str(start + size)} if start + size < len(_MANY) else {}
    return Response({"items": _MANY[start : start + size]}, headers=more)


def _since_id(request: Request, _: int) -> Response:
    query = _query(request)
    start = int(query.get("since", 0))
    return Response(_MANY[start : start + int(query["per_page"])])


def _internal_links(request: Request, _: int) -> Response:
    page = int(_query(request).get("page", 1))
    link = f"http://shop.internal:8080/api/items?page={page + 1}" if page == 1 else None
    return Response({"items": _page(page), "paging": {"next": link}})


def _slow(request: Request, _: int) -> Response:
    return (
        Response({"reports": _offset(request)}) if int(_query(request)["limit"]) <= 50 else Response("", 504)
    )


def _sorted(request: Request, _: int) -> Response:
    is_sorted = (_query(request)["sort"], _query(request)["order"]) == ("created_at", "asc")
    return Response({"events": _offset(request)}) if is_sorted else Response(None, 400)


def _tasks(request: Request, _: int) -> Response:
    tasks = {"p1": [1, 2], "p2": [1]}
    if request.path == "/api/projects":
        return Response([{"id": project} for project in tasks])
    numbers = tasks[request.path.split("/")[3]]
    return Response([{"number": number, "title": "a"} for number in numbers])


def _details(request: Request, _: int) -> Response:
    host = request.path.removeprefix("/api/hosts").strip("/")
    return Response({"hostname": f"{host}.example.com"} if host else {"ids": ["h1", "h2"]})


def _batches(request: Request, count: int) -> Response:
    """An API that refuses more than twenty requests, and more than 50 IDs in one."""
    if count > 20:
        return Response(None, 400)
    if request.path == "/api/members":
        return Response([{"user_id": item["id"]} for item in _MANY])
    ids = _query(request)["ids"].split(",")
    return Response([{"id": each} for each in ids]) if len(ids) <= 50 else Response(None, 414)


def _partly_forbidden(request: Request, _: int) -> Response:
    if request.path == "/api/repositories":
        return Response([{"name": "open"}, {"name": "secret"}])
    return Response({"error": "forbidden"}, 403) if "secret" in request.path else Response(_FEW)


def _regions(request: Request, _: int) -> Response:
    return Response([{"name": "c1"}] if request.path in ("/api/eu/clusters", "/api/us/clusters") else [])


def _login(request: Request, _: int) -> Response:
    if request.path == "/login":
        is_user = _body(request) == {"user": "sync", "password": "<YOUR_PASSWORD>"}
        return Response({"session": "s1"}, 200 if is_user else 401)
    return Response({"items": _FEW}, 200 if request.headers["X-Session"] == "s1" else 401)


def _with_headers(request: Request, _: int) -> Response:
    sent = (request.headers["X-Api-Version"], request.headers["X-Tenant"])
    return Response({"items": _FEW}, 200 if sent == ("2026-01-31", "acme") else 400)


def _limited(_: Request, count: int) -> Response:
    return Response({"items": _FEW}) if count else Response(None, 429, {"Retry-After": "0"})


def _throttled(_: Request, count: int) -> Response:
    return Response({"devices": _FEW}) if count else Response({"error": "throttled", "retry_in": 0}, 400)


def _overloaded(_: Request, count: int) -> Response:
    return Response({"result": _FEW} if count else {"error": {"code": "overloaded"}})


_XML = '<servers><server id="s1"><name>web</name></server></servers>'
_OBJECT = {"services": {"billing": {"owner": "a"}, "search": {"owner": "b"}}}
_DELETED = [{"id": 1, "deleted_at": None}, {"id": 2, "deleted_at": "2026-01-31"}]
APIS = {
    "Takes the page in the body of a POST request": Api(_post),
    "Expects a form": Api(_form),
    "Is a GraphQL API": Api(_graphql),
    "Requires a start and an end date": Api(_spans, ["1", "40", "80"]),
    "Stops at 10,000 items": Api(_search_engine, [str(age) for age in _AGES_IN_2025]),
    "Lists all of its history, and you need the last 30 days": Api(_recent, ["1", "29"]),
    "Prepares an export": _few(_export),
    "Sends the cursor in a header": Api(_cursor_header),
    "Reports the total in the body": Api(
        lambda request, _: Response({"data": {"hosts": _offset(request), "matching": len(_MANY)}})
    ),
    "Reports a total that is only an estimate": Api(
        lambda request, _: Response({"findings": _page(_query(request)["page"]), "total": 1000})
    ),
    "Continues after the last item": Api(_since_id),
    "Writes its internal host into the links": Api(_internal_links),
    "Changes while it is read": Api(_sorted),
    "Is slow, or times out on large pages": Api(_slow),
    "Returns an object with a key for each item": Api(lambda *_: Response(_OBJECT), ["billing", "search"]),
    "Leaves out the list if it is empty": Api(lambda *_: Response({"severity": "high"}), []),
    "Returns XML": Api(lambda *_: Response(_XML, headers={"Content-Type": "application/xml"}), ["s1"]),
    "Marks deleted items instead of removing them": Api(lambda *_: Response(_DELETED), ["1"]),
    "Reports its errors with status 200": _few(_overloaded),
    "Lists items below their parent, without the parent's ID": Api(_tasks, ["p1-1", "p1-2", "p2-1"]),
    "Lists only IDs, and returns the details one by one": Api(_details, ["h1", "h2"]),
    "Returns the details of several IDs at once": Api(_batches),
    "Refuses some children with 403": _few(_partly_forbidden),
    "Has an endpoint for each region": Api(_regions, ["eu/c1", "us/c1"]),
    "Needs a login": _few(_login),
    "Needs a header in every request": _few(_with_headers),
    "Limits the rate of requests": _few(_limited),
    "Signals its rate limit in its own way": _few(_throttled),
    "Exists several times": Api(lambda *_: Response([{"key": "a", "name": "A"}]), ["eu-a"]),
}
