"""GitLab's merge requests, which its contract does not have."""

from functools import partial

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.numbered import PARAMS, numbered
from tests.examples.simulations.vendor import ApiRequest, Item, Vendor, moment

_GITLAB = Vendor("gitlab", {"private-token": "glpat-AbCdEfGhIjKlMnOp"}, lambda message: {"message": message})


def _merge_request(number: int) -> Item:
    project = f"acme/backend/svc-{number % 40 + 1}"
    return {
        "id": 70000 + number,
        "iid": number,
        "title": f"Change {number}",
        "state": "opened",
        "draft": number % 2 == 0,
        "web_url": f"https://gitlab.example.com/{project}/-/merge_requests/{number}",
        "references": {"short": f"!{number}", "full": f"{project}!{number}"},
        "author": {"username": f"u10-{number}"},
        "labels": ["backend"],
        "created_at": moment(number),
        "updated_at": moment(number + 24),
    }


_MERGE_REQUESTS = [_merge_request(number) for number in range(1, 131)]


def _page(items: list[Item], request: ApiRequest) -> JSONResponse:
    return numbered(request, items)


ROUTES: list[Route] = [
    _GITLAB.listing("/api/v4/merge_requests", partial(_page, _MERGE_REQUESTS), {*PARAMS, "scope", "state"})
]
