"""Sign webhooks as APIs do, by their documentation. Independent of the code that verifies them."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

type Headers = dict[str, str]
type Sign = Callable[["Unsigned"], Headers]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What an API signs. url: as it was registered. secret: as the user enters it."""

    body: bytes
    secret: str
    url: str
    now: datetime

    @property
    def seconds(self) -> str:
        """The time in seconds since 1970."""
        return str(int(self.now.timestamp()))

    @property
    def milliseconds(self) -> str:
        """The time in milliseconds since 1970."""
        return str(int(self.now.timestamp() * 1000))

    def mac(self, text: bytes, algorithm: str = "sha256", key: bytes | None = None) -> bytes:
        """Return an HMAC of the text."""
        return hmac.digest(self.secret.encode() if key is None else key, text, algorithm)


def hex_of_body(header: str, prefix: str = "", algorithm: str = "sha256") -> Sign:
    """Return a function that signs the body alone, in hexadecimal."""
    return lambda it: {header: prefix + it.mac(it.body, algorithm).hex()}


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _stripe(header: str) -> Sign:
    def sign(it: Unsigned) -> Headers:
        signature = it.mac(f"{it.seconds}.".encode() + it.body).hex()
        return {header: f"t={it.seconds},v1={signature}"}

    return sign


def _version_zero(signature: str, timestamp: str) -> Sign:
    def sign(it: Unsigned) -> Headers:
        text = f"v0:{it.seconds}:".encode() + it.body
        return {signature: f"v0={it.mac(text).hex()}", timestamp: it.seconds}

    return sign


def _standard(it: Unsigned) -> Headers:
    key = b64decode(it.secret.removeprefix("whsec_"))
    text = f"msg_2Lh9KRb0pzN4LePd3XiA4v12Axj.{it.seconds}.".encode() + it.body
    return {
        "webhook-id": "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        "webhook-timestamp": it.seconds,
        "webhook-signature": f"v1,{_base64(it.mac(text, key=key))}",
    }


def _hubspot(it: Unsigned) -> Headers:
    text = b"POST" + it.url.encode() + it.body + it.milliseconds.encode()
    return {
        "X-HubSpot-Signature-v3": _base64(it.mac(text)),
        "X-HubSpot-Request-Timestamp": it.milliseconds,
    }


def _zendesk(it: Unsigned) -> Headers:
    time = it.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "X-Zendesk-Webhook-Signature": _base64(it.mac(time.encode() + it.body)),
        "X-Zendesk-Webhook-Signature-Timestamp": time,
    }


def _pagerduty(it: Unsigned) -> Headers:
    """Return two signatures: PagerDuty signs with each active secret."""
    return {"X-PagerDuty-Signature": f"v1={hashlib.sha256(b'other').hexdigest()},v1={it.mac(it.body).hex()}"}


def _linear_time(body: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {**body, "webhookTimestamp": int(now.timestamp() * 1000)}


_SIGNS: Mapping[str, Sign] = {
    "GitHub": hex_of_body("X-Hub-Signature-256", "sha256="),
    "GitLab": lambda it: {"X-Gitlab-Token": it.secret},
    "GitLab, signing token": _standard,
    "Stripe": _stripe("Stripe-Signature"),
    "PagerDuty": _pagerduty,
    "Jira Cloud": hex_of_body("X-Hub-Signature", "sha256="),
    "Slack": _version_zero("X-Slack-Signature", "X-Slack-Request-Timestamp"),
    "Microsoft Graph": lambda _: {},  # the secret is in the body
    "An internal service that cannot sign": lambda _: {},
    "Asana": hex_of_body("X-Hook-Signature"),
    "Azure DevOps": lambda it: {"Authorization": f"Basic {_base64(it.secret.encode())}"},
    "Bitbucket Cloud": hex_of_body("X-Hub-Signature", "sha256="),
    "Calendly": _stripe("Calendly-Webhook-Signature"),
    "CircleCI": hex_of_body("circleci-signature", "v1="),
    "ClickUp": hex_of_body("X-Signature"),
    "Dropbox": hex_of_body("X-Dropbox-Signature"),
    "HCP Terraform": hex_of_body("X-TFE-Notification-Signature", algorithm="sha512"),
    "HubSpot": _hubspot,
    "LaunchDarkly": hex_of_body("X-LD-Signature"),
    "Linear": hex_of_body("Linear-Signature"),
    "Nexus Repository": hex_of_body("X-Nexus-Webhook-Signature", algorithm="sha1"),
    "Notion": hex_of_body("X-Notion-Signature", "sha256="),
    "Okta": lambda it: {"Authorization": it.secret},
    "Sentry": hex_of_body("Sentry-Hook-Signature"),
    "Shopify": lambda it: {"X-Shopify-Hmac-SHA256": _base64(it.mac(it.body))},
    "Snyk": hex_of_body("X-Hub-Signature", "sha256="),
    "SonarQube": hex_of_body("X-Sonar-Webhook-HMAC-SHA256"),
    "Square": lambda it: {"x-square-hmacsha256-signature": _base64(it.mac(it.url.encode() + it.body))},
    "Trello": lambda it: {"X-Trello-Webhook": _base64(it.mac(it.body + it.url.encode(), "sha1"))},
    "Zendesk": _zendesk,
    "Zoom": _version_zero("x-zm-signature", "x-zm-request-timestamp"),
    "Your own service that can add a header": lambda it: {"Authorization": f"Bearer {it.secret}"},
}
SENDERS = frozenset(_SIGNS)


def secret_for(sender: str) -> str:
    """Return a secret in the format of a sender."""
    if sender == "Azure DevOps":
        return "port:made-up-secret"
    if sender == "GitLab, signing token":
        return f"whsec_{_base64(b'made-up-secret-of-thirty-bytes')}"
    return "made-up-secret"


def signed(sender: str, body: Any, url: str, now: datetime) -> tuple[bytes, Headers]:
    """Return a body as it is sent, and the headers with its signature."""
    content = json.dumps(_linear_time(body, now) if sender == "Linear" else body).encode()
    return content, _SIGNS[sender](Unsigned(content, secret_for(sender), url, now))
