"""Prometheus' HTTP API: label values, which are plain texts, and alerting rules in groups."""

import re

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, moment

_PROMETHEUS = Vendor(
    "prometheus",
    {"authorization": "Basic cG9ydDpzM2NyZXQ="},
    lambda message: {"status": "error", "errorType": "bad_data", "error": message},
)
_SELECTOR = re.compile(r'up\{job="([^"]*)"\}')
_INSTANCES = {
    f"job-{number}": [f"10.0.{number}.{host}:9100" for host in range(1, 3 + number % 5)]
    for number in range(23)
}


def _rule(group: int, number: int) -> Item:
    return {
        "name": f"HighLatency{number}",
        "query": f'latency_seconds{{group="{group}"}} > {number}',
        "duration": 600,
        "labels": {"severity": "page" if number else "ticket"},
        "annotations": {"summary": f"Latency above {number} s"},
        "alerts": [],
        "state": "inactive",
        "health": "ok",
        "evaluationTime": 0.000312,
        "lastEvaluation": moment(number),
        "type": "alerting",
    }


_GROUPS = [
    {
        "name": f"group-{group}",
        "file": "/etc/prometheus/rules.yml",
        "interval": 60,
        "rules": [_rule(group, number) for number in range(4)],
    }
    for group in range(8)
]


def _success(data: object) -> JSONResponse:
    return JSONResponse({"status": "success", "data": data})


def _jobs(_: ApiRequest) -> JSONResponse:
    return _success(sorted(_INSTANCES))


def _instances(request: ApiRequest) -> JSONResponse:
    matched = _SELECTOR.fullmatch(request.params.get("match[]", ""))
    if matched is None:
        raise RefusalError("invalid parameter match[]")
    return _success(_INSTANCES.get(matched[1], []))


def _rules(request: ApiRequest) -> JSONResponse:
    if request.params.get("type") != "alert":
        raise RefusalError("The simulation only has alerting rules")
    return _success({"groups": _GROUPS})


ROUTES: list[Route] = [
    _PROMETHEUS.listing("/api/v1/label/job/values", _jobs, {"match[]"}),
    _PROMETHEUS.listing("/api/v1/label/instance/values", _instances, {"match[]"}),
    _PROMETHEUS.listing("/api/v1/rules", _rules, {"type"}),
]
