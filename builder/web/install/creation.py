"""Creation of the blueprints and the mapping in the user's Port account."""

import httpx

from builder.creation import Result, create
from builder.draft import Draft
from builder.install import creation, integration_request
from builder.port_account import Credentials, PortAccount, open_account
from builder.project import read_project


async def create_in_port(
    draft: Draft,
    credentials: Credentials,
    *,
    merge: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
) -> list[Result]:
    """Return one result per object. merge: add to existing blueprints, and replace the mapping.

    Raises PortError: the credentials are wrong, or Port does not respond.
    """
    request = integration_request(draft, read_project().version)
    async with open_account(credentials, transport) as account:
        if not merge and (
            conflict := await _mapping_conflict(account, request["installationId"], request["config"])
        ):
            return [conflict]
        results = create(account, creation(draft), request, merge=merge)
        return [result async for result in results]


async def _mapping_conflict(account: PortAccount, identifier: object, config: object) -> Result | None:
    """Return a result if Port has a different mapping that is not empty."""
    existing = await account.integration(str(identifier))
    mapping = (existing or {}).get("config") or {}
    wanted = config if isinstance(config, dict) else {}
    if not mapping.get("resources") or mapping["resources"] == wanted.get("resources"):
        return None
    kinds = ", ".join(str(each.get("kind")) for each in mapping["resources"][:5])
    message = f"Port has a different mapping, with the kinds {kinds}. Nothing was changed"
    return Result(f"integration {identifier}", "differs", message)
