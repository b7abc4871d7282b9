"""The cursor of incremental runs: the time up to which all changes are written, by the slowest clock."""

from datetime import datetime, timedelta
from typing import Any, override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.incremental import CursorStore
from port_ocean.core.integrations.mixins import SyncRawMixin

from ocean_adapter.port_clock import port_clock_reading

_ATTRIBUTE = "ocean_custom_first_response_time"


class CautiousCursor(SyncRawMixin):
    """Ocean's incremental runs with a cursor that is never in the future.

    Ocean's cursor is the start of the run by the local clock. The API records changes by its own clock. If
    the local clock is ahead, the next run would miss changes.

    If Ocean renames the overridden method, the cursor is Ocean's own and nothing else changes.
    """

    @override
    async def _sync_incremental_kind(
        self,
        resource: ResourceConfig,
        index: int,
        cursor: datetime,
        next_cursor: datetime,
        cursor_store: CursorStore,
        user_agent_type: UserAgentType,
        integration_type: str,
        integration_id: str,
        kind_identifier: str,
    ) -> bool:
        return await super()._sync_incremental_kind(
            resource,
            index,
            _plausible_cursor(resource.kind, cursor, next_cursor),
            next_cursor,
            _CautiousCursorStore(ocean.port_client),
            user_agent_type,
            integration_type,
            integration_id,
            kind_identifier,
        )


class _CautiousCursorStore(CursorStore):
    """Saves the earliest of the run's start by Port's clock and its first response by the API's clock."""

    @override
    async def save(self, kind: str, index: int, value: datetime) -> None:
        reading = port_clock_reading(event.attributes)
        by_port = value + min(reading.ahead, timedelta()) if reading else value
        by_api: datetime | None = event.attributes.get(_ATTRIBUTE)
        await super().save(kind, index, min(by_port, by_api or by_port))


def record_first_response(attributes: dict[str, Any], time: datetime | None) -> None:
    """Record the time of the run's first response by the API's clock. None: no response had a time."""
    attributes[_ATTRIBUTE] = time


def _plausible_cursor(kind: str, cursor: datetime, started: datetime) -> datetime:
    """Return the cursor, or the default one if the cursor is in the future by the local and Port's clock."""
    reading = port_clock_reading(event.attributes)
    now = started + max(reading.ahead, timedelta()) if reading else started
    if cursor <= now:
        return cursor
    interval = timedelta(minutes=ocean.config.integration.incremental_sync_interval)
    logger.warning(
        "{}: the cursor {} is in the future, so a clock was wrong. Reading the changes of the last {:.0f} "
        "minutes instead. Run a full resync to read earlier changes",
        kind,
        cursor.isoformat(timespec="seconds"),
        interval.total_seconds() / 60,
    )
    return now - interval
