"""Ocean's own integration class, with our selector keys: Ocean maps, compares, writes and deletes."""

from typing import Any, override

from port_ocean.core.integrations.base import BaseIntegration

from ocean_adapter.environment import prepare_environment
from ocean_adapter.resync_scope import open_scope
from ocean_adapter.selector import CustomAppConfigHandler

prepare_environment()


class StockIntegration(BaseIntegration):
    """Ocean's integration. The scope holds the extractor of a resync."""

    AppConfigHandlerClass = CustomAppConfigHandler

    @override
    async def sync_raw_all(self, *arguments: Any, **options: Any) -> bool:
        """Run Ocean's resync."""
        async with open_scope():
            succeeded: bool = await super().sync_raw_all(*arguments, **options)
        return succeeded
