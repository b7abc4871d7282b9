"""Servers that behave like GitHub's and GitLab's REST API for the comments of one pull request."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.loopback_server import NOT_FOUND, Request, Response

PAGE_SIZE = 2
_UNAUTHORIZED = Response({"message": "Bad credentials"}, 401)


@dataclass
class FakeGitHub:
    """GitHub. GITHUB_TOKEN has no user, so that /user is forbidden, and its comments are a bot's.

    user: the id of the token's user, for a personal token. rejection: the response to each change.
    next_link: a link that each list of comments has in addition.
    """

    url: str = ""
    token: str = "made-up-github-token"
    user: int | None = None
    rejection: Response | None = None
    next_link: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)

    path = "/repos/acme/catalog/issues/7/comments"
    single = "/repos/acme/catalog/issues/comments/"
    method = "PATCH"
    author = "user"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a job."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_TOKEN": self.token,
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": "acme/catalog",
            "GITHUB_REF": "refs/pull/7/merge",
        }

    @property
    def bodies(self) -> list[str]:
        """The texts of the comments, oldest first."""
        return [comment["body"] for comment in self.comments]

    def add(self, body: str, author: int, kind: str) -> dict[str, Any]:
        """Add a comment. kind: the type of its author."""
        user = {"id": author, "type": kind}
        self.comments.append({"id": len(self.comments) + 1, "body": body, self.author: user})
        return self.comments[-1]

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        if not self._is_authorized(request):
            return _UNAUTHORIZED
        if request.path == "/user":
            return Response({"id": self.user}) if self.user else Response({"message": "Forbidden"}, 403)
        if request.method == "GET" and request.path == self.path:
            return self._page(request)
        if self.rejection:
            return self.rejection
        if request.method == "POST" and request.path == self.path:
            kind = "User" if self.user else "Bot"
            return Response(self.add(json.loads(request.body)["body"], self.user or 1, kind), 201)
        if request.method == self.method and request.path.startswith(self.single):
            comment = self.comments[int(request.path.removeprefix(self.single)) - 1]
            comment["body"] = json.loads(request.body)["body"]
            return Response(comment)
        return NOT_FOUND

    def _page(self, request: Request) -> Response:
        number = int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])
        end = number * PAGE_SIZE
        more = f"{self.url}{self.path}?page={number + 1}" if end < len(self.comments) else self.next_link
        headers = {"Link": f'<{more}>; rel="next"'} if more else {}
        return Response(self.comments[end - PAGE_SIZE : end], headers=headers)

    def _is_authorized(self, request: Request) -> bool:
        return request.headers["Authorization"] == f"Bearer {self.token}"


@dataclass
class FakeGitLab(FakeGitHub):
    """GitLab. A project access token has a user."""

    token: str = "made-up-gitlab-token"
    user: int | None = 5

    path = "/api/v4/projects/12/merge_requests/3/notes"
    single = "/api/v4/projects/12/merge_requests/3/notes/"
    method = "PUT"
    author = "author"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a job."""
        return {
            "GITLAB_CI": "true",
            "GITLAB_TOKEN": self.token,
            "CI_API_V4_URL": f"{self.url}/api/v4",
            "CI_PROJECT_ID": "12",
            "CI_MERGE_REQUEST_IID": "3",
        }

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        if request.path == "/api/v4/user":
            return Response({"id": self.user}) if self._is_authorized(request) else _UNAUTHORIZED
        return super().answer(request)

    def _is_authorized(self, request: Request) -> bool:
        return request.headers["PRIVATE-TOKEN"] == self.token
