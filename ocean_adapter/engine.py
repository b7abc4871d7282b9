"""The extraction engine for Ocean's handlers: resources, and one extractor for each resync."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from port_ocean.context.event import event
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.incremental import active_incremental_cursor

from auth import RefreshTokens
from client import Gate, RetryPolicy
from configuration.resource import Resource
from configuration.settings import Settings
from extraction import Extractor, gate_for, open_extractor
from live_events.limits import live_retries
from ocean_adapter.resources import permissions_for, readable_resources, resource_from
from ocean_adapter.resync_scope import current_scope
from ocean_adapter.secret_masks import SecretMasks
from ocean_adapter.state_folder import state_folder, writable_folder
from ocean_adapter.transport import outbound_transport, tls_verification
from rest.origin import Redactor


class Engine:
    """Reads mapping entries and opens the extractor of a resync."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # One gate for resyncs and live events: the limits hold for both together.
        self._gate = gate_for(settings)
        self.traffic = self._gate.traffic
        self._tokens = RefreshTokens()
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
            # Secrets in files may have changed since the last resync.
            self.settings = await asyncio.to_thread(self.settings.reread)
            # A new redactor for each resync forgets the tokens of earlier logins.
            self._masks.redact = self.settings.redactor
            # The requests of an incremental resync have a time in them, and never come again.
            state = None if active_incremental_cursor() else await asyncio.to_thread(state_folder)
            opening = self._opening(self.settings, resources, self._gate, self._masks.redact, state=state)
            scope.extractor = await scope.resources.enter_async_context(opening)
        return scope.extractor

    def open_live(self, settings: Settings) -> AbstractAsyncContextManager[Extractor]:
        """Open an extractor for live events. Its requests have a lane of their own."""
        self._masks.redact_live = settings.redactor
        retries = live_retries(settings)
        # Without kept responses: an event says that something has changed.
        return self._opening(settings, (), self._gate.lane(), self._masks.redact_live, retries)

    def _opening(
        self,
        settings: Settings,
        resources: Sequence[Resource],
        gate: Gate,
        redact: Redactor,
        retry_policy: RetryPolicy | None = None,
        state: Path | None = None,
    ) -> AbstractAsyncContextManager[Extractor]:
        return open_extractor(
            settings,
            resources,
            transport=outbound_transport(settings),
            verify=tls_verification(settings),
            directory=writable_folder(),
            redact=redact,
            tokens=self._tokens,
            gate=gate,
            retry_policy=retry_policy,
            state=state,
        )
