"""The guide at `GET /`."""

from sandbox.sample_api.auth import AUTHS
from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.paging import PAGINGS
from sandbox.sample_api.paging.base import DEFAULT_SIZE, LARGEST_SIZE
from sandbox.sample_api.sample_data import Json
from sandbox.sample_api.styles import DEFAULT_AUTH, DEFAULT_PAGING
from sandbox.webhooks.signing import SCHEMES


def guide(root: str) -> dict[str, Json]:
    """Describe styles, credentials and endpoints. root: this server's URL without a trailing slash."""
    return {
        "about": "The API of a fictitious company, with every authentication and paging style.",
        "use": "The first two path segments select the styles: /{auth}/{paging}/api/v1/users. "
        f"The defaults are {DEFAULT_AUTH} and {DEFAULT_PAGING}.",
        "base_url_example": f"{root}/bearer/cursor",
        "try": _examples(root),
        "auth": {name: f"send {auth.usage}" for name, auth in AUTHS.items()},
        "paging": {
            name: {"parameters": [*paging.params], "signals": paging.signals}
            for name, paging in PAGINGS.items()
        },
        "page_size": f"{DEFAULT_SIZE} items by default, {LARGEST_SIZE} at most",
        "endpoints": _endpoints(),
        "webhooks": _webhooks(root),
        "control": f"Not part of the API: the page {root}/_control/, and /_control/requests, stats, reset,"
        " latency, rate-limit, tokens, data, remove, faults, webhook, changes, deliveries and storm",
    }


def _examples(root: str) -> list[Json]:
    body = '{"type": "users", "filter": {"active": true}, "offset": 20}'
    return [
        f"curl {root}/none/page/api/tickets",
        f"curl -H 'Authorization: Bearer sample-token' '{root}/bearer/cursor/api/v1/users?limit=5'",
        f"curl -u sample:sample-password -i '{root}/basic/page-header/api/v1/projects?per_page=10'",
        f"curl {root}/none/offset-total/api/v1/search -d '{body}'",
    ]


def _webhooks(root: str) -> dict[str, Json]:
    webhook = '{"url": "http://127.0.0.1:8000/integration/webhook", "scheme": "github", "secret": "<SECRET>"}'
    change = (
        '{"action": "updated", "collection": "tickets", "item": {"id": 101, "subject": "Printer on fire"}}'
    )
    json_type = "-H 'Content-Type: application/json'"
    return {
        "about": "Every change sends a signed event to one URL. Its payload has the ids of the item and its"
        " parents, and the item's title. GET the item for the rest; after its deletion, the response is 404.",
        "try": [
            f"curl {json_type} {root}/_control/webhook -d '{webhook}'",
            f"curl {json_type} {root}/_control/changes -d '{change}'",
        ],
        "payload": {
            "action": "updated",
            "occurred_at": "2026-01-31T12:00:00Z",
            "task": {"task_id": 1001, "title": "Task 1001"},
            "project": {"project_id": "P-001"},
            "changes": {"title": {"from": "Task"}},
        },
        "headers": {
            "X-Sample-Event": "one of: " + ", ".join(each.noun for each in COLLECTIONS.values()),
            "X-Sample-Delivery": "the id of the delivery, the same in all attempts",
        },
        "schemes": {name: scheme.label for name, scheme in SCHEMES.items()},
        "retries": "408, 425, 429, 5xx and no answer, with growing pauses or after Retry-After, 8 attempts",
        "deletions": "Deleting an item deletes its children, with an event for each.",
    }


def _endpoints() -> dict[str, Json]:
    listings: dict[str, Json] = {
        f"GET {collection.path}": {
            "items": "." + ".".join(collection.key) if collection.key else "a bare array, or .data",
            "id": collection.id_field,
            "filters": [*collection.filters],
        }
        for collection in COLLECTIONS.values()
    }
    return listings | {
        "GET …/{id}": "one item of any listing, or 404 if it does not exist",
        "POST /api/v1/search": {
            "items": ".results",
            "body": {"type": "one of: " + ", ".join(COLLECTIONS), "filter": {"active": True}},
            "paging": "the same parameters, in the body; numbers are JSON integers",
        },
    }
