"""The mapping entries that live events use: Port's present mapping, read once until it changes."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from loguru import logger
from port_ocean.context.event import EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import PortAppConfig, ResourceConfig

from configuration.settings import Settings
from expressions.process import StoppedError
from live_events.change import LiveKind
from live_events.pipeline import LiveEvents
from ocean_adapter.engine import Engine
from ocean_adapter.resources import permissions_for, resource_from
from rest.doubts import DoubtName
from rest.errors import ResourceError, SettingsError

_RETRY_S = 5.0


class LiveMapping:
    """Keeps the pipeline's mapping entries and extractor up to date.

    config: the mapping in use. None: it has not been read yet, and events wait.
    retry_s: the pause after an error. Otherwise the mapping is read again when Ocean no longer caches it.
    """

    def __init__(self, engine: Engine, events: LiveEvents, retry_s: float = _RETRY_S) -> None:
        self.config: PortAppConfig | None = None
        self._engine = engine
        self._events = events
        self._retry_s = retry_s
        self._settings: Settings | None = None
        self._is_changing = asyncio.Lock()
        # The extractors of the present mapping, and of the one before: its requests may be under way.
        self._open: list[AsyncExitStack] = []

    async def keep(self) -> None:
        """Read the mapping from Port, and again whenever Ocean's cache of it expires, until jq is stopped."""
        handler = ocean.integration.port_app_config_handler
        async with event_context(EventType.HTTP_REQUEST, trigger_type="machine"):
            while True:
                pause_s = float(ocean.config.port.port_app_config_cache_ttl)
                try:
                    await self.use(await handler.get_port_app_config())
                except StoppedError:  # this process is ending
                    return
                except Exception as error:
                    logger.warning(
                        "Live events: the mapping could not be read from Port ({}). {}",
                        error,
                        "Events use the last one" if self.config else "Events wait for it",
                    )
                    pause_s = self._retry_s
                await asyncio.sleep(pause_s)

    async def use(self, config: PortAppConfig) -> None:
        """Use a mapping. Entries with mistakes are logged and left out."""
        async with self._is_changing:
            settings = await self._reread()
            if config == self.config and settings == self._settings:
                return
            kinds = await asyncio.to_thread(_kinds, config, settings)
            resources = AsyncExitStack()
            extractor = await resources.enter_async_context(self._engine.open_live(settings))
            self._events.use(kinds, extractor)
            self.config, self._settings = config, settings
            self._open.append(resources)
            while len(self._open) > 2:
                await self._open.pop(0).aclose()

    @property
    def accept(self) -> frozenset[DoubtName]:
        """The doubts that are warnings for all kinds."""
        return self._settings.accept if self._settings else frozenset()

    def config_of(self, kind: LiveKind) -> PortAppConfig | None:
        """Return the mapping in use. None: it no longer has the kind in this place."""
        resources = self.config.resources if self.config else []
        is_present = kind.index < len(resources) and resources[kind.index].kind == kind.resource.kind
        return self.config if is_present else None

    async def close(self) -> None:
        """Close the extractors."""
        while self._open:
            await self._open.pop().aclose()

    async def _reread(self) -> Settings:
        """Return the settings with the present secrets of files."""
        try:
            return await asyncio.to_thread(self._engine.settings.reread)
        except SettingsError as error:
            if self._settings is None:
                raise
            logger.warning("Live events use the earlier settings: {}", error)
            return self._settings


def _kinds(config: PortAppConfig, settings: Settings) -> list[LiveKind]:
    """Return the entries that have a webhook. It waits for another process, which compiles their jq."""
    permissions = permissions_for(settings)
    kinds: list[LiveKind] = []
    wanted = [(index, entry) for index, entry in enumerate(config.resources) if has_webhook(entry)]
    for index, entry in wanted:
        try:
            kinds.append(LiveKind(index, resource_from(entry, settings.pagination, permissions)))
        except ResourceError as error:
            logger.error("Live events are ignored for a mapping entry: {}", error)
    if not wanted:
        logger.warning("Live events are ignored: no entry of the mapping has selector.webhook")
    return kinds


def has_webhook(entry: ResourceConfig) -> bool:
    """Return whether a mapping entry has the key `webhook`."""
    keys: dict[str, Any] = entry.selector.dict(exclude_unset=True)
    return keys.get("webhook") is not None
