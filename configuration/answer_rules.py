"""What answers mean where the user says so: by their status, or by a look at the whole answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from expressions.paths import Path
from rest.bodies import Json
from rest.errors import ItemsError, JqError, ResourceError
from rest.response import Response

type StatusMeaning = Literal["empty", "end", "retry", "rate_limited", "fail"]
type AnswerMeaning = Literal["empty", "end", "retry", "rate_limited", "fail", "accept"]


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """One rule of `responses`.

    when: jq on {status, headers, body}; wait: jq on the same, the seconds before the next attempt.
    """

    when: Path
    meaning: AnswerMeaning
    wait: Path | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer means. wait_s: how long to wait before the next attempt; None: nobody says."""

    meaning: AnswerMeaning
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """The user's rules for the answers of an endpoint; the first that fits counts, on_status last."""

    on_status: Mapping[int, StatusMeaning] = field(default_factory=dict)
    responses: tuple[AnswerRule, ...] = ()

    async def judged(self, response: Response) -> Judged | None:
        """What the rules make of an answer; None: no rule fits.

        Raises ResourceError: a rule's jq fails on it.
        """
        if self.responses:
            # jq runs in another process, and a thread waits for it.
            judged = await asyncio.to_thread(self._by_responses, response)
            if judged:
                return judged
        meaning = self.on_status.get(response.status)
        return Judged(meaning) if meaning else None

    def _by_responses(self, response: Response) -> Judged | None:
        seen: Json = {
            "status": response.status,
            "headers": dict(response.headers),
            "body": _body_of(response),
        }
        for rule in self.responses:
            fits = _first(rule.when, seen)
            if fits is not None and fits is not False:  # to jq, 0 and "" are true
                return Judged(rule.meaning, _seconds(_first(rule.wait, seen) if rule.wait else None))
        return None


NO_RULES = AnswerRules()


def _body_of(response: Response) -> Json:
    """The body as JSON; as text where it is none; null where it is empty or too large to be looked into."""
    if response.is_heavy:
        return None
    try:
        return response.body
    except ItemsError:
        return response.content.decode("utf-8", "replace")


def _first(path: Path, value: Json) -> Json:
    try:
        return next(iter(path.outputs(value)), None)
    except JqError as error:
        raise ResourceError(f"responses: {path} fails on an answer: {error}", hint="Correct it") from error


def _seconds(value: Json) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        seconds = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return seconds if seconds is not None and 0 <= seconds < float("inf") else None
