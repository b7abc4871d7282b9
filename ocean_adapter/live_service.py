"""Live events in Ocean: receive deliveries, and write what changed to Port."""

import asyncio
from collections.abc import Mapping
from contextvars import Context

from loguru import logger
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import PortAppConfig
from port_ocean.utils.signal import signal_handler

from configuration.webhook_settings import WebhookSettings
from live_events.asgi import App
from live_events.guard import Guard
from live_events.limits import LiveLimits
from live_events.pipeline import LiveEvents
from live_events.secret_rotation import SecretRotation
from ocean_adapter.engine import Engine
from ocean_adapter.live_mapping import LiveMapping, has_webhook
from ocean_adapter.live_metrics import LiveMetrics
from ocean_adapter.live_processor import StreamIntake, processor_for
from ocean_adapter.live_writer import LiveWriter
from ocean_adapter.resync_scope import reading_start
from rest.errors import SyncError

# Ocean closes the workers of the mapping and Port's client after that.
_SHUTDOWN_PRIORITY = 50


class LiveService:
    """Receives live events if the settings have a webhook and Ocean's event listener processes webhooks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._webhook = engine.settings.webhook
        self._bound_s = float(ocean.config.max_wait_seconds_before_shutdown)
        # Half of the time is for the last write.
        self._events = LiveEvents(limits=LiveLimits(shutdown_s=self._bound_s / 2))
        self._mapping = LiveMapping(engine, self._events)
        self._rejected: list[Mapping[int, int]] = []
        self._metrics = LiveMetrics(self._events, self._rejected)
        self._tasks: list[asyncio.Task[None]] = []

    def install(self) -> None:
        """Add the webhook to Ocean's server. Events are processed as soon as the server starts."""
        if self._webhook is None or not ocean.config.event_listener.should_process_webhooks:
            return
        base_url = ocean.config.base_url or ""
        path = f"{ocean.app.route_prefix}/integration{self._webhook.path}"
        rotation = SecretRotation(self._engine.settings)
        ocean.app.fast_api_app.add_middleware(
            self._guard, webhook=self._webhook, path=path, base_url=base_url, rotation=rotation
        )
        # Ocean uses the processor in Redis mode only. The guard answers all requests to its route.
        intake = StreamIntake(self._webhook, self._events, f"{base_url.rstrip('/')}{path}", rotation)
        self._rejected.append(intake.rejections.by_status)
        ocean.add_webhook_processor(self._webhook.path, processor_for(intake))
        ocean.on_start()(self._start)
        signal_handler.register(self.close, priority=_SHUTDOWN_PRIORITY)
        self._metrics.install()
        _log_address(base_url, path, is_signed=self._webhook.is_signed)

    async def use_mapping(self, config: PortAppConfig) -> None:
        """Use the mapping that a resync begins with."""
        if self._tasks:
            try:
                await self._mapping.use(config)
            except SyncError as error:
                logger.warning("Live events use the earlier mapping: {}", error)
        elif self._webhook is None and any(map(has_webhook, config.resources)):
            logger.warning("selector.webhook has no effect: no events are received without webhookVerify")

    def note_covered(self, index: int) -> None:
        """Note that a resync has read all items of the mapping entry at an index."""
        if self._tasks and (since := reading_start()):
            self._events.covered(index, since)

    async def close(self) -> None:
        """Finish what is under way, but no longer than Ocean waits at its end."""
        if not self._tasks:
            return
        self._events.stop()
        keeper, writer = self._tasks
        await asyncio.wait([writer], timeout=self._bound_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(keeper, writer, return_exceptions=True)
        await self._mapping.close()

    def _guard(
        self, app: App, webhook: WebhookSettings, path: str, base_url: str, rotation: SecretRotation
    ) -> Guard:
        """Return the middleware around Ocean's application."""
        guard = Guard(
            app, webhook=webhook, path=path, intake=self._events, base_url=base_url, rotation=rotation
        )
        self._rejected.append(guard.rejected)
        return guard

    async def _start(self) -> None:
        writer = LiveWriter(self._events, self._mapping, self._metrics)
        # In an empty context: Ocean calls this in the context of its start event.
        self._tasks = [
            asyncio.create_task(run, context=Context()) for run in (self._mapping.keep(), writer.run())
        ]


def _log_address(base_url: str, path: str, *, is_signed: bool) -> None:
    if base_url:
        logger.info("Live events are received at {}{}", base_url.rstrip("/"), path)
    else:
        logger.warning(
            "Live events are received at the path {}. Set OCEAN__BASE_URL to the public URL of this process",
            path,
        )
    if not is_signed:
        logger.warning(
            "webhookVerify is hint: anyone can send events. They only lead to requests for what they name"
        )
