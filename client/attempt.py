"""The result of sending a request once."""

from dataclasses import dataclass, replace

from client.classification import ResponseClass, classify
from configuration.answer_rules import AnswerAction, RuleMatch
from rest.rate_limits import requested_wait_s
from rest.request import Request
from rest.response import Response


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of sending a request once.

    request: the one to send when it is retried.
    cause: why it failed, for messages.
    may_be_processed: whether the API may have processed it.
    response: None: the connection failed.
    judged: what a rule of the user says of the response.
    hint: what the user can change about a failed connection, "" if that is unknown.
    """

    request: Request
    cause: str
    may_be_processed: bool
    response: Response | None = None
    judged: RuleMatch | None = None
    hint: str = ""

    @property
    def response_class(self) -> ResponseClass:
        """The class of the response. A failed connection is transient."""
        return classify(self.response, self._meaning) if self.response else "transient"

    @property
    def is_rate_limited(self) -> bool:
        """Whether the limit holds for all requests."""
        return self.response_class == "rate_limited"

    @property
    def requested_wait_s(self) -> float | None:
        """Seconds to wait before a retry, as a rule of the user or the API says; None: neither does."""
        if self.judged and self.judged.wait_s is not None:
            return self.judged.wait_s
        return requested_wait_s(self.response.status, self.response.headers) if self.response else None

    @property
    def success(self) -> Response | None:
        """The response to hand to the caller; None: it is not a success."""
        if self.response is None or self.response_class != "success":
            return None
        meaning = self._meaning
        if meaning == "accept" or meaning == "empty" or meaning == "end":
            return replace(self.response, action=meaning)
        return self.response

    @property
    def refusal(self) -> Response | None:
        """The response that no retry cures; None: it is another one."""
        return self.response if self.response_class == "refusal" else None

    @property
    def _meaning(self) -> AnswerAction | None:
        return self.judged.action if self.judged else None
