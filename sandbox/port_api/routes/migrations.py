"""Migrations of entities from one blueprint to another."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid
from sandbox.port_api.http_messages import Name, author_of, body_of, ok_response, port_of, request_body
from sandbox.port_api.migrations import NEW_MIGRATION

router = APIRouter(prefix="/v1/migrations", tags=["Migrations"])


@router.get("")
async def list_migrations(request: Request) -> Response:
    """List all migrations, including deletions of all entities of a blueprint."""
    return ok_response(migrations=list(port_of(request).migrations))


@router.post("", openapi_extra=request_body(NEW_MIGRATION))
async def create_migration(request: Request) -> Response:
    """Run a migration: `{sourceBlueprint, mapping: {blueprint, filter?, itemsToParse?, entity}}`."""
    body = NEW_MIGRATION.check(await body_of(request))
    migration = port_of(request).migrations.run(body, author_of(request))
    return ok_response(201, migrationId=migration["id"], migration=migration)


@router.get("/{identifier}")
async def get_migration(request: Request, identifier: Name) -> Response:
    """Return a migration with its status and failures."""
    return ok_response(migration=port_of(request).migrations.get(identifier))


@router.post("/{identifier}/cancel")
async def cancel_migration(request: Request, identifier: Name) -> Response:
    """Reject the request, because every migration has already finished."""
    migration = port_of(request).migrations.get(identifier)
    raise invalid(f"the migration is {migration['status']} and cannot be cancelled")
