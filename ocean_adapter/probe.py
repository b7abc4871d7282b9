"""`ocean probe`: one finding for each endpoint of the mapping."""

from loguru import logger
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.probe import ProbeCheck, ProbeCheckStatus, ProbeContext

from configuration.resource import Resource
from configuration.settings import Settings
from extraction import Finding, open_extractor
from ocean_adapter.resources import permissions_for, readable_resources, resource_from
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.transport import outbound_transport, tls_verification
from rest.errors import ResourceError


async def probe_endpoints(context: ProbeContext, settings: Settings) -> None:
    """Check each endpoint and log a line for it.

    Ocean cannot list custom kinds, so the checks are added here.

    Raises RuntimeError: an endpoint failed. Ocean's exit code is 0 whatever the checks say.
    """
    configs = await _mapping_entries()
    resources = list(readable_resources(configs, settings))
    opening = open_extractor(
        settings, resources, transport=outbound_transport(settings), verify=tls_verification(settings)
    )
    failed = 0
    async with opening as extractor:
        for config in configs:
            wanted = _resource_or_finding(config, settings)
            finding = wanted if isinstance(wanted, Finding) else await extractor.probe(wanted)
            failed += not finding.is_good
            logger.log("INFO" if finding.is_good else "ERROR", "{}", finding)
            context.checks.append(_probe_check(finding))
            await context.update_progress()
    if failed:
        raise RuntimeError(f"{failed} of {len(configs)} endpoints failed. See the lines above")


async def _mapping_entries() -> list[ResourceConfig]:
    integration = await ocean.port_client.get_current_integration()
    config = CustomPortAppConfig.parse_obj(integration.get("config") or {})
    if not config.resources:
        logger.warning("The mapping in Port has no resources: there is nothing to probe")
    return list(config.resources)


def _resource_or_finding(config: ResourceConfig, settings: Settings) -> Resource | Finding:
    try:
        return resource_from(config, settings.pagination, permissions_for(settings))
    except ResourceError as error:
        return Finding(config.kind, is_good=False, message=error.text(with_kind=False))


def _probe_check(finding: Finding) -> ProbeCheck:
    status = ProbeCheckStatus.SUCCESS if finding.is_good else ProbeCheckStatus.FAILURE
    return ProbeCheck(kind=finding.kind, status=status, message=finding.message)
