"""Explains the answer of an integration to an event, in words."""

from dataclasses import dataclass

from sandbox.webhooks.sending import Answer

_SHOWN = 4000
_MEANINGS = {
    400: "The integration cannot read the body. Check the payload and the header Content-Type.",
    401: "The signature is missing or does not match. Compare secret and scheme with the integration's "
    "settings webhookSecret and webhookVerify, and this machine's clock with the integration's.",
    403: "The integration does not accept events from here.",
    404: "There is no webhook at this path. The path is /integration and then the setting webhookPath. "
    "Without the setting webhookVerify, the integration has no webhook at all.",
    405: "The webhook does not accept POST at this path. Check the URL.",
    408: "The integration waited too long for the body.",
    409: "The integration has this delivery already, so it ignored it. Each delivery is accepted once.",
    413: "The payload is larger than the setting webhookMaxBytes.",
}


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer for the page. state: of the style sheet; title: the status; meaning: what to do about it."""

    state: str
    title: str
    meaning: str
    body: str
    seconds: float


def answer_view(answer: Answer) -> AnswerView:
    """Return an answer with its explanation."""
    status = answer.status
    if status is None:
        meaning = (
            f"There was no answer: {answer.text}. Check that the integration runs, that OCEAN__BASE_URL is"
            " set, and that it listens at this port."
        )
        return AnswerView("failed", "No answer", meaning, "", answer.seconds)
    is_accepted = 200 <= status < 300
    return AnswerView(
        "delivered" if is_accepted else "refused",
        f"Status {status}",
        "The integration accepted the event." if is_accepted else _meaning(answer, status),
        answer.text[:_SHOWN],
        answer.seconds,
    )


def _meaning(answer: Answer, status: int) -> str:
    if status in (429, 503):
        wait = answer.headers.get("Retry-After")
        again = f"Send it again in {wait} s." if wait and wait.isdigit() else "Send it again later."
        return f"Too many events wait, so the integration did not take this one. {again}"
    if 300 <= status < 400:
        target = answer.headers.get("Location", "another URL")
        return f"The answer redirects to {target:.200}. Events do not follow redirects. Correct the URL."
    if status >= 500:
        return "The integration failed. Its log says why."
    return _MEANINGS.get(status, "The integration refused the event. The answer below may say why.")
