"""Entities moved from one blueprint into another."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid
from sandbox.port_api.exchange import Name, answer, author_of, body_of, port_of, takes
from sandbox.port_api.migrations import NEW_MIGRATION

router = APIRouter(prefix="/v1/migrations", tags=["Migrations"])


@router.get("")
async def list_migrations(request: Request) -> Response:
    """All of them, deletions of all entities of a blueprint among them."""
    return answer(migrations=list(port_of(request).migrations))


@router.post("", openapi_extra=takes(NEW_MIGRATION))
async def create_migration(request: Request) -> Response:
    """`{sourceBlueprint, mapping: {blueprint, filter?, itemsToParse?, entity}}`, worked off at once."""
    body = NEW_MIGRATION.check(await body_of(request))
    migration = port_of(request).migrations.run(body, author_of(request))
    return answer(201, migrationId=migration["id"], migration=migration)


@router.get("/{identifier}")
async def get_migration(request: Request, identifier: Name) -> Response:
    """Where it stands: completed, or failed with what was refused."""
    return answer(migration=port_of(request).migrations.get(identifier))


@router.post("/{identifier}/cancel")
async def cancel_migration(request: Request, identifier: Name) -> Response:
    """Always too late."""
    migration = port_of(request).migrations.get(identifier)
    raise invalid(f"the migration is {migration['status']} and cannot be cancelled")
