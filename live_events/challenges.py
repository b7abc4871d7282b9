"""Answer the requests by which senders check that a webhook's URL belongs to the one who registers it."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from configuration.webhook_scheme import Challenge
from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery
from live_events.verification import Proof
from rest.bodies import Json, parse_json

# Real ones have up to 300 characters.
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """The answer to a challenge, with status 200."""

    content: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def challenge_answer(
    delivery: Delivery, webhook: WebhookSettings, proof: Proof | None = None
) -> ChallengeAnswer | None:
    """Return the answer to a challenge, None for all other deliveries.

    proof: of a verified delivery. None: nothing is verified yet, so only challenges that have no proof are
    answered, and only those of the scheme. With `hint`, all of them are, as the answer reveals nothing.
    """
    if proof is not None:
        return _proved(delivery, proof)
    for name, answer in _WITHOUT_PROOF.items():
        if (webhook.scheme is None or webhook.scheme.challenge == name) and (found := answer(delivery)):
            return found
    return None


def challenge_methods(webhook: WebhookSettings) -> tuple[str, ...]:
    """Return the methods, other than POST, that challenges are sent with."""
    if webhook.scheme is None:
        return tuple(sorted(set(_METHODS.values())))
    method = _METHODS.get(webhook.scheme.challenge) if webhook.scheme.challenge else None
    return (method,) if method else ()


def _okta(delivery: Delivery) -> ChallengeAnswer | None:
    """Okta's one-time verification of an event hook."""
    text = delivery.headers.get("x-okta-verification-challenge", "")
    return _json({"verification": text}) if delivery.method == "GET" and _is_echoed(text) else None


def _msgraph(delivery: Delivery) -> ChallengeAnswer | None:
    """Microsoft Graph's validation of a notification URL, and SharePoint's."""
    query = delivery.query
    text = query.get("validationToken") or query.get("validationtoken") or ""
    return _text(text) if delivery.method == "POST" and not delivery.body.strip() else None


def _cloudevents(delivery: Delivery) -> ChallengeAnswer | None:
    """The handshake of CloudEvents' HTTP 1.1 Web Hooks (§4), as Azure Event Grid sends it."""
    origin = delivery.headers.get("webhook-request-origin", "")
    if delivery.method != "OPTIONS" or not _is_echoed(origin):
        return None
    headers = {"WebHook-Allowed-Origin": origin}
    if "webhook-request-rate" in delivery.headers:
        headers["WebHook-Allowed-Rate"] = "*"
    return ChallengeAnswer(headers=headers)


def _asana(delivery: Delivery) -> ChallengeAnswer | None:
    """Asana's handshake. The secret is in the response of Asana's API, too."""
    text = delivery.headers.get("x-hook-secret", "")
    if delivery.method != "POST" or not _is_echoed(text):
        return None
    return ChallengeAnswer(headers={"X-Hook-Secret": text})


def _dropbox(delivery: Delivery) -> ChallengeAnswer | None:
    """Dropbox's verification of a webhook URL."""
    text = delivery.query.get("challenge", "")
    return _text(text) if delivery.method == "GET" else None


def _trello(delivery: Delivery) -> ChallengeAnswer | None:
    """Trello's check that the URL exists."""
    return ChallengeAnswer() if delivery.method == "HEAD" else None


def _proved(delivery: Delivery, proof: Proof) -> ChallengeAnswer | None:
    body = _body(delivery)
    if isinstance(body, list):
        return _event_grid(body)
    if not isinstance(body, dict):
        return None
    challenge = body.get("challenge")
    if isinstance(challenge, str) and "twitch-eventsub-message-type" in delivery.headers:
        return _text(challenge)
    if isinstance(challenge, str) and (body.get("type") == "url_verification" or len(body) == 1):
        # Slack, Lark, monday.com
        return _json({"challenge": challenge}) if _is_echoed(challenge) else None
    payload = body.get("payload")
    if body.get("event") == "endpoint.url_validation" and isinstance(payload, dict):
        return _zoom(payload.get("plainToken"), proof.secret)
    return None


def _zoom(token: Json, secret: str) -> ChallengeAnswer | None:
    """Zoom's validation of a URL. Only for verified deliveries: the answer is a signature of its text."""
    if not secret or not isinstance(token, str) or not _is_echoed(token):
        return None
    encrypted = hmac.digest(secret.encode(), token.encode(), "sha256").hex()
    return _json({"plainToken": token, "encryptedToken": encrypted})


def _event_grid(events: list[Json]) -> ChallengeAnswer | None:
    """The validation of a subscription of Azure Event Grid with its own schema."""
    event = events[0] if len(events) == 1 else None
    if not isinstance(event, dict):
        return None
    data = event.get("data")
    is_validation = event.get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent"
    code = data.get("validationCode") if is_validation and isinstance(data, dict) else None
    return _json({"validationResponse": code}) if isinstance(code, str) and _is_echoed(code) else None


def _body(delivery: Delivery) -> Json:
    # Challenges are short. A long body need not be parsed twice.
    if len(delivery.body) > 8 * _LONGEST:
        return None
    try:
        return parse_json(delivery.body.decode())
    except ValueError:
        return None


def _is_echoed(text: str) -> bool:
    """Return True for a text that may be part of an answer."""
    return 0 < len(text) <= _LONGEST and text.isprintable()


def _text(text: str) -> ChallengeAnswer | None:
    """Return the text as it is. As plain text, browsers never take it for a page."""
    if not _is_echoed(text):
        return None
    return ChallengeAnswer(text.encode(errors="replace"), "text/plain; charset=utf-8")


def _json(value: dict[str, Json]) -> ChallengeAnswer:
    return ChallengeAnswer(json.dumps(value).encode())


_WITHOUT_PROOF: Mapping[Challenge, Callable[[Delivery], ChallengeAnswer | None]] = {
    "okta": _okta,
    "msgraph": _msgraph,
    "cloudevents": _cloudevents,
    "asana": _asana,
    "dropbox": _dropbox,
    "trello": _trello,
}
_METHODS: Mapping[Challenge, str] = {
    "okta": "GET",
    "cloudevents": "OPTIONS",
    "dropbox": "GET",
    "trello": "HEAD",
}
