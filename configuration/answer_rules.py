"""The user's rules for responses: by status code (`on_status`), or by jq (`responses`)."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from expressions.paths import Path
from rest.bodies import Json
from rest.body_format import RECOGNIZED, BodyFormat
from rest.errors import ItemsError, JqError, ResourceError
from rest.response import Response
from rest.wait_times import wait_s

type StatusAction = Literal["empty", "end", "retry", "rate_limited", "fail"]
type AnswerAction = Literal["empty", "end", "retry", "rate_limited", "fail", "accept"]


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """One rule of `responses`.

    when: the condition, as jq on {status, headers, body}.
    action: what to do with a response that matches.
    wait: jq on the same input, which returns the time before the next attempt in a form that `wait_s` reads.
    """

    when: Path
    action: AnswerAction
    wait: Path | None = None


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """The result of a rule that matches. wait_s: seconds before the next attempt. None: not specified."""

    action: AnswerAction
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """The rules of an endpoint. The first match in `responses` decides, then `on_status`.

    format: how the bodies are read.
    max_retries: fewer retries than the setting maxRetries, for a request that can be changed when it fails.
    """

    on_status: Mapping[int, AnswerAction] = field(default_factory=dict)
    responses: tuple[AnswerRule, ...] = ()
    format: BodyFormat = RECOGNIZED
    max_retries: int | None = None

    async def match(self, response: Response) -> RuleMatch | None:
        """Return the first match for a response, or None.

        Raises ResourceError: the jq of a rule fails on the response.
        """
        if self.responses:
            # In a thread, because it waits for the jq process.
            match = await asyncio.to_thread(self._match_responses, response)
            if match:
                return match
        action = self.on_status.get(response.status)
        return RuleMatch(action) if action else None

    def _match_responses(self, response: Response) -> RuleMatch | None:
        value: Json = {
            "status": response.status,
            "headers": dict(response.headers),
            "body": _body_of(response),
        }
        for rule in self.responses:
            result = _first(rule.when, value)
            if result is not None and result is not False:  # in jq, 0 and "" are true
                return RuleMatch(rule.action, _wait_s(_first(rule.wait, value) if rule.wait else None))
        return None


NO_RULES = AnswerRules()


def _body_of(response: Response) -> Json:
    """Return the body as JSON, or as text if it is not JSON. None: it is empty, or too large to parse."""
    if response.is_heavy:
        return None
    try:
        return response.body
    except ItemsError:
        return response.content.decode(response.charset, "replace")


def _first(path: Path, value: Json) -> Json:
    try:
        return next(iter(path.outputs(value)), None)
    except JqError as error:
        raise ResourceError(
            f"responses: {path} fails on a response: {error}", hint="Correct the expression"
        ) from error


def _wait_s(value: Json) -> float | None:
    """Return the seconds to wait, 0 for a time in the past. None: the value is no time."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    wait = wait_s(str(value), time.time())
    return None if wait is None else max(0.0, wait)
