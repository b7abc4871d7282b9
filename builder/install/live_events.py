"""What an installation needs to receive webhooks."""

from collections.abc import Iterator

from builder.draft import Draft
from builder.install.chosen import chosen
from rest.bodies import Json

PUBLIC_URL = "<PUBLIC_URL>"
PUBLIC_HOST = "<PUBLIC_HOST>"
# The port that Ocean listens on.
PORT = 8000
SETTINGS = frozenset(
    {"webhookSecret", "webhookSecretFile", "webhookVerify", "webhookPath", "webhookMaxBytes"}
)
_DEFAULT_PATH = "/webhook"


def receives_events(draft: Draft) -> bool:
    """Return whether the settings have a webhook."""
    return "webhookVerify" in chosen(draft.settings)


def runs_permanently(draft: Draft) -> bool:
    """Return whether the integration keeps running, so that it can receive events."""
    return draft.installation.event_listener != "ONCE"


def webhook_path(draft: Draft) -> str:
    """Return the path of the webhook below the public URL."""
    return f"/integration{draft.settings.get('webhookPath') or _DEFAULT_PATH}"


def chart_values(draft: Draft) -> Iterator[tuple[str, Json]]:
    """Yield the values of the chart. A CronJob ends after each resync, so a second deployment listens."""
    if not receives_events(draft):
        return
    yield "liveEvents.baseUrl", PUBLIC_URL
    if not runs_permanently(draft):
        yield "liveEvents.worker.enabled", True
    ingress = "ingress" if runs_permanently(draft) else "liveEvents.ingress"
    yield f"{ingress}.enabled", True
    yield f"{ingress}.host", PUBLIC_HOST
    yield f"{ingress}.path", webhook_path(draft)
    yield f"{ingress}.pathType", "Exact"
