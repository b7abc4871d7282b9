"""Signature schemes of vendors, by name. They follow the vendors' documentation, not the receiver's code."""

import base64
import binascii
import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_STANDARD_PREFIX = "whsec_"


class SecretError(ValueError):
    """A secret does not suit its scheme. The message says how to write it, without the secret."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event to sign. id: of the delivery; event: its type; moment: whole seconds since 1970."""

    body: bytes
    id: str
    event: str
    moment: int


class Scheme(ABC):
    """A way to prove that an event comes from its sender. label: for people."""

    label: str

    @abstractmethod
    def headers(self, message: Message, secret: str) -> dict[str, str]:
        """Return the headers of an event. Raises SecretError: the secret does not suit the scheme."""


@dataclass(frozen=True, slots=True)
class HmacSha256(Scheme):
    """A hexadecimal HMAC in a header.

    text: what is signed, with {moment} and {body}; value: the header, with {moment} and {signature}.
    more: further headers, with {id}, {event} and {moment}.
    """

    label: str
    header: str
    value: str
    text: str = "{body}"
    more: Mapping[str, str] = field(default_factory=dict)

    def headers(self, message: Message, secret: str) -> dict[str, str]:
        before, _, after = self.text.partition("{body}")
        text = before.format(moment=message.moment).encode() + message.body + after.encode()
        signature = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        return {
            **_filled(self.more, message),
            self.header: self.value.format(moment=message.moment, signature=signature),
        }


class StandardWebhooks(Scheme):
    """Standard Webhooks 1.0: webhook-id, webhook-timestamp and webhook-signature."""

    label = "Standard Webhooks"

    def headers(self, message: Message, secret: str) -> dict[str, str]:
        try:
            encoded = secret.removeprefix(_STANDARD_PREFIX).rstrip("=")
            key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        except binascii.Error:
            raise SecretError(
                f"the secret of Standard Webhooks is base64, after {_STANDARD_PREFIX}"
            ) from None
        text = f"{message.id}.{message.moment}.".encode() + message.body
        signature = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        return {
            "webhook-id": message.id,
            "webhook-timestamp": str(message.moment),
            "webhook-signature": f"v1,{signature}",
        }


@dataclass(frozen=True, slots=True)
class SecretHeader(Scheme):
    """The secret itself in a header. more: as for HmacSha256."""

    label: str
    header: str
    value: str = "{secret}"
    more: Mapping[str, str] = field(default_factory=dict)

    def headers(self, message: Message, secret: str) -> dict[str, str]:
        return {**_filled(self.more, message), self.header: self.value.format(secret=secret)}


class Basic(Scheme):
    """HTTP Basic (RFC 7617). The secret is `user:password`."""

    label = "HTTP Basic, the secret is user:password"

    def headers(self, message: Message, secret: str) -> dict[str, str]:  # noqa: ARG002 - nothing is signed
        if ":" not in secret:
            raise SecretError("the secret of HTTP Basic is user:password, with a colon")
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


class Unsigned(Scheme):
    """No signature, as from a sender that cannot sign."""

    label = "unsigned"

    def headers(self, message: Message, secret: str) -> dict[str, str]:  # noqa: ARG002 - nothing is signed
        return {}


def _filled(headers: Mapping[str, str], message: Message) -> dict[str, str]:
    values = {"id": message.id, "event": message.event, "moment": message.moment}
    return {name: text.format(**values) for name, text in headers.items()}


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "github": HmacSha256(
            "GitHub: X-Hub-Signature-256",
            "X-Hub-Signature-256",
            "sha256={signature}",
            more={"X-GitHub-Event": "{event}", "X-GitHub-Delivery": "{id}"},
        ),
        "standard": StandardWebhooks(),
        "gitlab": SecretHeader(
            "GitLab: X-Gitlab-Token",
            "X-Gitlab-Token",
            more={"X-Gitlab-Event": "{event}", "X-Gitlab-Event-UUID": "{id}", "Idempotency-Key": "{id}"},
        ),
        "stripe": HmacSha256(
            "Stripe: Stripe-Signature", "Stripe-Signature", "t={moment},v1={signature}", "{moment}.{body}"
        ),
        "slack": HmacSha256(
            "Slack: X-Slack-Signature",
            "X-Slack-Signature",
            "v0={signature}",
            "v0:{moment}:{body}",
            {"X-Slack-Request-Timestamp": "{moment}"},
        ),
        "pagerduty": HmacSha256(
            "PagerDuty: X-PagerDuty-Signature", "X-PagerDuty-Signature", "v1={signature}"
        ),
        "zoom": HmacSha256(
            "Zoom: x-zm-signature",
            "x-zm-signature",
            "v0={signature}",
            "v0:{moment}:{body}",
            {"x-zm-request-timestamp": "{moment}"},
        ),
        "okta": SecretHeader("Okta: Authorization", "Authorization"),
        "token": SecretHeader("Token: Authorization: Bearer", "Authorization", "Bearer {secret}"),
        "basic": Basic(),
        "none": Unsigned(),
    }
)
DEFAULT_SCHEME = "github"


def signed_headers(scheme: str, message: Message, secret: str) -> dict[str, str]:
    """Return the headers of an event. Raises SecretError: the secret is missing or unsuitable."""
    chosen = SCHEMES[scheme]
    if not secret and not isinstance(chosen, Unsigned):
        raise SecretError("the secret is missing. Enter the integration's webhookSecret, or choose unsigned")
    return chosen.headers(message, secret)
