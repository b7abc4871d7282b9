"""What integrations told of their runs, as Port gives it back: logs, metrics of each kind, examples."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid
from sandbox.port_api.exchange import Kind, Name, answer, body_of, port_of, takes
from sandbox.port_api.integration_rules import EXAMPLES
from sandbox.port_api.journal import LogPage
from sandbox.port_api.jsontext import Document

router = APIRouter(prefix="/v1/integration", tags=["Reports"])

_LEVELS = frozenset(("DEBUG", "INFO", "WARNING", "ERROR", "FATAL"))
_MOST_LOGS = 300
_LONGEST_ID = 19
_RUNTIME = "__runtime__"
_METRIC_FIELDS = (
    *("integrationType", "integrationIdentifier", "integrationVersion", "oceanVersion", "kindIdentifier"),
    *("kind", "kindIndex", "eventId", "syncState", "blueprint", "metrics", "createdAt", "updatedAt"),
)
"""What Port shows of a record."""


@router.get("/{identifier}/logs")
async def list_logs(request: Request, identifier: Name) -> Response:
    """`data`: log records, newest first, from `log_id` or `timestamp` on; `direction=up`: the newer ones."""
    port = port_of(request)
    found = port.journal.page_of_logs(port.integrations.get(identifier).identifier, _log_page(request))
    return answer(count=len(found), data=found)


@router.get("/{internal_id}/syncMetrics")
async def list_metrics(request: Request, internal_id: Name) -> Response:
    """`data`: each kind's latest record, of all resyncs that are known or of `resyncId`."""
    port = port_of(request)
    integration = port.integrations.by_ingest_id(internal_id).identifier
    records = port.journal.metrics(integration, request.query_params.get("resyncId"))
    data = [{name: record[name] for name in _METRIC_FIELDS if name in record} for record in records]
    return answer(count=len(data), data=data)


@router.get("/{internal_id}/syncsMetadata")
async def list_syncs(request: Request, internal_id: Name) -> Response:
    """`data`: the known resyncs, newest first, each with the state of its runtime."""
    port = port_of(request)
    integration = port.integrations.by_ingest_id(internal_id).identifier
    syncs: dict[str, list[Document]] = {}
    for record in port.journal.metrics(integration):
        syncs.setdefault(str(record.get("eventId", "")), []).append(record)
    data = [_sync(event, records) for event, records in reversed(syncs.items())]
    return answer(count=len(data), data=data)


@router.get("/{identifier}/kinds/{kind:path}/examples")
async def list_examples(request: Request, identifier: Name, kind: Kind) -> Response:
    """The newest raw items of a kind, at most five."""
    port = port_of(request)
    integration = port.integrations.get(identifier).identifier
    return answer(examples=port.journal.examples(integration).get(integration, {}).get(kind, []))


@router.post("/{identifier}/kinds/{kind:path}/examples", openapi_extra=takes(EXAMPLES))
async def add_examples(request: Request, identifier: Name, kind: Kind) -> Response:
    """Raw items of a kind, at most five at once."""
    port = port_of(request)
    body = EXAMPLES.check(await body_of(request))
    port.journal.add_examples(port.integrations.get(identifier).identifier, kind, body["examples"])
    return answer()


def _log_page(request: Request) -> LogPage:
    query = request.query_params
    limit, position = query.get("limit", "100"), query.get("log_id")
    levels = tuple(query.getlist("level"))
    if not (limit.isdecimal() and len(limit) < _LONGEST_ID and int(limit) <= _MOST_LOGS):
        raise invalid(f"querystring/limit must be a number up to {_MOST_LOGS}")
    if position is not None and not (position.isdecimal() and len(position) < _LONGEST_ID):
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
    """A resync without a record of its runtime, as in DSP mode, is in the state of its latest kind."""
    of_runtime = [record for record in records if record["kindIdentifier"].startswith(_RUNTIME)]
    latest = max(of_runtime or records, key=lambda record: str(record["updatedAt"]))
    return {
        "eventId": event,
        "syncState": latest.get("syncState", ""),
        "createdAt": min(record["createdAt"] for record in records),
        "updatedAt": max(record["updatedAt"] for record in records),
    }
