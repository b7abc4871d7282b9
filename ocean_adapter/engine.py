"""The extraction engine for Ocean's handlers: resources, and one extractor for each resync."""

import asyncio
import os
from pathlib import Path

from port_ocean.context.event import event
from port_ocean.core.handlers.port_app_config.models import ResourceConfig

from configuration.resource import Resource
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from ocean_adapter.resources import permissions_for, readable_resources, resource_from
from ocean_adapter.resync_scope import current_scope
from ocean_adapter.secret_masks import SecretMasks
from ocean_adapter.transport import outbound_transport, tls_verification

_OCEAN_FOLDER = Path("/tmp/ocean")  # noqa: S108 - Ocean creates it, and the chart mounts it


class Engine:
    """Reads mapping entries and opens the extractor of a resync."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._masks = SecretMasks(settings.redactor)
        self._masks.install()

    async def resource(self, config: ResourceConfig) -> Resource:
        """Return the resource of a mapping entry. Raises ResourceError: the entry is wrong."""
        # A thread waits for the other process that compiles the entry's jq.
        return await asyncio.to_thread(
            resource_from, config, self.settings.pagination, permissions_for(self.settings)
        )

    async def extractor(self) -> Extractor:
        """Return the current resync's extractor. The first call opens it."""
        scope = current_scope()
        if scope.extractor is None:
            configs = event.port_app_config.resources
            resources = await asyncio.to_thread(lambda: list(readable_resources(configs, self.settings)))
            # A new redactor for each resync forgets the tokens of earlier logins.
            self._masks.redact = self.settings.redactor
            opening = open_extractor(
                self.settings,
                resources,
                transport=outbound_transport(self.settings),
                verify=tls_verification(self.settings),
                directory=_writable_folder(),
                redact=self._masks.redact,
            )
            scope.extractor = await scope.resources.enter_async_context(opening)
        return scope.extractor


def _writable_folder() -> Path | None:
    """Return the only writable folder of the image. None: use the system's temporary folder."""
    return _OCEAN_FOLDER if os.access(_OCEAN_FOLDER, os.W_OK) else None
