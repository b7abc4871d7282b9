"""Raw items and resync lifecycles for Port's data source processor ("DSP")."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.body_schema import BodySchema, one_of, record
from sandbox.port_api.errors import PortError
from sandbox.port_api.http_messages import (
    Kind,
    Name,
    body_of,
    json_response,
    ok_response,
    port_of,
    request_body,
)

router = APIRouter(tags=["Raw data"])

_TEXT = {"type": "string"}
_STATUS = one_of("started", "finished", "failed", "aborted")
_ENTRY = record(
    {},
    {
        "request": {"type": ["object", "null"]},
        "response": {"type": ["object", "null"]},
        "items": {"type": "array"},
        "metadata": record(
            {}, {"operation": one_of("upsert", "delete"), "resourceIndex": {"type": "integer"}}, closed=False
        ),
    },
    closed=False,
)
_BATCH = BodySchema(
    record(
        {"data": {"type": "array", "items": _ENTRY}},
        {
            "kind": _TEXT,
            "eventType": one_of("resync", "live-event"),
            "eventId": _TEXT,
            "resyncStartTime": _TEXT,
        },
        closed=False,
    )
)
_RESYNC = BodySchema(record({"status": _STATUS}, {"integration_id": _TEXT}, closed=False))
_PART = BodySchema(record({"status": _STATUS}, {"kind_identifier": _TEXT}, closed=False))


@router.post(
    "/ingest/raw/{ingest_id}/lake/write/integration-type/{kind_of}/integration/{identifier}/sync/{event}"
    "/kind/{kind:path}",
    openapi_extra=request_body(_BATCH),
)
async def add_batch(request: Request, ingest_id: Name, event: Kind, kind: Kind) -> Response:
    """Add a batch of raw items. The response is 409 `resync_stale` if a newer resync has started."""
    port = port_of(request)
    body = _BATCH.check(await body_of(request))
    integration = port.integrations.by_ingest_id(ingest_id).identifier
    try:
        port.raw_data.add(integration, event, kind, body, port.now())
    except PortError as error:
        # Ocean reads `code` or `error`.
        content = {"ok": False, "error": error.code, "message": error.message, "code": error.code}
        return json_response(content, error.status)
    return ok_response()


@router.get("/v1/lifecycle/{event}")
async def get_lifecycle(request: Request, event: Name) -> Response:
    """Return the status of a resync."""
    return ok_response(status=port_of(request).raw_data.status(event))


@router.post("/v1/lifecycle/{event}", openapi_extra=request_body(_RESYNC))
async def change_lifecycle(request: Request, event: Name) -> Response:
    """Set the status of a resync. Ocean sends `integration_id` in some of these requests only."""
    port = port_of(request)
    body = _RESYNC.check(await body_of(request))
    integration_id = body.get("integration_id")
    integration = integration_id if integration_id is not None else port.raw_data.integration_of(event)
    port.raw_data.set_resync_status(
        event, port.integrations.get(integration).identifier, body["status"], port.now()
    )
    return ok_response()


@router.post("/v1/lifecycle/{event}/{part}", openapi_extra=request_body(_PART))
async def change_part(request: Request, event: Name, part: Name) -> Response:
    """Set the status of a kind, a batch or another part of a resync."""
    port = port_of(request)
    body = _PART.check(await body_of(request))
    port.raw_data.set_part_status(
        event, body.get("kind_identifier", f"__{part}__"), body["status"], port.now()
    )
    return ok_response()
