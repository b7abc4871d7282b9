"""One Extractor for each resync: opened on first use, handed out, closed."""

import os
from contextlib import AsyncExitStack
from pathlib import Path

from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.log.sensetive import sensitive_log_filter

from auth import auth_for
from extraction import Extractor, open_extractor
from ocean_adapter.resources import readable_resources
from ocean_adapter.transport import outbound_transport, tls_rules
from rest.errors import SettingsError
from rest.settings import Settings

_OCEANS_FOLDER = Path("/tmp/ocean")  # noqa: S108 - Ocean makes it, and the chart mounts it


class Runtime:
    """Holds what a resync needs. Ocean tells of a resync's start, but not always of its end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._open = AsyncExitStack()
        self._extractor: Extractor | None = None

    async def renew(self) -> None:
        """A resync starts: what an earlier one left is closed."""
        self._extractor = None
        await self._open.aclose()

    async def extractor(self) -> Extractor:
        """This resync's extractor."""
        if self._extractor is None:
            resources = readable_resources(event.port_app_config.resources, self.settings.pagination)
            opening = open_extractor(
                self.settings,
                list(resources),
                transport=outbound_transport(self.settings),
                verify=tls_rules(self.settings),
                directory=_writable_folder(),
            )
            self._extractor = await self._open.enter_async_context(opening)
        return self._extractor


def read_settings() -> Settings:
    """The settings that Ocean read. Exits with one line that names what is wrong."""
    try:
        settings = Settings.from_config(ocean.integration_config)
        auth_for(settings)
    except SettingsError as error:
        raise SystemExit(f"Ocean Custom cannot start: {error}") from None
    _hide(settings)
    if not settings.verify_ssl:
        logger.warning("verifySsl is false: whoever is between here and the API can read the credentials")
    return settings


def _hide(settings: Settings) -> None:
    """Has Ocean mask our secrets, in whatever form, in the examples and the log that it sends to Port.

    By itself it masks the settings that are declared as secret, and only as they are written.
    """
    if pattern := settings.redactor.pattern:
        sensitive_log_filter.compiled_patterns.append(pattern)


def _writable_folder() -> Path | None:
    """The one folder that may be written in the image, whatever its user; elsewhere the system's own."""
    return _OCEANS_FOLDER if os.access(_OCEANS_FOLDER, os.W_OK) else None
