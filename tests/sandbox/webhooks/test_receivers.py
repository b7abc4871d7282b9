"""The sandbox's signatures follow the vendors' documentation. The integration verifies them."""

from datetime import UTC, datetime

import pytest

from configuration.webhook_presets import PRESETS
from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery, DeliveryError
from live_events.verification import verify
from sandbox.webhooks.signing import SCHEMES, Message, signed_headers

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRETS = {"basic": "user:correct horse", "standard": "whsec_Y29ycmVjdCBob3JzZQ=="}
BOTH = [name for name in SCHEMES if name in PRESETS]


def _delivery(scheme: str, secret: str, body: bytes = b'{"action": "updated"}') -> Delivery:
    message = Message(b'{"action": "updated"}', "delivery-1", "project", int(NOW.timestamp()))
    headers = {"Content-Type": "application/json", **signed_headers(scheme, message, secret)}
    return Delivery.of("POST", "http://127.0.0.1:8000/integration/webhook", headers.items(), body)


def test_every_scheme_but_one_is_a_preset() -> None:
    assert SCHEMES.keys() - PRESETS.keys() == {"none"}
    assert PRESETS.keys() - SCHEMES.keys() == {"msgraph"}  # its secret is in the payload


@pytest.mark.parametrize("scheme", BOTH)
def test_signature_is_accepted_with_its_secret_only(scheme: str) -> None:
    secret = SECRETS.get(scheme, "correct horse")
    webhook = WebhookSettings("/webhook", PRESETS[scheme], (secret,))
    verify(_delivery(scheme, secret), webhook, NOW)
    other = WebhookSettings("/webhook", PRESETS[scheme], (SECRETS.get(scheme, "") + "b3RoZXI6",))
    with pytest.raises(DeliveryError) as caught:
        verify(_delivery(scheme, secret), other, NOW)
    assert caught.value.status == 401


@pytest.mark.parametrize("scheme", ["github", "standard", "gitlab"])
def test_id_of_a_delivery_is_recognized(scheme: str) -> None:
    secret = SECRETS.get(scheme, "correct horse")
    webhook = WebhookSettings("/webhook", PRESETS[scheme], (secret,))
    assert verify(_delivery(scheme, secret), webhook, NOW) == "delivery-1"
