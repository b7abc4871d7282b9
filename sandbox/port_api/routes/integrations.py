"""Integrations: settings, mapping, resync state, resync requests and cursors."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.http_messages import (
    Name,
    base_url,
    body_of,
    ok_response,
    optional_body_of,
    port_of,
    query_flag,
    request_body,
)
from sandbox.port_api.integration_schemas import (
    CHANGE,
    CHANGED_CONFIG,
    CURSOR,
    NEW_INTEGRATION,
    RESYNC_STATE,
)
from sandbox.port_api.integrations import Integration
from sandbox.port_api.timestamps import iso

router = APIRouter(prefix="/v1/integration", tags=["Integrations"])


@router.get("")
async def list_integrations(request: Request) -> Response:
    """List all integrations, optionally by `actionsProcessingEnabled`."""
    base, wanted = base_url(request), request.query_params.get("actionsProcessingEnabled")
    enabled = None if wanted is None else query_flag(request, "actionsProcessingEnabled")
    return ok_response(
        integrations=[
            found.as_document(base)
            for found in port_of(request).integrations
            if enabled in (None, bool(found.document.get("actionsProcessingEnabled")))
        ]
    )


@router.post("", openapi_extra=request_body(NEW_INTEGRATION))
async def create_integration(request: Request) -> Response:
    """Create an integration. With `upsert=true`, an existing one is changed."""
    body = NEW_INTEGRATION.check(await body_of(request))
    saved, is_new = port_of(request).integrations.create(body, upsert=query_flag(request, "upsert"))
    return _response(request, saved, 201 if is_new else 200)


@router.get("/provision-enabled")
async def list_provisioned_types() -> Response:
    """List the integration types whose default resources Port creates: none."""
    return ok_response(integrations=[])


@router.get("/{identifier}")
async def get_integration(request: Request, identifier: Name) -> Response:
    """Return an integration by its id, or with `byField=logIngestId` by its id in ingest URLs."""
    integrations = port_of(request).integrations
    by_ingest_id = request.query_params.get("byField") == "logIngestId"
    return _response(
        request, integrations.by_ingest_id(identifier) if by_ingest_id else integrations.get(identifier)
    )


@router.patch("/{identifier}", openapi_extra=request_body(CHANGE))
async def change_integration(request: Request, identifier: Name) -> Response:
    """Change the given fields. An empty body requests a resync."""
    integrations = port_of(request).integrations
    body = CHANGE.check(await optional_body_of(request))
    return _response(request, integrations.change(integrations.get(identifier), body))


@router.patch("/{identifier}/config", openapi_extra=request_body(CHANGED_CONFIG))
async def change_config(request: Request, identifier: Name) -> Response:
    """Replace the mapping. A change requests a resync, except with the header `x-skip-resync: true`."""
    integrations = port_of(request).integrations
    body = CHANGED_CONFIG.check(await body_of(request))
    resync = request.headers.get("x-skip-resync") != "true"
    return _response(
        request, integrations.change(integrations.get(identifier), body, resync_on_change=resync)
    )


@router.delete("/{identifier}")
async def delete_integration(request: Request, identifier: Name) -> Response:
    """Delete an integration. Its entities are kept."""
    integrations = port_of(request).integrations
    integrations.delete(integrations.get(identifier))
    return ok_response()


@router.patch("/{identifier}/resync-state", openapi_extra=request_body(RESYNC_STATE))
async def change_resync_state(request: Request, identifier: Name) -> Response:
    """Update the resync state. Ocean calls this when a resync starts or ends."""
    integrations = port_of(request).integrations
    body = RESYNC_STATE.check(await body_of(request))
    return _response(request, integrations.change_resync_state(integrations.get(identifier), body))


@router.get("/{identifier}/resync-request")
async def get_resync_request(request: Request, identifier: Name) -> Response:
    """Return the latest resync request, or null."""
    found = port_of(request).integrations.get(identifier)
    requested_at = found.resync_requested_at
    return ok_response(
        request=None if requested_at is None else {"id": str(requested_at), "updatedAt": iso(requested_at)}
    )


@router.get("/{identifier}/cursor")
async def get_cursor(request: Request, identifier: Name) -> Response:
    """Return the incremental cursor of a mapping entry, or null."""
    port = port_of(request)
    integration = port.integrations.get(identifier)
    kind, position = _cursor_key(request)
    return ok_response(cursor=port.reports.cursor(integration.identifier, kind, position))


@router.put("/{identifier}/cursor", openapi_extra=request_body(CURSOR))
async def change_cursor(request: Request, identifier: Name) -> Response:
    """Replace a cursor. The response is 404 if it does not exist; Ocean then creates it."""
    return await _save_cursor(request, identifier, is_new=False)


@router.post("/{identifier}/cursor", openapi_extra=request_body(CURSOR))
async def create_cursor(request: Request, identifier: Name) -> Response:
    """Create or replace a cursor."""
    return await _save_cursor(request, identifier, is_new=True)


def _response(request: Request, integration: Integration, status: int = 200) -> Response:
    return ok_response(status, integration=integration.as_document(base_url(request)))


async def _save_cursor(request: Request, identifier: str, *, is_new: bool) -> Response:
    port = port_of(request)
    body = CURSOR.check(await body_of(request))
    integration = port.integrations.get(identifier)
    kind, position = _cursor_key(request)
    if not is_new and port.reports.cursor(integration.identifier, kind, position) is None:
        raise not_found("Cursor", f"{kind}-{position}")
    port.reports.set_cursor(integration.identifier, kind, position, body)
    return ok_response(201 if is_new else 200, cursor=body)


def _cursor_key(request: Request) -> tuple[str, str]:
    kind, position = request.query_params.get("kind"), request.query_params.get("index", "0")
    if kind is None or not position.isdecimal():
        raise invalid("querystring must have kind, and index as a whole number")
    return kind, position
