"""How the webhooks of real APIs are signed, by their vendors' documentation, and `webhookVerify` for each.

Each sender signs with the secret KEY at TIME, by code of its own.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.live_events.signing import base64_mac, base64url_mac, hex_mac

KEY = "c2VjcmV0LW9mLXRoZS1zZW5kZXI="
RAW_KEY = b"secret-of-the-sender"
TIME = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://ocean.example.com/integration/webhook"
BODY = '{"id": "evt_1", "webhookTimestamp": 1772366400000, "text": "ä€😀"}'
_S = str(int(TIME.timestamp()))
_MS = _S + "000"
_ISO = "2026-03-01T12:00:00Z"


@dataclass(frozen=True)
class Sender:
    """A vendor. sign: returns the headers for a body. replay_id: of BODY; "signature": what is signed."""

    name: str
    verify: str | Mapping[str, Any]
    sign: Callable[[str], Mapping[str, str]]
    secret: str = KEY
    url: str = URL


def _hmac(header: str | list[str], prefix: str = "", **more: Any) -> dict[str, Any]:
    return {"algorithm": "sha256", "header": header, **({"prefix": prefix} if prefix else {}), **more}


def _timed(header: str, prefix: str, time_prefix: str, signed: str, **more: Any) -> dict[str, Any]:
    """Return the scheme of a header that has the time and the signature."""
    return _hmac(header, prefix, signed=signed, timestampHeader=header, timestampPrefix=time_prefix, **more)


SENDERS = (
    Sender(
        "GitHub",
        "github",
        lambda body: {"X-Hub-Signature-256": f"sha256={hex_mac(KEY, body)}", "X-GitHub-Delivery": "1"},
    ),
    Sender("GitLab with a secret token", "gitlab", lambda _: {"X-Gitlab-Token": KEY}),
    Sender(
        "GitLab with a signing token",
        "gitlab",
        lambda body: {
            "webhook-id": "a1",
            "webhook-timestamp": _S,
            "webhook-signature": f"v1,{base64_mac(RAW_KEY, f'a1.{_S}.{body}')}",
        },
        secret=f"whsec_{KEY}",
    ),
    Sender(
        "Stripe",
        "stripe",
        lambda body: {"Stripe-Signature": f"t={_S},v1={hex_mac(KEY, f'{_S}.{body}')},v0={'0' * 64}"},
    ),
    Sender(
        "Stripe, while the secret is rotated",
        "stripe",
        lambda body: {
            "Stripe-Signature": ",".join(
                [f"t={_S}", *(f"v1={hex_mac(key, f'{_S}.{body}')}" for key in ("old", KEY))]
            )
        },
    ),
    Sender(
        "Slack",
        "slack",
        lambda body: {
            "X-Slack-Request-Timestamp": _S,
            "X-Slack-Signature": f"v0={hex_mac(KEY, f'v0:{_S}:{body}')}",
        },
    ),
    Sender(
        "Standard Webhooks",
        "standard",
        lambda body: {
            "webhook-id": "msg_1",
            "webhook-timestamp": _S,
            "webhook-signature": f"v1a,AAAA v1,{base64_mac(RAW_KEY, f'msg_1.{_S}.{body}')}",
        },
        secret=f"whsec_{KEY}",
    ),
    Sender(
        "PagerDuty",
        "pagerduty",
        lambda body: {"X-PagerDuty-Signature": f"v1={hex_mac('old', body)},v1={hex_mac(KEY, body)}"},
    ),
    Sender("Okta", "okta", lambda _: {"Authorization": KEY}),
    Sender(
        "Zoom",
        "zoom",
        lambda body: {
            "x-zm-request-timestamp": _S,
            "x-zm-signature": f"v0={hex_mac(KEY, f'v0:{_S}:{body}')}",
        },
    ),
    Sender(
        "Azure DevOps",
        "basic",
        lambda _: {"Authorization": f"Basic {b64encode(b'hook:p:w').decode()}"},
        secret="hook:p:w",
    ),
    Sender("Amazon EventBridge API destination", "token", lambda _: {"Authorization": f"Bearer {KEY}"}),
    Sender("Google Pub/Sub push", "token", lambda _: {}, secret="t0ken", url=f"{URL}?token=t0ken"),
    Sender("Harbor", "token", lambda _: {"Authorization": KEY}),
    Sender(
        "Shopify",
        _hmac("X-Shopify-Hmac-Sha256", encoding="base64", idHeader="X-Shopify-Webhook-Id"),
        lambda body: {"X-Shopify-Hmac-Sha256": base64_mac(KEY, body), "X-Shopify-Webhook-Id": "1"},
    ),
    Sender(
        "Bitbucket and Jira",
        _hmac("X-Hub-Signature", "sha256=", idHeader=["X-Request-UUID", "X-Atlassian-Webhook-Identifier"]),
        lambda body: {"X-Hub-Signature": f"sha256={hex_mac(KEY, body)}"},
    ),
    Sender(
        "Linear",
        _hmac(
            "Linear-Signature", timestampPath=".webhookTimestamp", tolerance=60, idHeader="Linear-Delivery"
        ),
        lambda body: {"Linear-Signature": hex_mac(KEY, body)},
    ),
    Sender(
        "Sentry",
        _hmac("Sentry-Hook-Signature", idHeader="Request-ID"),
        lambda body: {"Sentry-Hook-Signature": hex_mac(KEY, body), "Sentry-Hook-Timestamp": _S},
    ),
    Sender(
        "HubSpot v3",
        _hmac(
            "X-HubSpot-Signature-v3",
            encoding="base64",
            signed="{method}{url}{body}{timestamp}",
            timestampHeader="X-HubSpot-Request-Timestamp",
            timestampFormat="ms",
        ),
        lambda body: {
            "X-HubSpot-Request-Timestamp": _MS,
            "X-HubSpot-Signature-v3": base64_mac(KEY, f"POST{URL}{body}{_MS}"),
        },
    ),
    Sender(
        "Square",
        _hmac("x-square-hmacsha256-signature", encoding="base64", signed="{url}{body}", idPath=".event_id"),
        lambda body: {"x-square-hmacsha256-signature": base64_mac(KEY, URL + body)},
    ),
    Sender(
        "Intercom",
        {"algorithm": "sha1", "header": "X-Hub-Signature", "prefix": "sha1="},
        lambda body: {"X-Hub-Signature": f"sha1={hex_mac(KEY, body, 'sha1')}"},
    ),
    Sender(
        "CircleCI",
        _hmac("circleci-signature", "v1=", idPath=".id"),
        lambda body: {"circleci-signature": f"v1={hex_mac(KEY, body)}"},
    ),
    Sender(
        "Notion",
        _hmac("X-Notion-Signature", "sha256="),
        lambda body: {"X-Notion-Signature": f"sha256={hex_mac(KEY, body)}"},
    ),
    Sender("Asana", _hmac("X-Hook-Signature"), lambda body: {"X-Hook-Signature": hex_mac(KEY, body)}),
    Sender(
        "Zendesk",
        _hmac(
            "X-Zendesk-Webhook-Signature",
            encoding="base64",
            signed="{timestamp}{body}",
            timestampHeader="X-Zendesk-Webhook-Signature-Timestamp",
            timestampFormat="iso",
        ),
        lambda body: {
            "X-Zendesk-Webhook-Signature-Timestamp": _ISO,
            "X-Zendesk-Webhook-Signature": base64_mac(KEY, _ISO + body),
        },
    ),
    Sender(
        "Box with its secondary key",
        _hmac(
            ["BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"],
            encoding="base64",
            signed="{body}{timestamp}",
            timestampHeader="BOX-DELIVERY-TIMESTAMP",
            idHeader="BOX-DELIVERY-ID",
        ),
        lambda body: {
            "BOX-DELIVERY-ID": "1",
            "BOX-DELIVERY-TIMESTAMP": "2026-03-01T04:00:00-08:00",
            "BOX-SIGNATURE-PRIMARY": base64_mac("other", f"{body}2026-03-01T04:00:00-08:00"),
            "BOX-SIGNATURE-SECONDARY": base64_mac(KEY, f"{body}2026-03-01T04:00:00-08:00"),
        },
    ),
    Sender(
        "Buildkite",
        _timed("X-Buildkite-Signature", "signature=", "timestamp=", "{timestamp}.{body}"),
        lambda body: {"X-Buildkite-Signature": f"timestamp={_S},signature={hex_mac(KEY, f'{_S}.{body}')}"},
    ),
    Sender(
        "Paddle",
        _timed("Paddle-Signature", "h1=", "ts=", "{timestamp}:{body}", idPath=".event_id"),
        lambda body: {"Paddle-Signature": f"ts={_S};h1={hex_mac(KEY, f'{_S}:{body}')}"},
    ),
    Sender(
        "WorkOS",
        _timed("WorkOS-Signature", "v1=", "t=", "{timestamp}.{body}", timestampFormat="ms"),
        lambda body: {"WorkOS-Signature": f"t={_MS}, v1={hex_mac(KEY, f'{_MS}.{body}')}"},
    ),
    Sender(
        "Calendly",
        _timed("Calendly-Webhook-Signature", "v1=", "t=", "{timestamp}.{body}"),
        lambda body: {"Calendly-Webhook-Signature": f"t={_S},v1={hex_mac(KEY, f'{_S}.{body}')}"},
    ),
    Sender(
        "Twitch",
        _hmac(
            "Twitch-Eventsub-Message-Signature",
            "sha256=",
            signed="{id}{timestamp}{body}",
            idHeader="Twitch-Eventsub-Message-Id",
            timestampHeader="Twitch-Eventsub-Message-Timestamp",
            tolerance=600,
        ),
        lambda body: {
            "Twitch-Eventsub-Message-Id": "e1",
            "Twitch-Eventsub-Message-Timestamp": "2026-03-01T12:00:00.123456789Z",
            "Twitch-Eventsub-Message-Signature": "sha256="
            + hex_mac(KEY, f"e12026-03-01T12:00:00.123456789Z{body}"),
        },
    ),
    Sender(
        "Terraform Cloud",
        {"algorithm": "sha512", "header": "X-TFE-Notification-Signature"},
        lambda body: {"X-TFE-Notification-Signature": hex_mac(KEY, body, "sha512")},
    ),
    Sender(
        "Vercel",
        {"algorithm": "sha1", "header": "x-vercel-signature", "idPath": ".id"},
        lambda body: {"x-vercel-signature": hex_mac(KEY, body, "sha1")},
    ),
    Sender(
        "Grafana",
        _hmac(
            "X-Grafana-Alerting-Signature",
            signed="{timestamp}:{body}",
            timestampHeader="X-Grafana-Alerting-Timestamp",
        ),
        lambda body: {
            "X-Grafana-Alerting-Timestamp": _S,
            "X-Grafana-Alerting-Signature": hex_mac(KEY, f"{_S}:{body}"),
        },
    ),
    Sender("LaunchDarkly", _hmac("X-LD-Signature"), lambda body: {"X-LD-Signature": hex_mac(KEY, body)}),
    Sender(
        "SonarQube",
        _hmac("X-Sonar-Webhook-HMAC-SHA256"),
        lambda body: {"X-Sonar-Webhook-HMAC-SHA256": hex_mac(KEY, body)},
    ),
    Sender(
        "Heroku",
        _hmac("Heroku-Webhook-Hmac-SHA256", encoding="base64", idPath=".id"),
        lambda body: {"Heroku-Webhook-Hmac-SHA256": base64_mac(KEY, body)},
    ),
    Sender(
        "Typeform",
        _hmac("Typeform-Signature", "sha256=", encoding="base64"),
        lambda body: {"Typeform-Signature": f"sha256={base64_mac(KEY, body)}"},
    ),
    Sender(
        "Airtable",
        _hmac("X-Airtable-Content-MAC", "hmac-sha256=", keyEncoding="base64"),
        lambda body: {"X-Airtable-Content-MAC": f"hmac-sha256={hex_mac(RAW_KEY, body)}"},
    ),
    Sender(
        "Microsoft Teams",
        _hmac("Authorization", "HMAC ", encoding="base64", keyEncoding="base64"),
        lambda body: {"Authorization": f"HMAC {base64_mac(RAW_KEY, body)}"},
    ),
    Sender(
        "a sender with base64url and a key in hexadecimal",
        _hmac("X-Signature", encoding="base64url", keyEncoding="hex", signed="{bodySha256}\n{path}?{query}"),
        lambda body: {
            "X-Signature": base64url_mac(
                RAW_KEY, f"{hashlib.sha256(body.encode()).hexdigest()}\n/integration/webhook?a=1"
            )
        },
        secret=RAW_KEY.hex(),
        url=f"{URL}?a=1",
    ),
    Sender(
        "a sender that signs headers and values of the body",
        _hmac("X-Signature", signed=["{headers.X-Topic}", "{body.id}", "{body}"]),
        lambda body: {"X-Topic": "a", "X-Signature": hex_mac(KEY, f"a\nevt_1\n{body}")},
    ),
)
