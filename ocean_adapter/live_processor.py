"""Redis mode: Ocean reads deliveries from a stream, to which a gateway writes them.

In the other modes the guard answers each request, so that none reaches Ocean's own route.
"""

from datetime import UTC, datetime
from typing import ClassVar, override

from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.handlers.webhook.abstract_webhook_processor import (
    AbstractWebhookProcessor,
    WebhookProcessorType,
)
from port_ocean.core.handlers.webhook.webhook_event import (
    EventHeaders,
    EventPayload,
    WebhookEvent,
    WebhookEventRawResults,
)

from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery, DeliveryError
from live_events.event import read_event
from live_events.intake import EventIntake
from live_events.rejections import Rejections
from live_events.replay import SeenDeliveries
from live_events.secret_rotation import SecretRotation
from live_events.verification import proof_of, without_secret


class StreamIntake:
    """Verifies deliveries of a stream and puts their events into the pipeline.

    url: the public URL of the webhook, which some signatures cover.
    """

    def __init__(
        self, webhook: WebhookSettings, events: EventIntake, url: str, rotation: SecretRotation
    ) -> None:
        self._webhook = webhook
        self._events = events
        self._url = url
        self._rotation = rotation
        self._seen = SeenDeliveries()
        self.rejections = Rejections()

    async def delivery(self, event: WebhookEvent) -> Delivery:
        """Return a delivery as the gateway received it. The stream has no method and no URL."""
        request = event._original_request  # noqa: SLF001 - the only place of the raw body
        body = await request.body() if request else b""
        return Delivery.of("POST", self._url, event.headers.items(), body)

    async def verify(self, delivery: Delivery) -> str | None:
        """Return what identifies the delivery. Raises DeliveryError: it is not verified, or not new."""
        if len(delivery.body) > self._webhook.max_bytes:
            raise DeliveryError(413, f"the body has more than {self._webhook.max_bytes} bytes")
        try:
            proof = proof_of(delivery, self._webhook, datetime.now(UTC))
        except DeliveryError:
            renewed = await self._rotation.renewed()
            if renewed is None:
                raise
            self._webhook = renewed
            proof = proof_of(delivery, renewed, datetime.now(UTC))
        if proof.replay_id and proof.replay_id in self._seen:
            raise DeliveryError(409, "the delivery was received before")
        return proof.replay_id

    async def put(self, delivery: Delivery, replay_id: str | None, received_at: datetime) -> None:
        """Wait until the pipeline takes the event. Raises DeliveryError: the body cannot be read."""
        readable = without_secret(delivery, self._webhook)
        event = read_event(
            readable,
            is_signed=self._webhook.is_signed,
            received_at=received_at,
            max_weight=self._webhook.max_weight,
        )
        await self._events.put(event)
        if replay_id:
            self._seen.note(replay_id)


class StreamProcessor(AbstractWebhookProcessor):
    """Ocean's interface to the intake. The pipeline writes the changes, so Ocean gets an empty result."""

    intake: ClassVar[StreamIntake]

    def __init__(self, event: WebhookEvent) -> None:
        super().__init__(event)
        self._delivery: Delivery | None = None
        self._replay_id: str | None = None

    @classmethod
    @override
    def get_processor_type(cls) -> WebhookProcessorType:
        """Return the type that Ocean calls once for each delivery, not once for each mapping entry."""
        return WebhookProcessorType.ACTION

    @override
    async def should_process_event(self, event: WebhookEvent) -> bool:
        return True

    @override
    async def get_matching_kinds(self, event: WebhookEvent) -> list[str]:
        return []

    @override
    async def authenticate(self, payload: EventPayload, headers: EventHeaders) -> bool:
        try:
            self._delivery = await self.intake.delivery(self.event)
            self._replay_id = await self.intake.verify(self._delivery)
        except DeliveryError as error:
            self.intake.rejections.note(error, datetime.now(UTC))
            return False
        return True

    @override
    async def validate_payload(self, payload: EventPayload) -> bool:
        return True

    @override
    async def handle_event(self, payload: EventPayload, resource: ResourceConfig) -> WebhookEventRawResults:
        assert self._delivery is not None  # noqa: S101 - authenticate has set it
        await self.intake.put(self._delivery, self._replay_id, self.event.created_at)
        return WebhookEventRawResults([], [])


def processor_for(intake: StreamIntake) -> type[StreamProcessor]:
    """Return the class of processors for an intake. Ocean makes an object of it for each delivery."""
    return type("LiveEventProcessor", (StreamProcessor,), {"intake": intake})
