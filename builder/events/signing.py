"""Sign a delivery as its sender would."""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from configuration.webhook_scheme import SignatureEncoding, VerificationScheme
from configuration.webhook_settings import WebhookSettings, decoded_key
from live_events.delivery import Delivery
from live_events.signed_text import signed_bytes
from live_events.value_sources import texts_at
from rest.errors import SyncError

_ENCODERS: Mapping[SignatureEncoding, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "base64": lambda digest: b64encode(digest).decode(),
    "base64url": lambda digest: urlsafe_b64encode(digest).decode(),
}


def signed_delivery(delivery: Delivery, webhook: WebhookSettings, now: datetime) -> Delivery:
    """Return the delivery with the signature of a sender that knows the first secret of the settings.

    Raises SyncError: webhookVerify has no signature, or one in the body, which only the sender can write.
    """
    if webhook.scheme is None or not webhook.secrets:
        raise SyncError("there is nothing to sign with: webhookVerify is hint", hint="Leave out --sign")
    secret = webhook.secrets[0]
    schemes = [each for each in _schemes(webhook.scheme) if not _is_in_body(each)]
    if not schemes:
        raise SyncError(
            "webhookVerify has its proof in the body, which cannot be signed afterwards",
            hint="Write it into the file, and leave out --sign",
        )
    scheme = next((each for each in schemes if not each.is_hmac or decoded_key(secret, each)), schemes[0])
    if scheme.is_hmac:
        return _with_hmac(delivery, scheme, decoded_key(secret, scheme) or b"", now)
    text = f"Basic {b64encode(secret.encode()).decode()}" if scheme.algorithm == "basic" else secret
    return _with_proof(delivery, scheme, f"{scheme.proof.prefix}{text}")


def _schemes(scheme: VerificationScheme | None) -> Iterator[VerificationScheme]:
    while scheme:
        yield scheme
        scheme = scheme.alternative


def _is_in_body(scheme: VerificationScheme) -> bool:
    return bool(scheme.proof.body_path or (scheme.timestamp and scheme.timestamp.body_path))


def _with_hmac(delivery: Delivery, scheme: VerificationScheme, key: bytes, now: datetime) -> Delivery:
    identifier = next(iter(texts_at(delivery, scheme.id)), "") if scheme.id else ""
    if not identifier and _id_headers(scheme):
        identifier = uuid4().hex
        delivery = _with_header(delivery, _id_headers(scheme)[0], identifier)
    stamp = _timestamp(scheme, now) if scheme.timestamp else ""
    if scheme.timestamp and scheme.timestamp.headers != scheme.proof.headers:
        delivery = _with_header(delivery, scheme.timestamp.headers[0], f"{scheme.timestamp.prefix}{stamp}")
    text = signed_bytes(scheme.signed, delivery, timestamp=stamp, identifier=identifier, secret=key)
    digest = (
        hashlib.new(scheme.algorithm, text).digest()
        if scheme.signed.uses("secret")
        else hmac.digest(key, text, scheme.algorithm)
    )
    proof = f"{scheme.proof.prefix}{_ENCODERS[scheme.encoding](digest)}"
    if scheme.timestamp and scheme.timestamp.headers == scheme.proof.headers:
        proof = f"{scheme.timestamp.prefix}{stamp},{proof}"
    return _with_proof(delivery, scheme, proof)


def _timestamp(scheme: VerificationScheme, now: datetime) -> str:
    if scheme.timestamp_format == "iso":
        return now.isoformat()
    return str(int(now.timestamp() * (1000 if scheme.timestamp_format == "ms" else 1)))


def _id_headers(scheme: VerificationScheme) -> tuple[str, ...]:
    return scheme.id.headers if scheme.id else ()


def _with_proof(delivery: Delivery, scheme: VerificationScheme, text: str) -> Delivery:
    if scheme.proof.query_param:
        return replace(delivery, query={**delivery.query, scheme.proof.query_param: text})
    return _with_header(delivery, scheme.proof.headers[0], text)


def _with_header(delivery: Delivery, name: str, text: str) -> Delivery:
    return replace(delivery, headers={**delivery.headers, name: text})
