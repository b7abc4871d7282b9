"""Verify that a delivery comes from someone who knows the secret."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from configuration.encodings import decoded
from configuration.webhook_scheme import VerificationScheme
from configuration.webhook_settings import WebhookSettings, decoded_key
from live_events.delivery import Delivery, DeliveryError
from live_events.signed_text import as_bytes, signed_bytes
from live_events.value_sources import has_prefix, listed, source_words, texts_at, without_prefix
from rest.moments import moment_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_LONGEST_TIME = 40
# How many units one second has.
_UNITS: Mapping[str, int] = {"s": 1, "ms": 1000}
_UNAUTHORIZED = 401
_COMPARE = "Compare webhookSecret with the sender's. A proxy in between must not change the request"
_COMPARE_URL = "The signature covers the URL, so OCEAN__BASE_URL must be as in the URL at the sender"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a delivery has proved: the secret that it is signed with, and what identifies it.

    secret: "" if it is not signed. replay_id: the same whenever this delivery is sent again. None: unknown.
    """

    secret: str = field(default="", repr=False)
    replay_id: str | None = None


def verify(delivery: Delivery, webhook: WebhookSettings, now: datetime) -> str | None:
    """Return what identifies the delivery when it is sent again, or None.

    With `hint`, every delivery passes. Raises DeliveryError: its sender does not prove to know a secret.
    """
    return proof_of(delivery, webhook, now).replay_id


def proof_of(delivery: Delivery, webhook: WebhookSettings, now: datetime) -> Proof:
    """Return what the delivery proves. With `hint`, that is nothing. Raises DeliveryError as `verify`."""
    errors: list[DeliveryError] = []
    used = [scheme for scheme in webhook.schemes if _sent_proofs(delivery, scheme)]
    for scheme in used:
        try:
            return _proof(delivery, scheme, webhook.secrets, now)
        except DeliveryError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    if webhook.is_signed:
        raise DeliveryError(_UNAUTHORIZED, ", and ".join(map(_missing, webhook.schemes)))
    return Proof()


def _missing(scheme: VerificationScheme) -> str:
    return f"{source_words(scheme.proof)} has no {'signature' if scheme.is_hmac else 'secret'}"


def without_secret(delivery: Delivery, webhook: WebhookSettings) -> Delivery:
    """Return the delivery without the headers and parameters that are the secret itself, for expressions."""
    tokens = [scheme.proof for scheme in webhook.schemes if not scheme.is_hmac]
    params = {source.query_param for source in tokens}
    names = {name for source in tokens for name in source.headers}
    return replace(
        delivery,
        url=delivery.url.partition("?")[0],
        headers={name: text for name, text in delivery.headers.items() if name not in names},
        query={name: text for name, text in delivery.query.items() if name not in params},
    )


def _proof(delivery: Delivery, scheme: VerificationScheme, secrets: tuple[str, ...], now: datetime) -> Proof:
    proofs = _sent_proofs(delivery, scheme)
    if not scheme.is_hmac:
        return _token_proof(delivery, scheme, secrets, proofs)
    timestamp = _timestamp(delivery, scheme, now)
    signed_id = _identifier(delivery, scheme) if scheme.signed.uses("id") else ""
    if scheme.signed.uses("id") and not signed_id:
        raise DeliveryError(_UNAUTHORIZED, "the identifier that is part of the signature is missing")
    candidates = _candidates(scheme, proofs)
    for secret in secrets:
        digest = _digest(delivery, scheme, secret, timestamp=timestamp, identifier=signed_id)
        if digest and any(hmac.compare_digest(digest, candidate) for candidate in candidates):
            return Proof(secret, _replay_id(delivery, scheme, digest))
    hint = f"{_COMPARE}. {_COMPARE_URL}" if scheme.signed.uses("url") else _COMPARE
    raise DeliveryError(_UNAUTHORIZED, "the signature does not match", hint=hint)


def _candidates(scheme: VerificationScheme, proofs: list[str]) -> list[bytes]:
    """Return the signatures that may match. Raises DeliveryError: none has the length of the algorithm."""
    size = hashlib.new(scheme.algorithm).digest_size
    candidates = [decoded(text, scheme.encoding) or b"" for text in proofs]
    if any(len(candidate) == size for candidate in candidates):
        return candidates
    raise DeliveryError(
        _UNAUTHORIZED,
        f"the signature is no {scheme.algorithm} in {scheme.encoding}",
        hint="Compare algorithm, encoding and prefix of webhookVerify with what the sender documents",
    )


def _replay_id(delivery: Delivery, scheme: VerificationScheme, digest: bytes) -> str | None:
    """Return what identifies a signed delivery: its id, or its signature if that covers a time.

    Anyone can change an id in a header that the signature does not cover, so the signature takes precedence.
    """
    identifier = _identifier(delivery, scheme)
    is_signed = scheme.signed.uses("id") or (scheme.id is not None and bool(scheme.id.body_path))
    by_signature = digest.hex() if scheme.timestamp else ""
    return (identifier if is_signed else by_signature) or by_signature or identifier or None


def _token_proof(
    delivery: Delivery, scheme: VerificationScheme, secrets: tuple[str, ...], tokens: list[str]
) -> Proof:
    is_basic = scheme.algorithm == "basic"  # RFC 7617: user:password in base64
    sent = [decoded(token, "base64") or b"" if is_basic else as_bytes(token) for token in tokens]
    known = (_known(token, secrets) for token in sent)
    # Each element of a body needs a secret. Of several headers, one needs it.
    is_known = all(known) if scheme.proof.body_path else any(known)
    if is_known:
        return Proof(replay_id=_identifier(delivery, scheme) or None)
    raise DeliveryError(_UNAUTHORIZED, f"{source_words(scheme.proof)} has another secret", hint=_COMPARE)


def _known(token: bytes, secrets: tuple[str, ...]) -> bool:
    return any(hmac.compare_digest(token, secret.encode()) for secret in secrets)


def _digest(
    delivery: Delivery, scheme: VerificationScheme, secret: str, *, timestamp: str, identifier: str
) -> bytes | None:
    """Return the signature by a sender with this secret. None: the secret cannot be its key."""
    key = decoded_key(secret, scheme)
    if not key:
        return None
    text = signed_bytes(scheme.signed, delivery, timestamp=timestamp, identifier=identifier, secret=key)
    if scheme.signed.uses("secret"):
        return hashlib.new(scheme.algorithm, text).digest()
    return hmac.digest(key, text, scheme.algorithm)


def _timestamp(delivery: Delivery, scheme: VerificationScheme, now: datetime) -> str:
    """Return the time of the delivery as it was sent, "" if the sender signs none.

    Raises DeliveryError: it is missing, or too far from our time.
    """
    source = scheme.timestamp
    if source is None:
        return ""
    found = texts_at(delivery, source)
    if source.prefix:
        found = [each for text in found for each in listed(text, source.prefix)]
    moment = _moment(found[0], scheme) if found else None
    if moment is None:
        raise DeliveryError(_UNAUTHORIZED, "the time stamp is missing, or it is not a time")
    if abs(now - moment) > timedelta(seconds=scheme.tolerance_s):
        raise DeliveryError(
            _UNAUTHORIZED,
            f"the time stamp differs from the clock of this machine by more than {scheme.tolerance_s:g} s",
            hint="If the sender has just sent it, correct the clock",
        )
    return found[0]


def _moment(text: str, scheme: VerificationScheme) -> datetime | None:
    unit = _UNITS.get(scheme.timestamp_format or "")
    is_number = bool(_NUMBER.fullmatch(text))
    if (
        not text.isascii()
        or len(text) > _LONGEST_TIME
        or (scheme.timestamp_format and is_number != bool(unit))
    ):
        return None
    try:
        if unit:
            return _EPOCH + timedelta(seconds=float(text) / unit)
        moment = moment_of(text)
    except OverflowError:
        return None
    return moment.start if moment else None


def _identifier(delivery: Delivery, scheme: VerificationScheme) -> str:
    found = texts_at(delivery, scheme.id) if scheme.id else []
    return found[0] if found else ""


def _sent_proofs(delivery: Delivery, scheme: VerificationScheme) -> list[str]:
    """Return the signatures or tokens of a delivery."""
    found, prefix = texts_at(delivery, scheme.proof), scheme.proof.prefix
    if scheme.is_hmac:
        return [each for text in found for each in listed(text, prefix)]
    if scheme.algorithm == "basic":
        return [without_prefix(text, _BASIC) for text in found if has_prefix(text, _BASIC)]
    if scheme.proof.body_path:
        return [without_prefix(text, prefix) for text in found]
    # Who fills in a sender's form for a header may leave out "Bearer", or repeat it in webhookSecret.
    return [each for text in found for each in (text, without_prefix(text, prefix))]


_BASIC = "Basic "
