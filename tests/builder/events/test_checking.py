"""Signatures of deliveries: checked, skipped, too old, and made with the secret of the settings."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builder.events.checking import check_delivery
from builder.events.signing import signed_delivery
from builder.pasted_delivery import delivery_of
from configuration.settings import Settings
from configuration.webhook_settings import WebhookSettings
from rest.errors import SyncError

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_BODY = json.dumps({"action": "opened", "id": 7}).encode()
_SECRET = "user:password"
_OBJECTS: dict[str, Any] = {
    "milliseconds": {
        "algorithm": "sha1",
        "header": "X-Sig",
        "encoding": "base64url",
        "signed": "{timestamp}{body}",
        "timestampHeader": "X-Time",
        "timestampFormat": "ms",
    },
    "iso": {
        "algorithm": "sha512",
        "header": "X-Sig",
        "encoding": "base64",
        "signed": "{timestamp}{body}",
        "timestampHeader": "X-Time",
        "timestampFormat": "iso",
    },
    "hash": {"algorithm": "sha256", "header": "X-Sig", "signed": "{secret}{id}{body}", "idHeader": "X-Id"},
    "query": {"algorithm": "token", "queryParam": "key"},
}


def _webhook(verify: Any, secret: str = _SECRET) -> WebhookSettings:
    config = {"base_url": "https://api.example.com", "webhook_verify": verify, "webhook_secret": secret}
    webhook = Settings.from_config(config, {}).webhook
    assert webhook is not None
    return webhook


@pytest.mark.parametrize(
    "verify",
    [
        *("github", "gitlab", "stripe", "slack", "standard", "pagerduty", "okta", "zoom", "basic", "token"),
        *_OBJECTS,
    ],
)
def test_signed_delivery_is_verified_by_its_own_scheme(verify: str) -> None:
    """Each scheme verifies what --sign makes, and rejects it for another body or another secret."""
    secret = "whsec_c2VuZGVyIGFuZCByZWNlaXZlcg==" if verify == "standard" else _SECRET
    webhook = _webhook(_OBJECTS.get(verify, verify), secret)
    signed = signed_delivery(delivery_of(_BODY), webhook, _NOW)
    assert check_delivery(signed, webhook, _NOW)[0].line == "verified"
    other = _webhook(_OBJECTS.get(verify, verify), secret[:-6] if verify == "standard" else "user:other")
    verification, answer = check_delivery(signed, other, _NOW)
    assert verification.status == "rejected"
    assert answer is None


def test_delivery_without_a_signature_is_not_rejected() -> None:
    """A payload in a file has no signature, so nothing is verified and that is said."""
    verification, _ = check_delivery(delivery_of(_BODY), _webhook("github"), _NOW)
    assert verification.is_good
    assert verification.line.startswith(
        "not signed: verification skipped, because the header x-hub-signature-256"
    )


def test_pasted_delivery_is_not_rejected_for_its_format() -> None:
    """A page of recent deliveries prints the body indented, so the signature of the raw body cannot match."""
    webhook = _webhook("github")
    signed = signed_delivery(delivery_of(_BODY), webhook, _NOW)
    printed = replace(signed, body=json.dumps(json.loads(_BODY), indent=2).encode())
    assert check_delivery(printed, webhook, _NOW)[0].status == "rejected"
    verification, _ = check_delivery(printed, webhook, _NOW, is_pasted=True)
    assert verification.is_good
    assert "formatted differently" in verification.detail
    assert check_delivery(signed, webhook, _NOW, is_pasted=True)[0].status == "verified"


def test_recorded_delivery_is_verified_but_too_old() -> None:
    """The signature of a recorded delivery is checked, whatever its age."""
    webhook = _webhook("stripe")
    signed = signed_delivery(delivery_of(_BODY), webhook, _NOW - timedelta(days=400))
    verification, _ = check_delivery(signed, webhook, _NOW)
    assert verification.status == "verified"
    assert "too old" in verification.detail


def test_unsigned_sender_is_a_hint() -> None:
    """With hint, nothing is verified."""
    config = {"base_url": "https://api.example.com", "webhook_verify": "hint"}
    webhook = Settings.from_config(config, {}).webhook
    assert webhook is not None
    assert check_delivery(delivery_of(_BODY), webhook, _NOW)[0].status == "hint"
    with pytest.raises(SyncError, match="nothing to sign with"):
        signed_delivery(delivery_of(_BODY), webhook, _NOW)


def test_proof_in_the_body_cannot_be_added() -> None:
    """Microsoft Graph repeats the secret in its notifications."""
    with pytest.raises(SyncError, match="has its proof in the body"):
        signed_delivery(delivery_of(_BODY), _webhook("msgraph"), _NOW)


@pytest.mark.parametrize(
    ("verify", "body", "answer"),
    [
        ("slack", {"type": "url_verification", "challenge": "abc"}, {"challenge": "abc"}),
        ("zoom", {"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}}, None),
    ],
)
def test_challenge_of_a_signed_delivery_has_an_answer(verify: str, body: Any, answer: Any) -> None:
    """The answer is the one that the integration sends."""
    webhook = _webhook(verify)
    delivery = signed_delivery(delivery_of(json.dumps(body).encode()), webhook, _NOW)
    verification, found = check_delivery(delivery, webhook, _NOW)
    assert verification.status == "verified"
    assert found is not None
    content = json.loads(found.content)
    assert content == answer if answer else content["plainToken"] == "abc"


def test_challenge_without_proof_has_an_answer() -> None:
    """Okta's verification is a GET request without a secret."""
    delivery = delivery_of(b"", (("X-Okta-Verification-Challenge", "abc"),), method="GET")
    verification, found = check_delivery(delivery, _webhook("okta"), _NOW)
    assert verification.is_good
    assert found is not None
    assert json.loads(found.content) == {"verification": "abc"}
