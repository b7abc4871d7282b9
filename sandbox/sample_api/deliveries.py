"""Deliveries of events to a webhook, and when a failed one is repeated."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from sandbox.webhooks.sending import Answer
from sandbox.webhooks.signing import DEFAULT_SCHEME

type State = Literal["waiting", "sending", "delivered", "refused", "failed"]

_CONFLICT = 409
_TRANSIENT = frozenset((408, 425, 429))
_LONGEST_PAUSE_S = 60
_SHOWN_ANSWER = 300


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events go.

    stale: payloads show an updated item as it was before the change.
    max_attempts: of one delivery; pause_s: before its second attempt, doubled before each further one.
    """

    url: str
    secret: str = field(default="", repr=False)
    scheme: str = DEFAULT_SCHEME
    stale: bool = False
    max_attempts: int = 8
    pause_s: float = 1


@dataclass(slots=True)
class Delivery:
    """One event on its way.

    id: the same in all attempts. event: the type, which a header names; action: in the payload.
    state: `refused` by the receiver, or `failed` after all attempts. answer: the latest one.
    ended_after_s: since the change.
    """

    id: str
    event: str
    action: str
    body: bytes
    made_at: datetime
    state: State = "waiting"
    attempts: int = 0
    answer: Answer | None = None
    retry_in_s: float | None = None
    ended_after_s: float | None = None

    @property
    def status(self) -> int | None:
        """The status of the latest answer."""
        return self.answer.status if self.answer else None

    @property
    def answer_text(self) -> str:
        """The beginning of the latest answer."""
        return self.answer.text[:_SHOWN_ANSWER] if self.answer else ""


def is_delivered(answer: Answer) -> bool:
    """Return whether the receiver has the event. 409 means that an earlier attempt arrived."""
    return answer.status is not None and (200 <= answer.status < 300 or answer.status == _CONFLICT)


def is_transient(answer: Answer) -> bool:
    """Return whether a further attempt may succeed."""
    return answer.status is None or answer.status in _TRANSIENT or answer.status >= 500


def pause_after(answer: Answer, attempts: int, webhook: Webhook, now: datetime) -> float:
    """Return the seconds until the next attempt: Retry-After if the answer has it, else growing pauses."""
    told = retry_after_s(answer.headers.get("Retry-After", ""), now)
    return min(webhook.pause_s * 2 ** (attempts - 1), _LONGEST_PAUSE_S) if told is None else told


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header: a number or a date (RFC 9110 §10.2.3). None: invalid."""
    if value.strip().isascii() and value.strip().isdigit():
        seconds = float(value)
        return seconds if math.isfinite(seconds) else None
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
