"""What a walk does with the responses that are kept for the next resync."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from client import ConditionalRequests
from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.listings import Sender
from extraction.validator_check import UntrueValidatorError, untrue_elsewhere
from extraction.verdict import Verdict
from rest.errors import RequestError, SyncError
from rest.request import Request
from rest.response import Response


class WatchedSender:
    """A sender that notes which responses of a walk are kept, and which of them a 304 confirmed."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.kept: list[str] = []
        self.confirmed: list[str] = []

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Return the response of the sender behind it."""
        response = await self._sender.send(request, rules)
        if response.kept:
            self.kept.append(response.kept.name)
        if response.kept and response.is_confirmed:
            self.confirmed.append(response.kept.name)
        return response


@asynccontextmanager
async def kept_by_walk(
    sender: Sender, conditional: ConditionalRequests | None, verdict: Verdict
) -> AsyncIterator[Sender]:
    """Open a sender for one walk, and judge at its end what is kept of it.

    Responses whose content is wrong or doubtful are discarded: a 304 would bring them back. After a failed
    request, the others stay: each is what the API said.

    Raises UntrueValidatorError: pages of the walk were confirmed by an API whose validators are untrue.
    """
    if conditional is None:
        yield sender
        return
    watched, doubts = WatchedSender(sender), verdict.doubt_count
    try:
        yield watched
    except UntrueValidatorError as error:
        await conditional.distrust(error.kept_name)
        raise
    except RequestError:
        raise
    except SyncError:
        await conditional.discard(watched.kept)
        raise
    if verdict.doubt_count > doubts:
        await conditional.discard(watched.kept)
    if any(map(conditional.is_untrue, watched.confirmed)):
        raise untrue_elsewhere()
