"""The pages on live events describe what the code does, and each way to verify accepts what its API sends."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from configuration.settings import Settings
from configuration.signed_text import NAMES
from configuration.webhook_presets import PRESETS
from configuration.webhook_scheme import SchemeInput
from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery, DeliveryError
from live_events.limits import DEFAULT_LIMITS
from live_events.matching import MOST_ITEMS
from live_events.pipeline import LiveEvents
from live_events.verification import verify
from ocean_adapter.live_metrics import LiveMetrics
from tests.webhook_senders import SENDERS, secret_for, signed

_DOCS = Path(__file__).parents[2] / "docs"
_PAGE = (_DOCS / "live-events.md").read_text(encoding="utf-8")
_TEXT = (_DOCS / "live-events-examples.md").read_text(encoding="utf-8")
_URL = "https://webhooks.yourcompany.com/integration/webhook"
_NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
_BODY = {"id": "evt_1", "_id": "1", "event_id": "e1", "type": "changed", "data": {"name": "Ærø ✓"}}


def _others() -> dict[str, Any]:
    """Return `webhookVerify` of each row in the table of other APIs."""
    table = _TEXT.partition("| API | `webhookVerify` | `webhookSecret` |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)` \| [^|]+ \|$", table, re.MULTILINE)
    assert len(rows) == len(table.splitlines()) - 1
    return {name: yaml.safe_load(verify) for name, verify in rows}


_OTHERS = _others()


def _webhook(sender: str) -> WebhookSettings:
    config = {
        "base_url": "https://a",
        "webhook_verify": _OTHERS[sender],
        "webhook_secret": secret_for(sender),
    }
    settings = Settings.from_config(config, {}).webhook
    assert settings is not None
    return settings


_SCHEMES = {sender: _webhook(sender).scheme for sender in _OTHERS}
each_other = pytest.mark.parametrize("sender", _OTHERS)
each_signer = pytest.mark.parametrize(
    "sender", [sender for sender, scheme in _SCHEMES.items() if scheme and scheme.is_hmac]
)
each_with_time = pytest.mark.parametrize(
    "sender", [sender for sender, scheme in _SCHEMES.items() if scheme and scheme.timestamp]
)


def _delivery(sender: str, body: dict[str, Any] = _BODY) -> Delivery:
    content, headers = signed(sender, body, _URL, _NOW)
    return Delivery.of("POST", _URL, headers.items(), content)


def test_every_row_has_a_sender_of_the_tests() -> None:
    assert len(_OTHERS) >= 12
    assert _OTHERS.keys() <= SENDERS


@each_other
def test_a_delivery_of_the_api_is_verified(sender: str) -> None:
    verify(_delivery(sender), _webhook(sender), _NOW)


@each_other
def test_a_delivery_with_another_secret_is_refused(sender: str) -> None:
    webhook = _webhook(sender)
    other = WebhookSettings(webhook.path, webhook.scheme, ("another:secret",))
    with pytest.raises(DeliveryError) as caught:
        verify(_delivery(sender), other, _NOW)
    assert caught.value.status == 401


@each_signer
def test_a_changed_body_is_refused(sender: str) -> None:
    sent, other = _delivery(sender), _delivery(sender, {**_BODY, "type": "deleted"})
    forged = Delivery(sent.method, sent.url, sent.headers, sent.query, other.body)
    with pytest.raises(DeliveryError):
        verify(forged, _webhook(sender), _NOW)


@each_with_time
def test_an_old_delivery_is_refused(sender: str) -> None:
    with pytest.raises(DeliveryError, match="time stamp"):
        verify(_delivery(sender), _webhook(sender), _NOW + timedelta(seconds=301))


def _rows(header: str) -> list[list[str]]:
    """Return the cells of the table of the page with this header row."""
    table = _PAGE.partition(f"{header}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def _names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_preset_of_gitlab_verifies_a_signing_token_too() -> None:
    sender = "GitLab, signing token"
    config = {"base_url": "https://a", "webhook_verify": "gitlab", "webhook_secret": secret_for(sender)}
    webhook = Settings.from_config(config, {}).webhook
    assert webhook
    assert verify(_delivery(sender), webhook, _NOW) == "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"


def test_the_page_has_all_presets() -> None:
    assert [_names(row[0])[0] for row in _rows("| preset | checks |")] == list(PRESETS)


def test_the_page_has_all_keys_of_the_object() -> None:
    rows = [row for row in _rows("| key | meaning |") if row[0] != "`when`"]
    keys = [name for row in rows for name in _names(row[0])]
    assert sorted(keys) == sorted(field.alias or name for name, field in SchemeInput.model_fields.items())
    [signed] = [row[1] for row in rows if row[0] == "`signed`"]
    placeholders = [name.strip("{}") for name in _names(signed)]
    assert set(placeholders) == {*NAMES, "headers.<name>", "body.<path>"}


def test_the_object_of_the_page_is_the_preset() -> None:
    [block] = re.findall(
        r"```yaml\n(webhookSecret: .*?)```", _PAGE.partition("## Verification")[2], re.DOTALL
    )
    verify = yaml.safe_load(block)["webhookVerify"]
    config = {"base_url": "https://a", "webhook_secret": "x", "webhook_verify": verify}
    webhook = Settings.from_config(config, {}).webhook
    assert webhook
    assert webhook.scheme == PRESETS["stripe"]


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    limits, settings = DEFAULT_LIMITS, Settings.from_config({"base_url": "https://a"}, {})
    cells = {row[0]: row[1] for row in _rows("| limit | value | beyond it |")}
    assert cells["events in the queue"] == f"{limits.events:,}, or {limits.events_weight // 2**20} MiB"
    assert cells["changes that wait for a retry"] == f"{limits.pending:,}"
    assert cells["changed objects in one event"] == f"{MOST_ITEMS:,}"
    assert cells["size of a body"] == f"`webhookMaxBytes`, {settings.webhook_max_bytes // 2**20} MiB"
    assert f"waits {limits.settle_s} seconds" in _PAGE
    assert limits.spacing_s == 2
    assert "at most once in two seconds" in " ".join(_PAGE.split())


def test_the_metrics_of_the_page_are_those_of_the_code() -> None:
    found = list(LiveMetrics(LiveEvents(), []).collect())
    names = {f"{each.name}_total" if each.type == "counter" else each.name for each in found}
    rows = _rows("| metric | meaning |")
    listed = {name for row in rows for name in _names(row[0])}
    assert listed == names | {"ocean_custom_live_events_latency_seconds"}
    [outcomes] = [row[1] for row in rows if "changes_total" in row[0]]
    [changes] = [each for each in found if each.name.endswith("_changes")]
    assert set(_names(outcomes)) - {"outcome"} == {sample.labels["outcome"] for sample in changes.samples}
