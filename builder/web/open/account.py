"""Existing integrations of the user's Port account."""

from dataclasses import dataclass, replace

from builder.existing import without_read_only
from builder.json_values import as_object
from builder.mapping_file import check_mapping
from builder.port_account import Credentials, PortError, open_account
from builder.web.install.form import InstallationForm
from builder.web.install.parsing import parse_installation
from builder.web.open.mapping import with_integration, with_mapping
from builder.web.open.opened import Opened
from builder.web.page.issues import Issue, NotReadyError
from builder.web.page.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ListedIntegration:
    """An integration in Port. kinds: the number of entries of its mapping, None if Port does not list it."""

    identifier: str
    app_type: str
    kinds: int | None


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


async def with_integration_of_port(
    workspace: Workspace, credentials: Credentials, identifier: str
) -> Workspace:
    """Return the workspace with an integration's mapping and its blueprints.

    Raises PortError: the integration does not exist. Raises ResourceError: it has no mapping.
    """
    async with open_account(credentials) as account:
        integration = await account.integration(identifier)
        blueprints = await account.blueprints()
    if integration is None:
        raise PortError(f"Port has no integration {identifier}")
    mapping = check_mapping(integration.get("config"), f"the mapping of {identifier} in Port")
    workspace = replace(workspace, installation=with_integration(workspace.installation, integration))
    seen = {str(each["identifier"]): without_read_only(each) for each in blueprints}
    opened = Opened(identifier, mapping, is_in_port=True, seen_mapping=mapping, seen_blueprints=seen)
    return with_mapping(workspace, opened, blueprints)


async def with_catalog(workspace: Workspace, credentials: Credentials) -> Workspace:
    """Return the workspace with the names of the blueprints in Port. Raises PortError."""
    async with open_account(credentials) as account:
        blueprints = await account.blueprints()
    return replace(workspace, catalog=frozenset(str(each["identifier"]) for each in blueprints))
