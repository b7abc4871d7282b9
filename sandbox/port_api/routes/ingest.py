"""Where the ingest URLs of an integration lead: logs, metrics of each kind, signs of life."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.exchange import Kind, Name, answer, body_of, port_of, takes
from sandbox.port_api.integration_rules import ALL_METRICS, KIND_METRICS, LOGS
from sandbox.port_api.jsontext import Document

router = APIRouter(prefix="/ingest", tags=["Ingest"])


@router.post("/logs/{ingest_id}", openapi_extra=takes(LOGS))
async def add_logs(request: Request, ingest_id: Name) -> Response:
    """`{"logs": [{message, level, timestamp, extra}]}`."""
    port = port_of(request)
    body = LOGS.check(await body_of(request))
    port.journal.add_logs(port.integrations.by_ingest_id(ingest_id).identifier, body["logs"])
    return answer()


@router.post("/metrics/{ingest_id}/syncMetrics", openapi_extra=takes(ALL_METRICS))
async def add_metrics(request: Request, ingest_id: Name) -> Response:
    """The records of several kinds."""
    body = ALL_METRICS.check(await body_of(request))
    return _saved(request, ingest_id, body["syncKindsMetrics"])


@router.put(
    "/metrics/{ingest_id}/syncMetrics/resync/{event}/kind/{kind:path}", openapi_extra=takes(KIND_METRICS)
)
async def change_metrics(request: Request, ingest_id: Name, event: Name, kind: Kind) -> Response:
    """The record of one kind in one resync."""
    body = KIND_METRICS.check(await body_of(request))
    key = {"eventId": event, "kindIdentifier": kind}
    return _saved(request, ingest_id, [{**body["syncKindMetrics"], **key}])


@router.post("/metrics/{ingest_id}/heartbeat")
async def note_heartbeat(request: Request, ingest_id: Name) -> Response:
    """Accepted; the log of requests shows when it came."""
    await body_of(request)
    port_of(request).integrations.by_ingest_id(ingest_id)
    return answer()


def _saved(request: Request, ingest_id: str, records: list[Document]) -> Response:
    port = port_of(request)
    integration = port.integrations.by_ingest_id(ingest_id)
    port.journal.add_metrics(integration.identifier, records, port.now())
    return answer()
