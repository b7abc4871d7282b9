"""The inputs of live events."""

from builder.web.connect.setting_field import SettingField
from configuration.webhook_presets import PRESETS

WEBHOOK = (
    SettingField(
        "webhookVerify",
        "Verification of webhooks",
        help=f"For live events: {', '.join(PRESETS)}, a JSON object, or hint for senders that cannot sign.",
        example="github",
    ),
    SettingField(
        "webhookSecret",
        "Secret of webhooks",
        help="As at the sender. While you rotate it, a JSON list of both.",
    ),
    SettingField("webhookPath", "Path of webhooks", example="/webhook"),
    SettingField("webhookMaxBytes", "Largest event in bytes", "number", example="1048576"),
)
