"""Check the signature of a delivery, or sign it with the secret of the settings."""

from dataclasses import replace
from datetime import datetime

from builder.events.report import Verification
from configuration.webhook_scheme import VerificationScheme
from configuration.webhook_settings import WebhookSettings
from live_events.challenges import ChallengeAnswer, challenge_answer
from live_events.delivery import Delivery, DeliveryError
from live_events.value_sources import source_words, texts_at
from live_events.verification import Proof, proof_of

_REFORMATTED = Verification(
    "not signed",
    "the signature does not match, but a pasted payload may be formatted differently than it was sent",
)
_ANY_AGE_S = 100 * 365 * 86_400.0


def check_delivery(
    delivery: Delivery, webhook: WebhookSettings, now: datetime, *, is_pasted: bool = False
) -> tuple[Verification, ChallengeAnswer | None]:
    """Return whether a delivery would be accepted, and the answer if it is a challenge.

    A delivery without a signature is not rejected, because a payload in a file has none. is_pasted: the
    body may be formatted differently than it was sent, so a signature that does not match proves nothing.
    """
    if answer := challenge_answer(delivery, webhook):
        return Verification("verified", "a challenge, which needs no signature"), answer
    if webhook.scheme is None:
        detail = "events are not signed (webhookVerify is hint), so only the API decides what changes"
        return Verification("hint", detail), challenge_answer(delivery, webhook, Proof())
    if not _has_proof(delivery, webhook.scheme):
        where = source_words(webhook.scheme.proof)
        detail = f"verification skipped, because {where} has no signature. A real delivery needs one"
        return Verification("not signed", detail), challenge_answer(delivery, webhook, Proof())
    try:
        proof = proof_of(delivery, webhook, now)
    except DeliveryError as error:
        found = _second_look(delivery, webhook, now, error)
        return found if found[0].is_good or not is_pasted else (_REFORMATTED, None)
    return Verification("verified"), challenge_answer(delivery, webhook, proof)


def _second_look(
    delivery: Delivery, webhook: WebhookSettings, now: datetime, error: DeliveryError
) -> tuple[Verification, ChallengeAnswer | None]:
    """Return why a delivery is rejected. A recorded one is only too old."""
    try:
        proof = proof_of(delivery, replace(webhook, scheme=_of_any_age(webhook.scheme)), now)
    except DeliveryError:
        rejected = Verification("rejected", f"status {error.status}: {error.what}", error.advice)
        return rejected, None
    detail = "but its time stamp is too old or too new. The integration would reject it now, with status 401"
    return Verification("verified", detail), challenge_answer(delivery, webhook, proof)


def _of_any_age(scheme: VerificationScheme | None) -> VerificationScheme | None:
    if scheme is None:
        return None
    return replace(scheme, tolerance_s=_ANY_AGE_S, alternative=_of_any_age(scheme.alternative))


def _has_proof(delivery: Delivery, scheme: VerificationScheme | None) -> bool:
    while scheme:
        if any(texts_at(delivery, scheme.proof)):
            return True
        scheme = scheme.alternative
    return False
