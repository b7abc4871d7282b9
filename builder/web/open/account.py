"""Existing integrations of the user's Port account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from builder.existing import without_read_only
from builder.json_values import as_object
from builder.mapping_file import check_mapping
from builder.port_account import Credentials, PortError, open_account
from builder.web.install.form import InstallationForm
from builder.web.install.parsing import parse_installation
from builder.web.open.mapping import with_identity, with_mapping
from builder.web.open.opened import Opened
from builder.web.page.issues import Issue, NotReadyError
from builder.web.page.workspace import Workspace
from rest.bodies import Json


@dataclass(frozen=True, slots=True)
class ListedIntegration:
    """An integration in Port. kinds: the number of entries of its mapping, None if Port does not list it."""

    identifier: str
    app_type: str
    kinds: int | None


@dataclass(frozen=True, slots=True)
class FoundIntegration:
    """An integration with its mapping, and all blueprints of the account, in Port's format."""

    identifier: str
    document: Mapping[str, Json]
    mapping: Mapping[str, Json]
    blueprints: Sequence[Mapping[str, Json]]


def credentials_of(form: InstallationForm, prefix: str = "") -> Credentials:
    """Return the credentials of Port. prefix: of the inputs' ids. Raises NotReadyError: they are missing."""
    issues = [
        Issue(f"{prefix}{name}", label, "Required")
        for name, label in (("client_id", "Client ID"), ("client_secret", "Client secret"))
        if not getattr(form, name)
    ]
    installation, errors = parse_installation(form)
    url = f"{prefix}port_url" if prefix else "port_base_url"
    issues += [replace(each, field=url) for each in errors if each.field == "port_base_url"]
    if issues:
        raise NotReadyError(issues)
    return Credentials(form.client_id, form.client_secret, installation.port_base_url)


async def list_integrations(credentials: Credentials) -> list[ListedIntegration]:
    """Return the integrations of the account by name. Raises PortError."""
    async with open_account(credentials) as account:
        found = await account.integrations()
    listed = [
        ListedIntegration(
            str(each.get("installationId") or each.get("identifier")),
            str(each.get("installationAppType") or ""),
            len(resources) if isinstance(resources, list) else None,
        )
        for each in found
        for resources in [as_object(each.get("config")).get("resources")]
    ]
    return sorted(listed, key=lambda each: each.identifier)


async def read_integration(credentials: Credentials, identifier: str) -> FoundIntegration:
    """Read an integration of the account.

    Raises PortError: the integration does not exist. Raises ResourceError: it has no mapping.
    """
    async with open_account(credentials) as account:
        integration = await account.integration(identifier)
        blueprints = await account.blueprints()
    if integration is None:
        raise PortError(f"Port has no integration {identifier}")
    mapping = check_mapping(integration.get("config"), f"the mapping of {identifier} in Port")
    return FoundIntegration(identifier, integration, mapping, blueprints)


def with_integration(workspace: Workspace, found: FoundIntegration) -> Workspace:
    """Return the workspace with an integration's mapping and its blueprints."""
    workspace = replace(workspace, installation=with_identity(workspace.installation, found.document))
    seen = {str(each["identifier"]): without_read_only(each) for each in found.blueprints}
    opened = Opened(
        found.identifier, found.mapping, is_in_port=True, seen_mapping=found.mapping, seen_blueprints=seen
    )
    return with_mapping(workspace, opened, found.blueprints)


async def read_catalog(credentials: Credentials) -> frozenset[str]:
    """Return the names of the blueprints in Port. Raises PortError."""
    async with open_account(credentials) as account:
        return frozenset(str(each["identifier"]) for each in await account.blueprints())
