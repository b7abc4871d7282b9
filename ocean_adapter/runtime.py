"""One Extractor for each resync: opened on first use, handed out, closed."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import cast

from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.log.sensetive import sensitive_log_filter

from auth import auth_for
from configuration.resource import Resource
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from ocean_adapter.resources import permissions_for, readable_resources, resource_from
from ocean_adapter.transport import heeds_proxies, outbound_transport, tls_rules
from rest.errors import SettingsError
from rest.origin import Redactor

_OCEANS_FOLDER = Path("/tmp/ocean")  # noqa: S108 - Ocean makes it, and the chart mounts it


class Held:
    """What one resync has opened, and what is told of it at its end.

    failures: its failed kinds, and those of which Port refused most. refusals: what Port refused.
    """

    def __init__(self) -> None:
        self.open = AsyncExitStack()
        self.extractor: Extractor | None = None
        self.failures = 0
        self.refusals: list[str] = []


# A newer resync starts before the one that it takes the place of has ended: each has its own.
_HELD: ContextVar[Held] = ContextVar("ocean_custom_held")


@asynccontextmanager
async def holding() -> AsyncIterator[Held]:
    """The length of a resync: what it opens is closed at the end, however it ends.

    Ocean tells of a good end alone, and in DSP mode of none.
    """
    held = Held()
    token = _HELD.set(held)
    try:
        yield held
    finally:
        _HELD.reset(token)
        await held.open.aclose()


def held_by_resync() -> Held:
    """What the current resync holds. Raises LookupError: there is none."""
    return _HELD.get()


class Runtime:
    """Opens what a resync needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._masks = OceanMasks(settings.redactor)
        self._masks.come_first()

    async def resource(self, config: ResourceConfig) -> Resource:
        """What an entry of the mapping asks for. Raises ResourceError: it is wrong."""
        # Its jq is compiled in another process, for which a thread waits.
        return await asyncio.to_thread(
            resource_from, config, self.settings.pagination, permissions_for(self.settings)
        )

    async def extractor(self) -> Extractor:
        """This resync's extractor."""
        held = held_by_resync()
        if held.extractor is None:
            configs = event.port_app_config.resources
            resources = await asyncio.to_thread(lambda: list(readable_resources(configs, self.settings)))
            # Anew for each resync: tokens of earlier logins need no mask for ever.
            self._masks.redact = self.settings.redactor
            opening = open_extractor(
                self.settings,
                resources,
                transport=outbound_transport(self.settings),
                verify=tls_rules(self.settings),
                directory=_writable_folder(),
                redact=self._masks.redact,
            )
            held.extractor = await held.open.enter_async_context(opening)
        return held.extractor


def read_settings() -> Settings:
    """The settings that Ocean read. Exits with one line that names what is wrong."""
    try:
        settings = Settings.from_config(ocean.integration_config)
        auth_for(settings)
    except SettingsError as error:
        raise SystemExit(f"Ocean Custom cannot start: {error}") from None
    if not settings.verify_ssl:
        logger.warning("verifySsl is false: whoever is between here and the API can read the credentials")
    _warn_of_proxies(settings)
    return settings


def _warn_of_proxies(settings: Settings) -> None:
    """Not refused: who sends credentials unencrypted shows them to all on the way, and may want to."""
    for origin, proxy in settings.plain_proxies().items() if heeds_proxies() else ():
        logger.warning(
            "The proxy {} reads the credentials: requests to {} pass it unencrypted. Use https, or add the "
            "host to NO_PROXY",
            proxy,
            origin,
        )


class OceanMasks:
    """Has Ocean mask our secrets in the examples and the log that it sends to Port, and in its own log.

    By itself it masks the settings that are declared as secret, only as they are written, and its own log
    shows their first six letters. redact: also learns what a login gives.
    """

    def __init__(self, redact: Redactor) -> None:
        self.redact = redact

    def come_first(self) -> None:
        """Nothing is left for Ocean's own masks then."""
        # Of a pattern, Ocean uses `sub` alone.
        sensitive_log_filter.compiled_patterns.insert(0, cast("re.Pattern[str]", self))

    def sub(self, _replacement: Callable[[re.Match[str]], str] | str, text: str) -> str:
        """The text with a mask for every secret, whatever Ocean would put there."""
        return self.redact(text)


def _writable_folder() -> Path | None:
    """The one folder that may be written in the image, whatever its user; elsewhere the system's own."""
    return _OCEANS_FOLDER if os.access(_OCEANS_FOLDER, os.W_OK) else None
