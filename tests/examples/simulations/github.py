"""GitHub's pull requests, which its contract does not have."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.numbered import PARAMS, numbered
from tests.examples.simulations.vendor import ApiRequest, Item, Vendor, moment

_GITHUB = Vendor(
    "github",
    {"authorization": "Bearer ghp_exampletoken0001", "accept": "application/vnd.github+json"},
    lambda message: {"message": message},
)


def _pull(repository: str, number: int) -> Item:
    return {
        "id": 1000 * int(repository.rpartition("-")[2]) + number,
        "number": number,
        "title": f"Change {number}",
        "state": "open",
        "draft": number % 2 == 0,
        "html_url": f"https://github.com/acme/{repository}/pull/{number}",
        "user": {"login": f"platform-dev{number}"},
        "labels": [{"name": "feature"}],
        "created_at": moment(number),
        "updated_at": moment(number + 24),
    }


def _pulls(request: ApiRequest) -> JSONResponse:
    """Return pull requests. The first repository has more than one page of them. Some have none."""
    repository: str = request.names["repository"]
    number = int(repository.rpartition("-")[2])
    count = 130 if number == 1 else number % 3
    return numbered(request, [_pull(repository, each) for each in range(1, count + 1)])


ROUTES: list[Route] = [_GITHUB.listing("/repos/acme/{repository}/pulls", _pulls, {*PARAMS, "state"})]
