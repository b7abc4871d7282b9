"""The guide at `GET /`."""

from sandbox.sample_api.auth import AUTHS
from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.paging import PAGINGS
from sandbox.sample_api.paging.base import DEFAULT_SIZE, LARGEST_SIZE
from sandbox.sample_api.sample_data import Json
from sandbox.sample_api.styles import DEFAULT_AUTH, DEFAULT_PAGING


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
        "control": "Not part of the API: /_control/requests, stats, reset, latency, rate-limit, tokens, data,"
        " remove and faults",
    }


def _examples(root: str) -> list[Json]:
    body = '{"type": "users", "filter": {"active": true}, "offset": 20}'
    return [
        f"curl {root}/none/page/api/tickets",
        f"curl -H 'Authorization: Bearer sample-token' '{root}/bearer/cursor/api/v1/users?limit=5'",
        f"curl -u sample:sample-password -i '{root}/basic/page-header/api/v1/projects?per_page=10'",
        f"curl {root}/none/offset-total/api/v1/search -d '{body}'",
    ]


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
        "GET …/{id}": "one item of any listing",
        "POST /api/v1/search": {
            "items": ".results",
            "body": {"type": "one of: " + ", ".join(COLLECTIONS), "filter": {"active": True}},
            "paging": "the same parameters, in the body; numbers are JSON integers",
        },
    }
