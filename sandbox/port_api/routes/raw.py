"""Raw items and the lifecycle of a resync, when Port's own processor makes the entities ("DSP")."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import PortError
from sandbox.port_api.exchange import Kind, Name, answer, bare, body_of, port_of, takes
from sandbox.port_api.shapes import Shape, one_of, record

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
_BATCH = Shape(
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
_RESYNC = Shape(record({"status": _STATUS}, {"integration_id": _TEXT}, closed=False))
_PART = Shape(record({"status": _STATUS}, {"kind_identifier": _TEXT}, closed=False))


@router.post(
    "/ingest/raw/{ingest_id}/lake/write/integration-type/{kind_of}/integration/{identifier}/sync/{event}"
    "/kind/{kind:path}",
    openapi_extra=takes(_BATCH),
)
async def add_batch(request: Request, ingest_id: Name, event: Kind, kind: Kind) -> Response:
    """A batch of a kind's raw items. 409 with the code `resync_stale` when a newer resync has begun."""
    port = port_of(request)
    body = _BATCH.check(await body_of(request))
    integration = port.integrations.by_ingest_id(ingest_id).identifier
    try:
        port.raw.add(integration, event, kind, body, port.now())
    except PortError as error:
        # Ocean looks for the code beside the error, or in it.
        refused = {"ok": False, "error": error.code, "message": error.message, "code": error.code}
        return bare(refused, error.status)
    return answer()


@router.get("/v1/lifecycle/{event}")
async def get_lifecycle(request: Request, event: Name) -> Response:
    """How far a resync is."""
    return answer(status=port_of(request).raw.status(event))


@router.post("/v1/lifecycle/{event}", openapi_extra=takes(_RESYNC))
async def change_lifecycle(request: Request, event: Name) -> Response:
    """A resync has begun or ended; Ocean names the integration in some of these calls only."""
    port = port_of(request)
    body = _RESYNC.check(await body_of(request))
    named = body.get("integration_id")
    integration = named if named is not None else port.raw.integration_of(event)
    port.raw.note_resync(event, port.integrations.get(integration).identifier, body["status"], port.now())
    return answer()


@router.post("/v1/lifecycle/{event}/{part}", openapi_extra=takes(_PART))
async def change_part(request: Request, event: Name, part: Name) -> Response:
    """A kind, a batch or another part of a resync has begun or ended."""
    port = port_of(request)
    body = _PART.check(await body_of(request))
    port.raw.note_part(event, body.get("kind_identifier", f"__{part}__"), body["status"], port.now())
    return answer()
