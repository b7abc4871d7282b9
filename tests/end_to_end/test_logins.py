"""Authentication types with a login, in a real resync. The API counts the logins."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.loopback_server import Request, Response, serving

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Install = Callable[..., Any]

PROJECTS = 21  # more than a usual page size, so that the full page does not cause a second request
WRONG = "made-up-wrong-secret"
# The settings for a secret, by style of the sample API. An empty secret stands for the correct one.
SETTINGS: dict[str, Callable[[str], Json]] = {
    "oauth2": lambda secret: {
        "authType": "oauth2",
        "tokenUrl": "/oauth/token",
        "clientId": "sample-client",
        "clientSecret": secret or "sample-secret",
    },
    "login": lambda secret: {
        "authType": "custom",
        "customAuthRequest": {
            "endpoint": "/login",
            "body": {"username": "sample", "password": secret or "sample-password"},
        },
        "customAuthRequestTemplate": {"headers": {"X-Session": "{{.session.token}}"}},
    },
}
LOGIN_PATHS = {"oauth2": "/oauth/token", "login": "/login"}
STYLES = pytest.mark.parametrize("style", SETTINGS)


def _entry(kind: str, blueprint: str, identifier: str, **selector: Any) -> Json:
    mappings = {"identifier": identifier, "blueprint": f'"{blueprint}"'}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


USERS = _entry("/api/v1/users", "user", ".id", data_path=".users")
TASKS = _entry(
    "/api/v1/projects/{project}/tasks",
    "task",
    ".task_id",
    data_path=".tasks",
    path_parameters={
        "project": {
            "endpoint": "/api/v1/projects",
            "data_path": ".data.projects",
            "field": ".project_id",
        }
    },
)
MAPPING = {"resources": [USERS, TASKS]}


def _settings(sample: httpx.Client, style: str, secret: str = "", **more: Any) -> Json:
    """Return settings with which each listing is one page, and all children are requested at once."""
    return {
        "baseUrl": str(sample.base_url.join(f"/{style}/none")),
        "maxConcurrentRequests": PROJECTS,
        **SETTINGS[style](secret),
        **more,
    }


def _company(sample: httpx.Client) -> None:
    """Set the sample API's data: users, and projects with two tasks each."""
    names = [f"P-{number:02}" for number in range(PROJECTS)]
    numbered = enumerate([name for name in names for _ in range(2)])
    data = {
        "users": [{"id": number} for number in range(5)],
        "projects": [{"project_id": name} for name in names],
        "tasks": [{"project_id": name, "task_id": number} for number, name in numbered],
    }
    sample.post("/_control/data", json=data).raise_for_status()


def _stats(sample: httpx.Client) -> Json:
    stats: Json = sample.get("/_control/stats").raise_for_status().json()
    return stats


def _statuses(sample: httpx.Client) -> list[int]:
    """Return the statuses of all responses, in order of the requests."""
    return [request["status"] for request in sample.get("/_control/requests").raise_for_status().json()]


def _control(sample: httpx.Client, action: str, **options: Any) -> None:
    sample.post(f"/_control/{action}", json=options).raise_for_status()


def _check_that_nothing_leaks(run: Any, port: Any, *secrets: str) -> None:
    """Check that the secrets are neither in the log nor in the logs that Port received."""
    logs = run.log + port.http.get("/_sandbox/logs").raise_for_status().text
    assert [secret for secret in secrets if secret in logs] == []


@pytest.mark.parametrize("where", ["body", "basic"])
def test_client_credentials_log_in_once_for_all_kinds(
    install: Install, port: Any, sample: httpx.Client, where: str
) -> None:
    """One kind has a parent listing and its children. The API receives tokenParams as form fields."""
    port.prepare(MAPPING)
    _company(sample)
    params = {"scope": "read:all", "audience": "https://made-up.example/"}
    settings = _settings(sample, "oauth2", tokenAuth=where, tokenParams=params)
    run = install(settings, environ={"APPLICATION__LOG_LEVEL": "DEBUG"}).sync(MAPPING)
    assert run.failed == [], run.log
    assert port.counts() == {"user": 5, "task": 2 * PROJECTS}
    own = {"client_id": "sample-client", "client_secret": "***"} if where == "body" else {}
    assert sample.get("/_control/tokens").json() == [
        {"style": "oauth2", "fields": {"grant_type": "client_credentials", **params, **own}}
    ]
    _check_that_nothing_leaks(run, port, "sample-secret", "oauth2-token-", "c2FtcGxlLWNsaWVud")


@STYLES
def test_children_with_an_expired_token_share_one_new_login(
    install: Install, port: Any, sample: httpx.Client, style: str
) -> None:
    """The token is valid for the parents only. All children get 401 before the first one logs in again."""
    port.prepare(MAPPING)
    _company(sample)
    _control(sample, "tokens", uses=1)
    _control(sample, "latency", seconds=0.3)
    run = install(_settings(sample, style)).sync({"resources": [TASKS]})
    assert run.failed == [], run.log
    assert port.counts()["task"] == 2 * PROJECTS
    stats = _stats(sample)
    assert (stats["logins"], stats["max_in_flight"]) == (2, PROJECTS)
    assert _statuses(sample).count(401) == PROJECTS
    assert stats["by_path"][LOGIN_PATHS[style]] == 2
    _check_that_nothing_leaks(run, port, f"{style}-token-")


@STYLES
def test_children_share_the_renewal_of_a_login_before_it_expires(
    install: Install, port: Any, sample: httpx.Client, style: str
) -> None:
    """Half of the login's 3 s has passed when the children are requested, so the login is renewed."""
    port.prepare(MAPPING)
    _company(sample)
    _control(sample, "tokens", expires_in=3)
    _control(sample, "latency", seconds=1.6)
    settings = _settings(sample, style)
    if style == "login":
        settings["customAuthRequest"] |= {"reauthenticateIntervalSeconds": 3}
    run = install(settings).sync({"resources": [TASKS]})
    assert run.failed == [], run.log
    assert port.counts()["task"] == 2 * PROJECTS
    assert _stats(sample)["logins"] == 2
    assert set(_statuses(sample)) == {200}


def _synced(install: Install, port: Any, sample: httpx.Client, style: str) -> Any:
    """Return an installation after a complete resync. The sample API is reset."""
    port.prepare(MAPPING)
    _company(sample)
    installation = install(_settings(sample, style))
    first = installation.sync(MAPPING)
    assert first.failed == [], first.log
    _control(sample, "reset")
    return installation


@STYLES
def test_a_wrong_secret_causes_one_login_and_fails_every_kind_without_deletions(
    install: Install, port: Any, sample: httpx.Client, style: str
) -> None:
    installation = _synced(install, port, sample, style)
    installation.settings |= SETTINGS[style](WRONG)
    installation.environ["APPLICATION__LOG_LEVEL"] = "DEBUG"
    run = installation.sync()
    assert run.failed == [USERS["kind"], TASKS["kind"]], run.log
    assert _stats(sample)["by_path"] == {LOGIN_PATHS[style]: 1}
    assert port.counts() == {"user": 5, "task": 2 * PROJECTS}
    login = f"POST {installation.settings['baseUrl']}{LOGIN_PATHS[style]}: the login: "
    assert [kind for kind in run.failed if f"{kind}: {login}" not in run.log] == []
    assert "wrong secret (status 401)" in run.log or "password is wrong (status 401)" in run.log
    assert "Check the credentials and the URL of the login" in run.log
    _check_that_nothing_leaks(run, port, WRONG)


@STYLES
def test_a_refused_login_is_not_repeated_for_each_waiting_child(
    install: Install, port: Any, sample: httpx.Client, style: str
) -> None:
    """The secret is revoked during the resync."""
    installation = _synced(install, port, sample, style)
    _company(sample)
    _control(sample, "tokens", uses=1)
    _control(sample, "latency", seconds=0.3)
    _control(sample, "faults", path=LOGIN_PATHS[style], fault="status", status=401, after=1)
    run = installation.sync({"resources": [TASKS, USERS]})
    assert run.failed == [TASKS["kind"], USERS["kind"]], run.log
    assert _stats(sample)["by_path"][LOGIN_PATHS[style]] == 2
    assert port.counts() == {"user": 5, "task": 2 * PROJECTS}


@dataclass
class SessionApi:
    """An API with a non-standard login.

    wanted: the values from the login that a request must have, by part of the request.
    """

    url: str = ""
    logins: list[tuple[str, Json]] = field(default_factory=list)
    refusals: list[Json] = field(default_factory=list)
    wanted: Json = field(
        default_factory=lambda: {
            "header": "Session made-up-token-1",
            "query": "42",
            "body": {"token": "made-up-token-1", "tenant": 42},
        }
    )

    def answer(self, request: Request) -> Response:
        """Answer a login with a form or JSON, or a search. The items' ids have the search's filter."""
        address, content = urlsplit(request.target), request.body.decode()
        query = dict(parse_qsl(address.query))
        if address.path == "/sessions":
            is_json = content.startswith("{")
            self.logins.append((address.query, json.loads(content) if is_json else dict(parse_qsl(content))))
            session = {"token": f"made-up-token-{len(self.logins)}", "tenant": {"id": 42}}
            return Response({"data": session}, 201)
        body = json.loads(content)
        sent = {
            "header": request.headers.get("Authorization", ""),
            "query": query.get("tenant"),
            "body": body.get("auth"),
        }
        if sent != self.wanted:
            self.refusals.append(sent)
            return Response({"error": "no session"}, 401)
        return Response([{"id": f"{body['filter']['open']}-{number}"} for number in range(3)])


@pytest.fixture
def sessions() -> Iterator[SessionApi]:
    """Start the API with the non-standard login."""
    api = SessionApi()
    with serving(api.answer) as api.url:
        yield api


@pytest.mark.parametrize("form", ["body", "bodyForm"])
def test_values_of_the_login_are_sent_in_headers_query_and_body(
    install: Install, port: Any, sessions: SessionApi, form: str
) -> None:
    """A value that consists of one expression keeps its type. The mapping's own body is kept."""
    searches = [
        _entry(
            f"/search?n={number}",
            "found",
            f'"{number}-" + .id',
            method="POST",
            body={"filter": {"open": number}},
        )
        for number in range(2)
    ]
    mapping = {"resources": searches}
    port.prepare(mapping)
    credentials = {"user": "amy", "password": "made-up-password"}
    settings = {
        "baseUrl": sessions.url,
        "authType": "custom",
        "customAuthRequest": {"endpoint": "/sessions", "queryParams": {"realm": "x y"}, form: credentials},
        "customAuthRequestTemplate": {
            "headers": {"Authorization": "Session {{.data.token}}"},
            "queryParams": {"tenant": "{{ .data.tenant.id }}"},
            "body": {"auth": {"token": "{{.data.token}}", "tenant": "{{.data.tenant.id}}"}},
        },
    }
    run = install(settings, environ={"APPLICATION__LOG_LEVEL": "DEBUG"}).sync(mapping)
    assert sessions.refusals == []
    assert run.failed == [], run.log
    assert sessions.logins == [("realm=x%20y", credentials)]
    assert set(port.entities("found")) == {f"{n}-{n}-{each}" for n in range(2) for each in range(3)}
    _check_that_nothing_leaks(run, port, "made-up-password", "made-up-token")
