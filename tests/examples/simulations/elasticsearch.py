"""Elasticsearch's search: a sort, and the sort values of the last hit as the cursor."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor

_ELASTICSEARCH = Vendor(
    "elasticsearch",
    {"authorization": "ApiKey bWFkZS11cDprZXk="},
    lambda message: {"error": {"type": "illegal_argument_exception", "reason": message}},
)
_NOW = datetime.now(UTC).replace(microsecond=0)
_KNOWN = {"query", "search_after", "size", "sort", "track_total_hits"}
_RECENT = 130


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _service(number: int) -> Item:
    name = f"service-{number:02}"
    repository = f"https://git.example.com/{name}"
    return {"id": name, "name": name, "tier": str(number % 3), "repository": repository}


def _deployment(number: int) -> Item:
    """Return a deployment. The first ones are recent, all others are older than 90 days."""
    age = timedelta(hours=number) if number < _RECENT else timedelta(days=91, hours=number)
    return {
        "id": f"d-{number:04}",
        "service": f"service-{number % 90:02}",
        "version": f"1.0.{number}",
        "deployedAt": _time(_NOW - age),
    }


_SERVICES = [_service(number) for number in range(90)]
_DEPLOYMENTS = [_deployment(number) for number in range(200)]


def _search(documents: list[Item], request: ApiRequest) -> JSONResponse:
    body = json.loads(request.body)
    if unknown := sorted(body.keys() - _KNOWN):
        raise RefusalError(f"unknown key [{unknown[0]}]")
    keys = [next(iter(each.items())) for each in body["sort"]]
    found = [each for each in documents if _matches(each, body.get("query"))]
    for name, order in reversed(keys):
        found.sort(key=lambda each: each[name], reverse=order == "desc")
    total = len(found)
    if (after := body.get("search_after")) is not None:
        if not isinstance(after, list) or len(after) != len(keys):
            raise RefusalError("search_after has another length than sort")
        found = found[1 + next(i for i, each in enumerate(found) if _sort(each, keys) == after) :]
    part = found[: body.get("size", 10)]
    hits = [{"_id": each["id"], "_source": each, "sort": _sort(each, keys)} for each in part]
    counted = {"total": {"value": total, "relation": "eq"}} if body.get("track_total_hits") else {}
    return JSONResponse({"took": 1, "timed_out": False, "hits": {**counted, "hits": hits}})


def _sort(document: Item, keys: list[tuple[str, str]]) -> list[Any]:
    return [document[name] for name, _ in keys]


def _matches(document: Item, query: Any) -> bool:
    if query is None:
        return True
    ((name, bounds),) = query["range"].items()
    return bool(document[name] >= bounds["gte"])


def _index(name: str, documents: list[Item]) -> Route:
    return _ELASTICSEARCH.listing(
        f"/{name}/_search", lambda request: _search(documents, request), set(), "POST"
    )


ROUTES: list[Route] = [_index("services", _SERVICES), _index("deployments", _DEPLOYMENTS)]
