"""The guard in front of the webhook's path: nothing is queued before it is verified."""

import asyncio
import json
from collections.abc import Mapping
from functools import partial

from configuration.webhook_settings import WebhookSettings
from extraction.system_clock import SYSTEM_CLOCK, Clock
from live_events.asgi import App, Receive, Scope, Send, headers_in, send_answer, url_of
from live_events.body_reading import BodyReader, Disconnected
from live_events.challenges import ChallengeAnswer, challenge_answer, challenge_methods
from live_events.delivery import Delivery, DeliveryError
from live_events.event import Event, read_event
from live_events.intake import EventIntake
from live_events.rejections import Rejections
from live_events.replay import SeenDeliveries
from live_events.secret_rotation import CHECK_PERIOD_S, SecretRotation
from live_events.verification import Proof, proof_of, without_secret

_ACCEPTED = ChallengeAnswer(b'{"status":"accepted"}')
# What the sender is told. The log has the reason.
_TOLD: Mapping[int, str] = {
    400: "the body cannot be read",
    401: "not verified",
    404: "not found",
    405: "method not allowed",
    408: "the body took too long",
    409: "received before",
    413: "the body is too large",
    503: "too many events",
}
REJECTION_STATUSES = tuple(_TOLD)
_BODY_TIMEOUT_S = 10.0
_MAX_TOTAL_BYTES = 64 * 2**20
_RETRY_AFTER_S = 10
_ENDS = "/ \t\n\v\f\r"
# Shorter bodies are parsed in less time than a thread takes to start.
_SHORT_BODY = 64 * 2**10


class Guard:
    """An ASGI middleware that answers all requests to one path, and passes all others to the application.

    A delivery that is verified and new is put into the intake as an event.
    """

    def __init__(
        self,
        app: App,
        *,
        webhook: WebhookSettings,
        path: str,
        intake: EventIntake,
        base_url: str = "",
        rotation: SecretRotation | None = None,
        clock: Clock = SYSTEM_CLOCK,
        body_timeout_s: float = _BODY_TIMEOUT_S,
    ) -> None:
        """Guard a path.

        path: all of it, with Ocean's prefix and /integration. base_url: the public URL of Ocean, which some
        signatures cover. "": as in the request. rotation: notices a new secret. None: it never changes.
        """
        self._app = app
        self._webhook = webhook
        self._path = path
        self._intake = intake
        self._base_url = base_url.rstrip("/")
        self._rotation = rotation
        self._clock = clock
        self._bodies = BodyReader(timeout_s=body_timeout_s, max_total_bytes=_MAX_TOTAL_BYTES)
        self._seen = SeenDeliveries()
        self._rejections = Rejections()

    @property
    def rejected(self) -> Mapping[int, int]:
        """The number of rejected deliveries by their status."""
        return self._rejections.by_status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to the path, or pass it on."""
        # Ocean's router also takes paths with a line break or a slash at the end for this one.
        if scope["type"] != "http" or scope["path"].rstrip(_ENDS) != self._path:
            await self._app(scope, receive, send)
            return
        query: bytes = scope["query_string"]
        # The server logs it, but a token may be in it.
        scope["query_string"] = b""
        try:
            answer = await self._answer(scope, query, receive)
        except Disconnected:
            return
        except DeliveryError as error:
            self._rejections.note(error, self._clock.now())
            body = json.dumps({"error": _TOLD[error.status]}).encode()
            await self._send(send, error.status, ChallengeAnswer(body, headers=self._hints(error.status)))
            return
        self._rejections.flush(self._clock.now())
        await self._send(send, 200, answer)

    async def _send(self, send: Send, status: int, answer: ChallengeAnswer) -> None:
        headers = {"Content-Type": answer.content_type, "X-Content-Type-Options": "nosniff"}
        await send_answer(send, status, {**headers, **answer.headers}, answer.content)

    def _hints(self, status: int) -> dict[str, str]:
        """Return the headers that tell a sender what to do about a status."""
        scheme = self._webhook.scheme
        if status == 405:
            return {"Allow": ", ".join(("POST", *challenge_methods(self._webhook)))}
        if status == 503:
            return {"Retry-After": str(_RETRY_AFTER_S)}
        if status == 401 and scheme and scheme.algorithm == "basic":
            # Some senders send their credentials only when they are asked to.
            return {"WWW-Authenticate": 'Basic realm="webhook"'}
        return {}

    async def _answer(self, scope: Scope, query: bytes, receive: Receive) -> ChallengeAnswer:
        """Return the answer to a request. Raises DeliveryError, Disconnected."""
        # Not decoded: /%77ebhook is another path, although Ocean's router takes it for the same.
        path = self._path.encode()
        if scope["path"] != self._path or scope.get("raw_path", path) != path:
            raise DeliveryError(404, "the path is not written as webhookPath")
        if scope["method"] not in ("POST", *challenge_methods(self._webhook)):
            raise _not_allowed()
        headers = headers_in(scope)
        url = url_of(scope, query, self._base_url)
        async with self._bodies.read(receive, headers, self._webhook.max_bytes) as body:
            return await self._admit(Delivery.of(scope["method"], url, headers, body))

    async def _admit(self, delivery: Delivery) -> ChallengeAnswer:
        """Answer a delivery, and put its event into the intake. Raises DeliveryError: it is not accepted."""
        if answer := challenge_answer(delivery, self._webhook):
            return answer
        if delivery.method != "POST":
            raise _not_allowed()
        proof = await self._proof(delivery)
        if answer := challenge_answer(delivery, self._webhook, proof):
            return answer
        self._offer(await self._read(without_secret(delivery, self._webhook)), proof.replay_id)
        return _ACCEPTED

    async def _proof(self, delivery: Delivery) -> Proof:
        if self._rotation:
            self._webhook = await self._rotation.renewed(CHECK_PERIOD_S) or self._webhook
        try:
            return proof_of(delivery, self._webhook, self._clock.now())
        except DeliveryError:
            renewed = await self._rotation.renewed() if self._rotation else None
            if renewed is None:
                raise
        self._webhook = renewed
        return proof_of(delivery, self._webhook, self._clock.now())

    async def _read(self, delivery: Delivery) -> Event:
        read = partial(
            read_event,
            delivery,
            is_signed=self._webhook.is_signed,
            received_at=self._clock.now(),
            max_weight=self._webhook.max_weight,
        )
        return read() if len(delivery.body) < _SHORT_BODY else await asyncio.to_thread(read)

    def _offer(self, event: Event, replay_id: str | None) -> None:
        """Put an event into the intake, unless it was there before. Raises DeliveryError."""
        if replay_id and replay_id in self._seen:
            raise DeliveryError(409, "the delivery was received before")
        if not self._intake.offer(event):
            raise DeliveryError(503, "too many events wait")
        if replay_id:
            self._seen.note(replay_id)


def _not_allowed() -> DeliveryError:
    return DeliveryError(405, "the method is not POST")
