"""The mark of an incremental run: up to when all changes are written, by the clock that is most behind."""

from datetime import datetime, timedelta
from typing import Any, override

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.incremental import CursorStore
from port_ocean.core.integrations.mixins import SyncRawMixin

from ocean_adapter.port_clock import port_clock

_ATTRIBUTE = "ocean_custom_first_answer"


class EarlierMarks(SyncRawMixin):
    """Ocean's mark is the start of the run by our own clock. The API keeps the times of changes by its own,
    and a later clock of ours would put the mark into the future.

    Should Ocean rename what is overridden here, the mark is as Ocean makes it, and nothing else changes.
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
            _believed(resource.kind, cursor, next_cursor),
            next_cursor,
            _Store(ocean.port_client),
            user_agent_type,
            integration_type,
            integration_id,
            kind_identifier,
        )


class _Store(CursorStore):
    """Saves no mark later than the first answer of the run by the API's clock, and its start by Port's."""

    @override
    async def save(self, kind: str, index: int, value: datetime) -> None:
        reading = port_clock(event.attributes)
        by_port = value + min(reading.ahead, timedelta()) if reading else value
        by_api: datetime | None = event.attributes.get(_ATTRIBUTE)
        await super().save(kind, index, min(by_port, by_api or by_port))


def note_first_answer(attributes: dict[str, Any], answered: datetime | None) -> None:
    """answered: when the API first answered in this run, by its own clock."""
    attributes[_ATTRIBUTE] = answered


def _believed(kind: str, mark: datetime, started: datetime) -> datetime:
    """The mark, or what is asked for without one where it is in the future by our clock and by Port's."""
    reading = port_clock(event.attributes)
    now = started + max(reading.ahead, timedelta()) if reading else started
    if mark <= now:
        return mark
    interval = timedelta(minutes=ocean.config.integration.incremental_sync_interval)
    logger.warning(
        "{}: the mark {} is in the future, as a clock was wrong. Asking for the last {:.0f} minutes instead; "
        "a full resync brings what changed before",
        kind,
        mark.isoformat(timespec="seconds"),
        interval.total_seconds() / 60,
    )
    return now - interval
