"""Kubernetes' API: lists in pages with a token to continue. Its server asks for a client certificate."""

import base64
from functools import partial

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, moment

_PARAMS = {"limit", "continue"}
_KUBERNETES = Vendor("kubernetes", {}, lambda message: {"kind": "Status", "message": message, "code": 400})


def _namespace(number: int) -> Item:
    return {
        "metadata": {"name": f"team-{number}", "creationTimestamp": moment(number)},
        "status": {"phase": "Active"},
    }


def _node(number: int) -> Item:
    ready = {"type": "Ready", "status": "True" if number % 4 else "Unknown"}
    return {
        "metadata": {"name": f"node-{number}.example.com"},
        "status": {"nodeInfo": {"kubeletVersion": "v1.34.1"}, "conditions": [ready]},
    }


def _deployment(number: int) -> Item:
    containers = [{"name": "app", "image": f"registry.example.com/app-{number}:1.{number}"}]
    return {
        "metadata": {
            "name": f"app-{number}",
            "namespace": f"team-{1 + number % 50}",
            "creationTimestamp": moment(number),
        },
        "spec": {"replicas": number % 5, "template": {"spec": {"containers": containers}}},
        "status": {"availableReplicas": number % 5} if number % 5 else {},
    }


def _page(items: list[Item], request: ApiRequest) -> JSONResponse:
    limit = request.integer("limit", 500)
    token = request.params.get("continue", "")
    try:
        start = int(base64.b64decode(token, validate=True) or 0)
    except ValueError as error:
        raise RefusalError("continue key is not valid") from error
    end = start + limit
    metadata: Item = {"resourceVersion": "1000"}
    if end < len(items):
        metadata |= {
            "continue": base64.b64encode(str(end).encode()).decode(),
            "remainingItemCount": len(items) - end,
        }
    return JSONResponse({"kind": "List", "metadata": metadata, "items": items[start:end]})


_NAMESPACES = [_namespace(number) for number in range(1, 51)]
_NODES = [_node(number) for number in range(1, 13)]
_DEPLOYMENTS = [_deployment(number) for number in range(1, 181)]

ROUTES: list[Route] = [
    _KUBERNETES.listing("/api/v1/namespaces", partial(_page, _NAMESPACES), _PARAMS),
    _KUBERNETES.listing("/api/v1/nodes", partial(_page, _NODES), _PARAMS),
    _KUBERNETES.listing("/apis/apps/v1/deployments", partial(_page, _DEPLOYMENTS), _PARAMS),
]
