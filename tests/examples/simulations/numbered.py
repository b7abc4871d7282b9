"""Numbered pages with a Link header, as in GitHub's and GitLab's APIs."""

from starlette.responses import JSONResponse

from tests.examples.simulations.vendor import ApiRequest, Item, link_header

PARAMS = frozenset({"page", "per_page"})


def numbered(request: ApiRequest, items: list[Item]) -> JSONResponse:
    """Return the requested page. A single page has no Link header."""
    size = min(max(request.integer("per_page", 30), 1), 100)
    page = max(request.integer("page", 1), 1)
    last = -(-len(items) // size)
    others = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    links = {
        relation: request.url.include_query_params(page=number)
        for relation, number in others.items()
        if 1 <= number <= last and number != page
    }
    headers = {"Link": link_header(links)} if links else {}
    return JSONResponse(items[(page - 1) * size : page * size], headers=headers)
