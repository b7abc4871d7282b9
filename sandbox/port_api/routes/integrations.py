"""The integration's own record: settings, mapping, resync state and request, cursors."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.exchange import (
    Name,
    answer,
    base_url,
    body_of,
    flag,
    optional_body_of,
    port_of,
    takes,
)
from sandbox.port_api.integration_rules import (
    CHANGE,
    CHANGED_CONFIG,
    CURSOR,
    NEW_INTEGRATION,
    RESYNC_STATE,
)
from sandbox.port_api.integrations import Integration
from sandbox.port_api.times import iso

router = APIRouter(prefix="/v1/integration", tags=["Integrations"])


@router.get("")
async def list_integrations(request: Request) -> Response:
    """All installations, or those that `actionsProcessingEnabled` or not."""
    base, wanted = base_url(request), request.query_params.get("actionsProcessingEnabled")
    acts = None if wanted is None else flag(request, "actionsProcessingEnabled")
    return answer(
        integrations=[
            found.shown(base)
            for found in port_of(request).integrations
            if acts in (None, bool(found.document.get("actionsProcessingEnabled")))
        ]
    )


@router.post("", openapi_extra=takes(NEW_INTEGRATION))
async def create_integration(request: Request) -> Response:
    """A new installation; with `upsert=true` an existing one is changed."""
    body = NEW_INTEGRATION.check(await body_of(request))
    saved, is_new = port_of(request).integrations.create(body, upsert=flag(request, "upsert"))
    return _shown(request, saved, 201 if is_new else 200)


@router.get("/provision-enabled")
async def list_provisioned_types() -> Response:
    """The integration types whose default resources Port would create itself: none."""
    return answer(integrations=[])


@router.get("/{identifier}")
async def get_integration(request: Request, identifier: Name) -> Response:
    """One installation, by its id or (`byField=logIngestId`) by its name in ingest URLs."""
    integrations = port_of(request).integrations
    by_ingest_id = request.query_params.get("byField") == "logIngestId"
    return _shown(
        request, integrations.by_ingest_id(identifier) if by_ingest_id else integrations.get(identifier)
    )


@router.patch("/{identifier}", openapi_extra=takes(CHANGE))
async def change_integration(request: Request, identifier: Name) -> Response:
    """The sent fields; an empty body asks for a resync."""
    integrations = port_of(request).integrations
    body = CHANGE.check(await optional_body_of(request))
    return _shown(request, integrations.change(integrations.get(identifier), body))


@router.patch("/{identifier}/config", openapi_extra=takes(CHANGED_CONFIG))
async def change_config(request: Request, identifier: Name) -> Response:
    """The mapping. A changed one asks for a resync, but with the header `x-skip-resync: true`."""
    integrations = port_of(request).integrations
    body = CHANGED_CONFIG.check(await body_of(request))
    resync = request.headers.get("x-skip-resync") != "true"
    return _shown(request, integrations.change(integrations.get(identifier), body, resync_on_change=resync))


@router.delete("/{identifier}")
async def delete_integration(request: Request, identifier: Name) -> Response:
    """The installation's record only."""
    integrations = port_of(request).integrations
    integrations.delete(integrations.get(identifier))
    return answer()


@router.patch("/{identifier}/resync-state", openapi_extra=takes(RESYNC_STATE))
async def change_resync_state(request: Request, identifier: Name) -> Response:
    """Ocean says that a resync began or ended."""
    integrations = port_of(request).integrations
    body = RESYNC_STATE.check(await body_of(request))
    return _shown(request, integrations.change_resync_state(integrations.get(identifier), body))


@router.get("/{identifier}/resync-request")
async def get_resync_request(request: Request, identifier: Name) -> Response:
    """When a resync was last asked for; null is never."""
    found = port_of(request).integrations.get(identifier)
    asked = found.resync_requested_at
    return answer(request=None if asked is None else {"id": str(asked), "updatedAt": iso(asked)})


@router.get("/{identifier}/cursor")
async def get_cursor(request: Request, identifier: Name) -> Response:
    """Where an entry's incremental run stands; null before the first."""
    port = port_of(request)
    integration = port.integrations.get(identifier)
    kind, position = _cursor_key(request)
    return answer(cursor=port.journal.cursor(integration.identifier, kind, position))


@router.put("/{identifier}/cursor", openapi_extra=takes(CURSOR))
async def change_cursor(request: Request, identifier: Name) -> Response:
    """404 while there is none: Ocean then creates it."""
    return await _save_cursor(request, identifier, is_new=False)


@router.post("/{identifier}/cursor", openapi_extra=takes(CURSOR))
async def create_cursor(request: Request, identifier: Name) -> Response:
    """Creates or replaces it."""
    return await _save_cursor(request, identifier, is_new=True)


def _shown(request: Request, integration: Integration, status: int = 200) -> Response:
    return answer(status, integration=integration.shown(base_url(request)))


async def _save_cursor(request: Request, identifier: str, *, is_new: bool) -> Response:
    port = port_of(request)
    body = CURSOR.check(await body_of(request))
    integration = port.integrations.get(identifier)
    kind, position = _cursor_key(request)
    if not is_new and port.journal.cursor(integration.identifier, kind, position) is None:
        raise not_found("Cursor", f"{kind}-{position}")
    port.journal.set_cursor(integration.identifier, kind, position, body)
    return answer(201 if is_new else 200, cursor=body)


def _cursor_key(request: Request) -> tuple[str, str]:
    kind, position = request.query_params.get("kind"), request.query_params.get("index", "0")
    if kind is None or not position.isdecimal():
        raise invalid("querystring must have kind, and index as a whole number")
    return kind, position
