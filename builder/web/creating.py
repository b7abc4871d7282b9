"""Blueprints and mapping into the user's Port, with the page's credentials."""

import tomllib
from pathlib import Path

import httpx

from builder.creation import Result, created
from builder.draft import Draft
from builder.install import creation, integration_request
from builder.port_account import Credentials, PortAccount, open_account

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


async def created_in_port(
    draft: Draft,
    credentials: Credentials,
    *,
    agreed: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
) -> list[Result]:
    """What became of each object. agreed: what Port has is to be added to, and its mapping replaced.

    Raises PortError: the credentials are wrong, or nobody answers.
    """
    request = integration_request(draft, _version())
    async with open_account(credentials, transport) as account:
        if not agreed and (
            other := await _other_mapping(account, request["installationId"], request["config"])
        ):
            return [other]
        results = created(account, creation(draft), request, merge=agreed)
        return [result async for result in results]


async def _other_mapping(account: PortAccount, identifier: object, config: object) -> Result | None:
    """The mapping that is in Port already, where it is another; none that is empty."""
    there = await account.integration(str(identifier))
    mapping = (there or {}).get("config") or {}
    wanted = config if isinstance(config, dict) else {}
    if not mapping.get("resources") or mapping["resources"] == wanted.get("resources"):
        return None
    kinds = ", ".join(str(each.get("kind")) for each in mapping["resources"][:5])
    words = f"has another mapping in Port, of {kinds}. Nothing was written"
    return Result(f"integration {identifier}", "differs", words)


def _version() -> str:
    """The integration's own, as `ocean sail` tells Port."""
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    return str(project["version"])
