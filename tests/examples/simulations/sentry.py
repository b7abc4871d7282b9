"""Sentry's API: projects with issues and environments. Its Link header always names a next page."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, moment

_SENTRY = Vendor("sentry", {"authorization": "Bearer sntryu_example"}, lambda message: {"detail": message})
_PARAMS = {"cursor", "per_page"}
_ORGANIZATIONS = ("acme", "acme-labs")


def _project(number: int) -> Item:
    organization = _ORGANIZATIONS[number % 2]
    return {
        "id": str(4500 + number),
        "slug": f"service-{number // 2}",
        "name": f"Service {number // 2}",
        "platform": "python" if number % 3 else None,
        "dateCreated": moment(number),
        "status": "active",
        "isBookmarked": False,
        "organization": {"id": str(number % 2), "slug": organization, "name": organization.title()},
    }


def _issue(project: Item, number: int) -> Item:
    short_id = f"{project['organization']['slug']}-{project['slug']}-{number}".upper()
    return {
        "id": f"{project['id']}{number:03}",
        "shortId": short_id,
        "title": f"TimeoutError: request {number} took too long",
        "culprit": "app.tasks.run",
        "level": "error" if number % 4 else "fatal",
        "status": "unresolved",
        "permalink": f"https://acme.sentry.io/issues/{project['id']}{number:03}/",
        "count": str(number * 7),
        "userCount": number,
        "firstSeen": moment(number),
        "lastSeen": moment(number + 24),
        "project": {"id": project["id"], "slug": project["slug"]},
    }


_PROJECTS = [_project(number) for number in range(90)]
_BY_NAMES = {(each["organization"]["slug"], each["slug"]): each for each in _PROJECTS}


def _page(items: list[Item], request: ApiRequest) -> JSONResponse:
    """Return a page. The last one has a next link too, and says that it has no results."""
    size = request.integer("per_page", 100, 100)
    _, start, _ = map(int, request.params.get("cursor", "0:0:0").split(":"))
    cursors = {"previous": max(start - size, 0), "next": start + size}
    has_results = {"previous": start > 0, "next": start + size < len(items)}
    links = [
        f'<{request.url.include_query_params(cursor=f"0:{at}:0")}>; rel="{relation}"; '
        f'results="{str(has_results[relation]).lower()}"; cursor="0:{at}:0"'
        for relation, at in cursors.items()
    ]
    return JSONResponse(items[start : start + size], headers={"Link": ", ".join(links)})


def _projects(request: ApiRequest) -> JSONResponse:
    return _page(_PROJECTS, request)


def _issues(request: ApiRequest) -> JSONResponse:
    if request.params.get("query") != "is:unresolved":
        raise RefusalError("The simulation only has unresolved issues")
    project = _project_of(request)
    first = project["slug"] == "service-0"
    return _page([_issue(project, each) for each in range(1, 130 if first else 3)], request)


def _environments(request: ApiRequest) -> JSONResponse:
    names = ["production", "staging"][: 1 + int(_project_of(request)["id"]) % 2]
    return JSONResponse([{"id": str(n), "name": name, "isHidden": False} for n, name in enumerate(names)])


def _project_of(request: ApiRequest) -> Item:
    """Return a project. Both organizations have projects with the same slug."""
    try:
        return _BY_NAMES[request.names["organization"], request.names["project"]]
    except KeyError:
        raise RefusalError("The requested resource does not exist", 404) from None


_PROJECT = "/api/0/projects/{organization}/{project}"
ROUTES: list[Route] = [
    _SENTRY.listing("/api/0/projects/", _projects, _PARAMS),
    _SENTRY.listing(f"{_PROJECT}/issues/", _issues, {*_PARAMS, "query"}),
    _SENTRY.listing(f"{_PROJECT}/environments/", _environments, _PARAMS),
]
