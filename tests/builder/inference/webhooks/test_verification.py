"""How a sender signs, as the headers of a delivery show it."""

import hmac
import json
from base64 import b64encode

import pytest

from builder.inference.webhooks import find_verification
from builder.pasted_delivery import delivery_of
from configuration.webhook_scheme import read_scheme
from rest.bodies import Json

_HEX = "ab" * 32
_BASE64 = b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"X-Hub-Signature-256": f"sha256={_HEX}", "X-Hub-Signature": "sha1=" + "ab" * 20}, {}, "github"),
        ({"X-Gitlab-Token": "t"}, {}, "gitlab"),
        ({"X-Gitlab-Event": "Push Hook", "webhook-signature": "v1,YQ=="}, {}, "standard"),
        ({"Stripe-Signature": "t=1,v1=ab"}, {}, "stripe"),
        ({"X-Slack-Signature": "v0=ab", "X-Slack-Request-Timestamp": "1"}, {}, "slack"),
        ({"webhook-id": "1", "webhook-signature": "v1,YQ=="}, {}, "standard"),
        ({"svix-id": "1", "svix-signature": "v1,YQ=="}, {}, "standard"),
        ({"X-PagerDuty-Signature": "v1=ab"}, {}, "pagerduty"),
        ({"x-zm-signature": "v0=ab"}, {}, "zoom"),
        ({}, {"value": [{"clientState": "s"}]}, "msgraph"),
        ({"Authorization": "Basic YTpi"}, {}, "basic"),
        ({"Authorization": "Bearer x"}, {}, "token"),
        ({"Authorization": "x"}, {"eventType": "com.okta.event_hook"}, "okta"),
        ({"X-Hub-Signature": f"sha256={_HEX}"}, {}, {"header": "x-hub-signature", "prefix": "sha256="}),
        ({"Linear-Signature": _HEX}, {}, {"header": "linear-signature"}),
        (
            {"X-Shopify-Hmac-Sha256": _BASE64},
            {},
            {"header": "x-shopify-hmac-sha256", "encoding": "base64"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_header_of_a_signature_shows_the_preset_or_the_object(
    headers: dict[str, str], body: Json, expected: Json
) -> None:
    """A known header has a preset. Another signature is described by its length and its encoding."""
    found = find_verification(delivery_of(json.dumps(body).encode(), tuple(headers.items())))
    assert found is not None
    if isinstance(expected, dict):
        expected = {"algorithm": "sha256", **expected}
        assert isinstance(found.verify, dict)
        assert read_scheme(found.verify)[1] == []
        assert found.doubt
    assert found.verify == expected


def test_delivery_without_a_signature_shows_nothing() -> None:
    """A header that is no signature does not lead to a proposal."""
    headers = (("X-Signature-Timestamp", "1"), ("X-Signature", "unsigned"), ("X-Event", hmac.__name__))
    assert find_verification(delivery_of(b"{}", headers)) is None
