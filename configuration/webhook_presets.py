"""The presets of `webhookVerify`, written as the objects that users can write themselves."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from configuration.webhook_scheme import VerificationScheme, read_scheme

# https://www.standardwebhooks.com, and Svix's own header names.
_STANDARD = {
    "algorithm": "sha256",
    "header": ["webhook-signature", "svix-signature"],
    "prefix": "v1,",
    "encoding": "base64",
    "signed": "{id}.{timestamp}.{body}",
    "timestampHeader": ["webhook-timestamp", "svix-timestamp"],
    "idHeader": ["webhook-id", "svix-id"],
    "keyEncoding": "base64",
    "keyPrefix": "whsec_",
}
# The schemes of each preset. One of them must verify a delivery.
_OBJECTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "github": (
        {
            "algorithm": "sha256",
            "header": "X-Hub-Signature-256",
            "prefix": "sha256=",
            "idHeader": "X-GitHub-Delivery",
        },
    ),
    # GitLab signs with its signing token, or sends its secret token, or does both.
    "gitlab": (
        _STANDARD,
        {"algorithm": "token", "header": "X-Gitlab-Token", "idHeader": "Idempotency-Key"},
    ),
    "stripe": (
        {
            "algorithm": "sha256",
            "header": "Stripe-Signature",
            "prefix": "v1=",
            "signed": "{timestamp}.{body}",
            "timestampHeader": "Stripe-Signature",
            "timestampPrefix": "t=",
            "idPath": ".id",
        },
    ),
    "slack": (
        {
            "algorithm": "sha256",
            "header": "X-Slack-Signature",
            "prefix": "v0=",
            "signed": "v0:{timestamp}:{body}",
            "timestampHeader": "X-Slack-Request-Timestamp",
            "idPath": ".event_id",
        },
    ),
    "standard": (_STANDARD,),
    "pagerduty": (
        {"algorithm": "sha256", "header": "X-PagerDuty-Signature", "prefix": "v1=", "idPath": ".event.id"},
    ),
    "okta": (
        {
            "algorithm": "token",
            "header": "Authorization",
            "prefix": "Bearer ",
            "idPath": ".eventId",
            "challenge": "okta",
        },
    ),
    "msgraph": ({"algorithm": "token", "bodyPath": ".value[].clientState", "challenge": "msgraph"},),
    "zoom": (
        {
            "algorithm": "sha256",
            "header": "x-zm-signature",
            "prefix": "v0=",
            "signed": "v0:{timestamp}:{body}",
            "timestampHeader": "x-zm-request-timestamp",
        },
    ),
    "basic": ({"algorithm": "basic"},),
    # For senders that let you add a header, and for those that accept nothing but a URL.
    "token": (
        {"algorithm": "token", "header": "Authorization", "prefix": "Bearer ", "challenge": "cloudevents"},
        {"algorithm": "token", "queryParam": "token", "challenge": "cloudevents"},
    ),
}


def _preset(objects: tuple[Mapping[str, Any], ...]) -> VerificationScheme:
    schemes = [scheme for scheme, _ in map(read_scheme, objects) if scheme]
    preset = schemes.pop()
    for scheme in reversed(schemes):
        preset = replace(scheme, alternative=preset)
    return preset


PRESETS: Mapping[str, VerificationScheme] = {name: _preset(objects) for name, objects in _OBJECTS.items()}

# For a sender that cannot prove anything.
HINT = "hint"
VERIFY_WORDS = f"{', '.join(PRESETS)}, {HINT}, or an object"
