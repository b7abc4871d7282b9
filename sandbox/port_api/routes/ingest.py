"""The ingest URLs of an integration: logs, metrics by kind and heartbeats."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.http_messages import Kind, Name, body_of, ok_response, port_of, request_body
from sandbox.port_api.integration_schemas import ALL_METRICS, KIND_METRICS, LOGS
from sandbox.port_api.json_codec import Document

router = APIRouter(prefix="/ingest", tags=["Ingest"])


@router.post("/logs/{ingest_id}", openapi_extra=request_body(LOGS))
async def add_logs(request: Request, ingest_id: Name) -> Response:
    """Add log records: `{"logs": [{message, level, timestamp, extra}]}`."""
    port = port_of(request)
    body = LOGS.check(await body_of(request))
    port.reports.add_logs(port.integrations.by_ingest_id(ingest_id).identifier, body["logs"])
    return ok_response()


@router.post("/metrics/{ingest_id}/syncMetrics", openapi_extra=request_body(ALL_METRICS))
async def add_metrics(request: Request, ingest_id: Name) -> Response:
    """Add metrics of several kinds."""
    body = ALL_METRICS.check(await body_of(request))
    return _save_metrics(request, ingest_id, body["syncKindsMetrics"])


@router.put(
    "/metrics/{ingest_id}/syncMetrics/resync/{event}/kind/{kind:path}",
    openapi_extra=request_body(KIND_METRICS),
)
async def change_metrics(request: Request, ingest_id: Name, event: Name, kind: Kind) -> Response:
    """Replace the metrics of one kind in one resync."""
    body = KIND_METRICS.check(await body_of(request))
    key = {"eventId": event, "kindIdentifier": kind}
    return _save_metrics(request, ingest_id, [{**body["syncKindMetrics"], **key}])


@router.post("/metrics/{ingest_id}/heartbeat")
async def add_heartbeat(request: Request, ingest_id: Name) -> Response:
    """Accept a heartbeat. It is visible in the request log only."""
    await body_of(request)
    port_of(request).integrations.by_ingest_id(ingest_id)
    return ok_response()


def _save_metrics(request: Request, ingest_id: str, records: list[Document]) -> Response:
    port = port_of(request)
    integration = port.integrations.by_ingest_id(ingest_id)
    port.reports.add_metrics(integration.identifier, records, port.now())
    return ok_response()
