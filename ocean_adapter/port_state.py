"""What Port has at the start of a resync: its list of this integration's entities.

The list is read while Ocean starts the resync and the API is read. An entity that is not in it is
new: Port need not be asked about it. An entity that is in it and that no item becomes may be stale.
"""

import asyncio
from contextlib import aclosing

import httpx
import msgspec
from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.clients.port.types import UserAgentType
from port_ocean.core.integrations.mixins.utils import is_dsp_mode_enabled

from mapping import EntityLedger, key_of
from ocean_adapter.port_list import listed_entities


class PortState:
    """Reads Port's list into the ledger. In DSP mode nobody needs it.

    is_complete: all of it is there, once `ready` has returned.
    """

    def __init__(self, client: PortClient, agent: UserAgentType, ledger: EntityLedger) -> None:
        self._ledger = ledger
        self.is_complete = False
        self._reading = asyncio.create_task(self._read(client, agent))

    async def ready(self) -> None:
        """Wait until the list is read, or cannot be."""
        await asyncio.shield(self._reading)

    async def close(self) -> None:
        """Stop reading."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    def is_listed(self, key: bytes) -> bool:
        """Return whether Port had the entity when the resync started."""
        return self.is_complete and self._ledger.is_listed(key)

    def is_new(self, key: bytes) -> bool:
        """Return whether Port did not have the entity when the resync started."""
        return self.is_complete and not self._ledger.is_listed(key)

    async def _read(self, client: PortClient, agent: UserAgentType) -> None:
        if await is_dsp_mode_enabled():
            return
        try:
            async with aclosing(listed_entities(client, agent)) as pages:
                async for page in pages:
                    self._ledger.list(key_of(entity.blueprint, entity.identifier) for entity in page)
                    await asyncio.sleep(0)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            logger.warning(
                "Port did not list the entities of this integration ({}). It is asked about each of them",
                type(error).__name__,
            )
            return
        self.is_complete = True
