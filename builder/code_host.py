"""The one comment that a job keeps up to date in a pull request of GitHub or a merge request of GitLab."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from rest.errors import Mistake, SettingsError, SyncError
from rest.origin import Origin

_TIMEOUT_S = 30.0
_MAX_PAGES = 100
_GITHUB_REF = re.compile(r"refs/pull/(\d+)/merge")
_PERMISSION = (
    "On GitHub, the job needs `permissions: pull-requests: write`. On GitLab, the token needs the scope api"
)
_HINTS = {
    401: "Check the token",
    403: f"{_PERMISSION}. In a pull request of a fork, the token only reads",
    404: _PERMISSION,
}
_HINT = "Run the job again. If it fails again, the response says why"


class CodeHostError(SyncError):
    """GitHub or GitLab rejected a request or did not respond."""


@dataclass(frozen=True, slots=True)
class CommentPlace:
    """Where the comment is.

    comments: the URL of all comments. comment: the URL of a single one, without its id. user: the URL that
    shows whose token it is. update: the method that changes a comment.
    """

    comments: str
    comment: str
    user: str
    headers: Mapping[str, str] = field(repr=False)
    update: Literal["PATCH", "PUT"]


def comment_place(environ: Mapping[str, str]) -> CommentPlace:
    """Return the place of the comment from the variables of a job. Raises SettingsError: it has none."""
    return _gitlab(environ) if environ.get("GITLAB_CI") else _github(environ)


async def put_comment(
    place: CommentPlace, marker: str, text: str, transport: httpx.AsyncBaseTransport | None = None
) -> Literal["created", "updated"]:
    """Update the comment that begins with the marker, or create it. Raises CodeHostError.

    Only comments of the token's own user are updated, or of bots if the host does not tell who that is.
    """
    body = {"body": f"{marker}\n{text}"}
    async with httpx.AsyncClient(headers=place.headers, timeout=_TIMEOUT_S, transport=transport) as http:
        own = await _own_id(http, place)
        async for comment in _comments(http, place):
            if str(comment.get("body", "")).startswith(marker) and _is_own(comment, own):
                await _request(http, place.update, f"{place.comment}/{comment['id']}", body)
                return "updated"
        await _request(http, "POST", place.comments, body)
    return "created"


def _github(environ: Mapping[str, str]) -> CommentPlace:
    token, repository, ref = _required(environ, "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_REF")
    number = _GITHUB_REF.fullmatch(ref)
    if not number:
        raise SettingsError(
            [Mistake("GITHUB_REF", f"{ref!r:.80} is not a pull request", "Run the job on pull_request")]
        )
    api = environ.get("GITHUB_API_URL") or "https://api.github.com"
    issues = f"{api}/repos/{repository}/issues"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    return CommentPlace(
        f"{issues}/{number[1]}/comments", f"{issues}/comments", f"{api}/user", headers, "PATCH"
    )


def _gitlab(environ: Mapping[str, str]) -> CommentPlace:
    token, api, project, number = _required(
        environ, "GITLAB_TOKEN", "CI_API_V4_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID"
    )
    notes = f"{api}/projects/{project}/merge_requests/{number}/notes"
    return CommentPlace(notes, notes, f"{api}/user", {"PRIVATE-TOKEN": token}, "PUT")


def _required(environ: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if not environ.get(name)]
    if missing:
        hint = "The job sets it, except for the token. docs/pull-requests.md shows both"
        raise SettingsError([Mistake(name, "required", hint) for name in missing])
    return [environ[name] for name in names]


async def _own_id(http: httpx.AsyncClient, place: CommentPlace) -> int | None:
    """Return the id of the token's user. None: the token is an app's, which has no user (GITHUB_TOKEN)."""
    try:
        found = (await _request(http, "GET", place.user)).json()
    except CodeHostError:
        return None
    return found.get("id") if isinstance(found, dict) else None


def _is_own(comment: Mapping[str, Any], own: int | None) -> bool:
    author = comment.get("user") or comment.get("author") or {}
    return author.get("id") == own if own is not None else author.get("type") == "Bot"


async def _comments(http: httpx.AsyncClient, place: CommentPlace) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the comments, oldest first. Links to other origins are not followed."""
    url = f"{place.comments}?per_page=100&sort=asc"
    for _ in range(_MAX_PAGES):
        response = await _request(http, "GET", url)
        for comment in response.json():
            yield comment
        url = response.links.get("next", {}).get("url", "")
        if not url or Origin.of(url) != Origin.of(place.comments):
            return


async def _request(
    http: httpx.AsyncClient, method: str, url: str, body: Mapping[str, str] | None = None
) -> httpx.Response:
    try:
        response = await http.request(method, url, json=body)
    except httpx.HTTPError as error:
        reason = f"{type(error).__name__}{f': {error}' if str(error) else ''}"
        raise CodeHostError(f"cannot reach {Origin.of(url)} ({reason})", hint=_HINT) from error
    if response.is_success:
        return response
    hint = _HINTS.get(response.status_code, _HINT)
    message = " ".join(response.text[:300].split())
    raise CodeHostError(f"{Origin.of(url)} returned {response.status_code}: {message}", hint=hint)
