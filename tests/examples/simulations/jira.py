"""Jira Cloud's platform API, version 3: pagination by offset, and by a token for issues."""

import base64
from functools import partial

from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor

_BASIC = base64.b64encode(b"port@example.com:jira-example-token").decode()
_LARGEST_PAGE = 50  # even if the request has a larger page size
_WINDOW = {"startAt", "maxResults"}
_JIRA = Vendor(
    "jira", {"authorization": f"Basic {_BASIC}"}, lambda message: {"errorMessages": [message], "errors": {}}
)
_SITE = "https://example.atlassian.net"


def _user(number: int) -> Item:
    return {
        "self": f"{_SITE}/rest/api/3/user?accountId={_account(number)}",
        "accountId": _account(number),
        "accountType": "app" if number % 50 == 0 else "atlassian",
        "displayName": f"User {number}",
        "emailAddress": f"user{number}@example.com",
        "active": number % 9 != 0,
    }


def _account(number: int) -> str:
    return f"712020:{number:08x}-0000-4000-8000-000000000000"


def _project(number: int) -> Item:
    return {
        "self": f"{_SITE}/rest/api/3/project/{10000 + number}",
        "id": str(10000 + number),
        "key": f"PRJ{number}",
        "name": f"Project {number}",
        "projectTypeKey": "software" if number % 2 else "business",
        "isPrivate": number % 3 == 0,
        "lead": {"accountId": _account(number), "displayName": f"User {number}"},
    }


def _issue(number: int) -> Item:
    return {
        "self": f"{_SITE}/rest/api/3/issue/{20000 + number}",
        "id": str(20000 + number),
        "key": f"PRJ{number % 100 + 1}-{number}",
        "fields": {
            "summary": f"Issue {number}",
            "project": {"key": f"PRJ{number % 100 + 1}"},
            "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
            "issuetype": {"name": "Bug" if number % 4 == 0 else "Task"},
            "priority": {"name": "High"},
            "labels": ["backend"],
            "assignee": None if number % 5 == 0 else {"accountId": _account(number % 110 + 1)},
            "reporter": {"accountId": _account(1)},
            "created": "2024-03-01T09:00:00.000+0000",
            "updated": "2024-03-02T09:00:00.000+0100",
        },
    }


def _version(project: str, number: int) -> Item:
    return {
        "id": f"{project.removeprefix('PRJ')}{number:04}",
        "name": f"{project} {number}.0",
        "released": number % 2 == 0,
        "archived": False,
        "projectId": 10000 + int(project.removeprefix("PRJ")),
        **({"releaseDate": "2024-05-31"} if number % 2 == 0 else {}),
    }


_USERS = [_user(number) for number in range(1, 131)]
_PROJECTS = [_project(number) for number in range(1, 121)]
_ISSUES = [_issue(number) for number in range(1, 231)]
# The first project has more than one page of versions. Some projects have none.
_VERSIONS = {
    project["key"]: [_version(project["key"], number) for number in range(1, count + 1)]
    for project, count in zip(_PROJECTS, [115] + [number % 3 for number in range(2, 121)], strict=True)
}


def _window(request: ApiRequest, items: list[Item]) -> list[Item]:
    start = request.integer("startAt", 0)
    return items[start : start + min(request.integer("maxResults", 50), _LARGEST_PAGE)]


def _plain_list(items: list[Item], request: ApiRequest) -> JSONResponse:
    return JSONResponse(_window(request, items))


def _with_total(items: list[Item], request: ApiRequest) -> JSONResponse:
    window, start = _window(request, items), request.integer("startAt", 0)
    envelope = {"startAt": start, "maxResults": _LARGEST_PAGE, "total": len(items)}
    return JSONResponse({**envelope, "isLast": start + len(window) >= len(items), "values": window})


def _projects(request: ApiRequest) -> JSONResponse:
    expanded = request.params.get("expand") == "lead"
    projects = [
        {name: project[name] for name in project if expanded or name != "lead"} for project in _PROJECTS
    ]
    return _with_total(projects, request)


def _versions(request: ApiRequest) -> JSONResponse:
    if request.names["project"] not in _VERSIONS:
        raise RefusalError("No project could be found with this key", 404)
    return _with_total(_VERSIONS[request.names["project"]], request)


def _issues(request: ApiRequest) -> JSONResponse:
    """Return issues. Without `fields` they have only ids. The last page has no token."""
    if "updated" not in request.params.get("jql", ""):
        raise RefusalError("Unbounded JQL queries are not allowed here")
    token = request.params.get("nextPageToken", "page-0")
    if not token.startswith("page-"):
        raise RefusalError("nextPageToken is not valid")
    start = int(token.removeprefix("page-"))
    end = start + min(request.integer("maxResults", 50), _LARGEST_PAGE)
    fields = request.params.get("fields", "").split(",")
    issues = [
        {**issue, "fields": {name: value for name, value in issue["fields"].items() if name in fields}}
        for issue in _ISSUES[start:end]
    ]
    more = {"nextPageToken": f"page-{end}"} if end < len(_ISSUES) else {}
    return JSONResponse({"issues": issues, "isLast": not more, **more})


ROUTES: list[Route] = [
    _JIRA.listing("/rest/api/3/users/search", partial(_plain_list, _USERS), _WINDOW),
    _JIRA.listing("/rest/api/3/project/search", _projects, {*_WINDOW, "expand"}),
    _JIRA.listing("/rest/api/3/project/{project}/version", _versions, _WINDOW),
    _JIRA.listing("/rest/api/3/search/jql", _issues, {"jql", "fields", "nextPageToken", "maxResults"}),
]
