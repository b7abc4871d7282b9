"""Which deliveries are verified: published signatures, other senders, and forgeries."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from configuration.settings import Settings
from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery, DeliveryError
from live_events.verification import Proof, proof_of, verify
from tests.live_events.senders import BODY, KEY, RAW_KEY, SENDERS, TIME, URL, Sender
from tests.live_events.signing import base64_mac, hex_mac
from tests.live_events.vectors import VECTORS, Vector

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def webhook_for(scheme: str | Mapping[str, Any], secret: Any = None) -> WebhookSettings:
    config = {"base_url": "https://x.io", "webhook_verify": scheme, "webhook_secret": secret}
    webhook = Settings.from_config(config, {}).webhook
    assert webhook
    return webhook


def delivered(
    body: str | bytes = "{}", headers: Mapping[str, str] | None = None, url: str = "https://x/webhook"
) -> Delivery:
    content = body.encode() if isinstance(body, str) else body
    return Delivery.of("POST", url, (headers or {}).items(), content)


def of_vector(vector: Vector) -> Delivery:
    return Delivery.of(vector.method, vector.url, vector.headers.items(), vector.body.encode())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.source)
def test_a_published_signature_is_verified(vector: Vector) -> None:
    webhook = webhook_for(vector.verify, vector.secret)
    assert verify(of_vector(vector), webhook, vector.moment) == vector.replay_id


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.source)
def test_another_secret_is_not_verified(vector: Vector) -> None:
    webhook = replace(webhook_for(vector.verify, vector.secret), secrets=("b3RoZXI=",))
    with pytest.raises(DeliveryError) as caught:
        verify(of_vector(vector), webhook, vector.moment)
    assert caught.value.status == 401


@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: sender.name)
def test_the_deliveries_of_a_real_sender_are_verified(sender: Sender) -> None:
    delivery = delivered(BODY, sender.sign(BODY), sender.url)
    webhook = webhook_for(sender.verify, sender.secret)
    verify(delivery, webhook, TIME)
    rotated = replace(webhook, secrets=("b2xk", *webhook.secrets))
    verify(delivery, rotated, TIME)
    with pytest.raises(DeliveryError, match=r"another secret|does not match|has no"):
        verify(delivery, replace(webhook, secrets=("b2xk",)), TIME)


# The others send the secret itself, whatever the body is.
SIGNING = [sender for sender in SENDERS if sender.sign(BODY) != sender.sign("{}")]


@pytest.mark.parametrize("sender", SIGNING, ids=lambda sender: sender.name)
def test_a_changed_body_is_not_verified(sender: Sender) -> None:
    delivery = delivered(BODY.replace("evt_1", "evt_2"), sender.sign(BODY), sender.url)
    with pytest.raises(DeliveryError, match="the signature does not match"):
        verify(delivery, webhook_for(sender.verify, sender.secret), TIME)


def refusal(delivery: Delivery, webhook: WebhookSettings) -> str:
    with pytest.raises(DeliveryError) as caught:
        verify(delivery, webhook, NOW)
    assert caught.value.status == 401
    return caught.value.what


def test_a_secret_may_have_any_characters() -> None:
    """A server decodes headers as Latin-1, a file for the command line may have any text."""
    webhook = webhook_for({"algorithm": "token", "header": "X-Token"}, "pässwörd-€")
    as_server = "pässwörd-€".encode().decode("latin-1")
    for sent in (as_server, "pässwörd-€"):
        assert verify(delivered("{}", {"x-token": sent}), webhook, NOW) is None
    assert refusal(delivered("{}", {"x-token": "p"}), webhook) == "the header x-token has another secret"


def test_header_names_have_any_case_and_repeated_headers_are_a_list() -> None:
    webhook = webhook_for("pagerduty", KEY)
    headers = [("x-pagerduty-SIGNATURE", f"v1={hex_mac('old', BODY)}")]
    again = [*headers, ("X-PAGERDUTY-signature", f"V1={hex_mac(KEY, BODY).upper()}")]
    verify(Delivery.of("POST", URL, again, BODY.encode()), webhook, NOW)
    assert "does not match" in refusal(Delivery.of("POST", URL, headers, BODY.encode()), webhook)


@pytest.mark.parametrize("preset", ["okta", "token"])
@pytest.mark.parametrize("secret", ["s3cr3t", "Bearer s3cr3t"])
@pytest.mark.parametrize("sent", ["s3cr3t", "Bearer s3cr3t", "bearer  s3cr3t"])
def test_bearer_may_be_left_out_or_be_part_of_the_secret(preset: str, secret: str, sent: str) -> None:
    webhook = webhook_for(preset, secret)
    delivery = delivered(BODY, {"Authorization": sent})
    if secret.startswith("Bearer") and sent != secret:
        assert "another secret" in refusal(delivery, webhook)
    else:
        verify(delivery, webhook, NOW)
    assert "another secret" in refusal(delivered(BODY, {"Authorization": "Bearer"}), webhook)


def test_a_repeated_token_or_time_is_ambiguous() -> None:
    token = webhook_for({"algorithm": "token", "header": "X-Token"}, KEY)
    assert refusal(Delivery.of("POST", URL, [("X-Token", KEY)] * 2, b""), token)
    slack = webhook_for("slack", KEY)
    headers = [*slack_headers(_S).items(), ("X-Slack-Request-Timestamp", _S)]
    assert "time stamp" in refusal(Delivery.of("POST", URL, headers, BODY.encode()), slack)


_S = str(int(NOW.timestamp()))


def slack_headers(time: str) -> dict[str, str]:
    return {"X-Slack-Request-Timestamp": time, "X-Slack-Signature": f"v0={hex_mac(KEY, f'v0:{time}:{BODY}')}"}


@pytest.mark.parametrize(
    "time",
    ["", "now", "-1", "1e9", "0", "9" * 30, "9" * 400, "inf", "nan", "١٧٧٢٣٦٦٤٠٠", f"{_S} {_S}", "null"],
)
def test_a_signed_time_that_is_none_is_refused(time: str) -> None:
    webhook = webhook_for("slack", KEY)
    assert "time stamp" in refusal(delivered(BODY, slack_headers(time)), webhook)


@pytest.mark.parametrize(
    ("form", "accepted"),
    [
        (None, [_S, f"{_S}000", f"{_S}.25", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00.5+01:00"]),
        ("s", [_S, f"{_S}.25"]),
        ("ms", [f"{_S}000"]),
        ("iso", ["2026-03-01T12:00:00Z", "2026-03-01T13:00:00.123456789+01:00", "2026-03-01T12:00:00"]),
    ],
)
def test_a_time_has_the_format_of_the_scheme(form: str | None, accepted: list[str]) -> None:
    keys = {"timestampFormat": form} if form else {}
    scheme = {
        "algorithm": "sha256",
        "header": "X-Sig",
        "signed": "{timestamp}{body}",
        "timestampHeader": "X-T",
        **keys,
    }
    webhook = webhook_for(scheme, KEY)
    times = [_S, f"{_S}.25", f"{_S}000", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00.5+01:00", *accepted]
    for time in times:
        delivery = delivered(BODY, {"X-T": time, "X-Sig": hex_mac(KEY, time + BODY)})
        if time in accepted or (form == "iso" and "T" in time):
            assert verify(delivery, webhook, NOW)
        else:
            assert "time stamp" in refusal(delivery, webhook)


def test_an_id_that_is_signed_must_be_there() -> None:
    webhook = webhook_for("standard", f"whsec_{KEY}")
    headers = {"webhook-timestamp": _S, "webhook-signature": f"v1,{base64_mac(RAW_KEY, f'.{_S}.{BODY}')}"}
    assert "id" in refusal(delivered(BODY, headers), webhook)


def test_a_body_that_is_no_form_is_signed_as_it_is() -> None:
    webhook = webhook_for({"algorithm": "sha256", "header": "X-Sig", "signed": "{form}"}, KEY)
    body = b"a=\xff"
    verify(delivered(body, {"X-Sig": hex_mac(KEY, body)}), webhook, NOW)


def test_the_reason_is_that_of_the_scheme_which_the_sender_has_used() -> None:
    gitlab = webhook_for("gitlab", KEY)
    assert refusal(delivered(BODY), gitlab) == (
        "the header webhook-signature or svix-signature has no signature, "
        "and the header x-gitlab-token has no secret"
    )
    assert refusal(delivered(BODY, {"X-Gitlab-Token": "a"}), gitlab).endswith("has another secret")
    signed = {"webhook-id": "1", "webhook-timestamp": _S, "webhook-signature": "v1,AAAA"}
    assert refusal(delivered(BODY, signed), gitlab) == "the signature is no sha256 in base64"
    token = webhook_for("token", KEY)
    assert refusal(delivered(url=f"{URL}?token=a"), token) == "the query parameter token has another secret"


def test_a_signature_of_gitlab_counts_more_than_its_token() -> None:
    """Only a signature has a time, and identifies the delivery."""
    gitlab = webhook_for("gitlab", [f"whsec_{KEY}", "secret-token"])
    headers = {
        "X-Gitlab-Token": "secret-token",
        "Idempotency-Key": "other",
        "webhook-id": "1",
        "webhook-timestamp": _S,
        "webhook-signature": f"v1,{base64_mac(RAW_KEY, f'1.{_S}.{BODY}')}",
    }
    assert verify(delivered(BODY, headers), gitlab, NOW) == "1"
    assert verify(delivered(BODY, headers), webhook_for("gitlab", "secret-token"), NOW) == "other"


def test_a_token_that_looks_like_no_key_does_not_break_the_other_scheme() -> None:
    webhook = webhook_for("gitlab", "n0t base64!")
    verify(delivered(BODY, {"X-Gitlab-Token": "n0t base64!"}), webhook, NOW)
    signed = {"webhook-id": "1", "webhook-timestamp": _S, "webhook-signature": f"v1,{base64_mac('a', BODY)}"}
    assert refusal(delivered(BODY, signed), webhook) == "the signature does not match"


@pytest.mark.parametrize("credentials", ["Basic", "Basic !!!", "Basic ", "Bearer YTpi", "YTpi", "Basic YTpj"])
def test_other_credentials_are_not_basic(credentials: str) -> None:
    refusal(delivered(BODY, {"Authorization": credentials}), webhook_for("basic", "a:b"))


@pytest.mark.parametrize("path", [".id", ".a.id", ".a[].id", ".a[0].id", '."x y"'])
@pytest.mark.parametrize("body", ["[]", "null", "5", '{"id": null}', '{"a": [5, {"id": {}}]}', "no json", ""])
def test_an_id_that_is_not_there_identifies_nothing(path: str, body: str) -> None:
    webhook = webhook_for({"algorithm": "sha256", "header": "X-Sig", "idPath": path}, KEY)
    assert verify(delivered(body, {"X-Sig": hex_mac(KEY, body)}), webhook, NOW) is None


def test_the_id_may_be_a_number() -> None:
    webhook = webhook_for({"algorithm": "sha256", "header": "X-Sig", "idPath": ".id"}, KEY)
    assert verify(delivered('{"id": 7}', {"X-Sig": hex_mac(KEY, '{"id": 7}')}), webhook, NOW) == "7"


@pytest.mark.parametrize(
    ("keys", "signature"),
    [
        ({}, f"sha256={hex_mac(KEY, BODY)}"),
        ({}, base64_mac(KEY, BODY)),
        ({"encoding": "base64"}, hex_mac(KEY, BODY)),
        ({"algorithm": "sha1"}, hex_mac(KEY, BODY)),
        ({}, hex_mac(KEY, BODY)[:-1]),
        ({}, ""),
    ],
)
def test_a_signature_in_another_form_says_so(keys: dict[str, Any], signature: str) -> None:
    webhook = webhook_for({"algorithm": "sha256", "header": "X-Sig", **keys}, KEY)
    reason = refusal(delivered(BODY, {"X-Sig": signature}), webhook)
    assert reason.startswith("the signature is no ") or (not signature and reason.endswith("no signature"))


def test_a_signed_url_that_differs_says_what_to_check() -> None:
    webhook = webhook_for({"algorithm": "sha256", "header": "X-Sig", "signed": "{url}{body}"}, KEY)
    with pytest.raises(DeliveryError) as caught:
        verify(delivered(BODY, {"X-Sig": hex_mac(KEY, f"https://other{BODY}")}), webhook, NOW)
    assert "OCEAN__BASE_URL" in caught.value.hint


def test_no_repr_shows_the_secret() -> None:
    webhook = webhook_for("token", "s3cr3t")
    delivery = delivered("s3cr3t", {"Authorization": "Bearer s3cr3t"}, f"{URL}?token=s3cr3t")
    proof = proof_of(delivery, webhook, NOW)
    github = webhook_for("github", "s3cr3t")
    signed = delivered(BODY, {"X-Hub-Signature-256": f"sha256={hex_mac('s3cr3t', BODY)}"})
    for value in (webhook, delivery, proof, proof_of(signed, github, NOW), Proof("s3cr3t")):
        assert "s3cr3t" not in repr(value)


def test_hint_verifies_nothing() -> None:
    assert verify(delivered("anything"), webhook_for("hint"), NOW) is None
