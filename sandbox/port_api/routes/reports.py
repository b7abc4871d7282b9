"""Reports of integrations: logs, metrics by kind and examples."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid
from sandbox.port_api.http_messages import Kind, Name, body_of, ok_response, port_of, request_body
from sandbox.port_api.integration_schemas import EXAMPLES
from sandbox.port_api.json_codec import Document
from sandbox.port_api.reports import LogPage

router = APIRouter(prefix="/v1/integration", tags=["Reports"])

_LEVELS = frozenset(("DEBUG", "INFO", "WARNING", "ERROR", "FATAL"))
_MAX_LOGS = 300
_ID_LENGTH_LIMIT = 19
_RUNTIME = "__runtime__"
_METRIC_FIELDS = (
    *("integrationType", "integrationIdentifier", "integrationVersion", "oceanVersion", "kindIdentifier"),
    *("kind", "kindIndex", "eventId", "syncState", "blueprint", "metrics", "createdAt", "updatedAt"),
)
"""The fields of a record that Port returns."""


@router.get("/{identifier}/logs")
async def list_logs(request: Request, identifier: Name) -> Response:
    """List log records, newest first, from `log_id` or `timestamp` on. `direction=up` lists newer ones."""
    port = port_of(request)
    found = port.reports.log_page(port.integrations.get(identifier).identifier, _log_page(request))
    return ok_response(count=len(found), data=found)


@router.get("/{internal_id}/syncMetrics")
async def list_metrics(request: Request, internal_id: Name) -> Response:
    """List the metrics of each kind, of all resyncs or of `resyncId`."""
    port = port_of(request)
    integration = port.integrations.by_ingest_id(internal_id).identifier
    records = port.reports.metrics(integration, request.query_params.get("resyncId"))
    data = [{name: record[name] for name in _METRIC_FIELDS if name in record} for record in records]
    return ok_response(count=len(data), data=data)


@router.get("/{internal_id}/syncsMetadata")
async def list_syncs(request: Request, internal_id: Name) -> Response:
    """List resyncs, newest first, with their state."""
    port = port_of(request)
    integration = port.integrations.by_ingest_id(internal_id).identifier
    syncs: dict[str, list[Document]] = {}
    for record in port.reports.metrics(integration):
        syncs.setdefault(str(record.get("eventId", "")), []).append(record)
    data = [_sync(event, records) for event, records in reversed(syncs.items())]
    return ok_response(count=len(data), data=data)


@router.get("/{identifier}/kinds/{kind:path}/examples")
async def list_examples(request: Request, identifier: Name, kind: Kind) -> Response:
    """List the newest raw items of a kind, at most five."""
    port = port_of(request)
    integration = port.integrations.get(identifier).identifier
    return ok_response(examples=port.reports.examples(integration).get(integration, {}).get(kind, []))


@router.post("/{identifier}/kinds/{kind:path}/examples", openapi_extra=request_body(EXAMPLES))
async def add_examples(request: Request, identifier: Name, kind: Kind) -> Response:
    """Add up to five raw items of a kind."""
    port = port_of(request)
    body = EXAMPLES.check(await body_of(request))
    port.reports.add_examples(port.integrations.get(identifier).identifier, kind, body["examples"])
    return ok_response()


def _log_page(request: Request) -> LogPage:
    query = request.query_params
    limit, position = query.get("limit", "100"), query.get("log_id")
    levels = tuple(query.getlist("level"))
    if not (limit.isdecimal() and len(limit) < _ID_LENGTH_LIMIT and int(limit) <= _MAX_LOGS):
        raise invalid(f"querystring/limit must be a number up to {_MAX_LOGS}")
    if position is not None and not (position.isdecimal() and len(position) < _ID_LENGTH_LIMIT):
        raise invalid("querystring/log_id is not the id of a log of the sandbox")
    if not _LEVELS.issuperset(levels):
        raise invalid(f"querystring/level must be one of {', '.join(sorted(_LEVELS))}")
    if query.get("direction", "down") not in ("up", "down"):
        raise invalid("querystring/direction must be up or down")
    return LogPage(
        int(limit),
        levels,
        query.get("eventId"),
        None if position is None else int(position),
        query.get("timestamp"),
        query.get("direction") == "up",
    )


def _sync(event: str, records: list[Document]) -> Document:
    """Return a resync. Its state is that of the runtime record, or in DSP mode that of the latest kind."""
    of_runtime = [record for record in records if record["kindIdentifier"].startswith(_RUNTIME)]
    latest = max(of_runtime or records, key=lambda record: str(record["updatedAt"]))
    return {
        "eventId": event,
        "syncState": latest.get("syncState", ""),
        "createdAt": min(record["createdAt"] for record in records),
        "updatedAt": max(record["updatedAt"] for record in records),
    }
