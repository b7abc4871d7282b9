"""Each mistake of a user is reported in one line that says what to change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from configuration.settings import setting_names
from tests.servers import ROOT

pytestmark = pytest.mark.process

SECRET = "s3cr3t-Value!"
_NOWHERE = "http://127.0.0.1:9"
_TASKS = "/none/page/api/v1/projects/{project_id}/tasks"

# Mistakes in the environment, the settings and the login. tests/configuration has the other messages.
STARTS: dict[str, tuple[dict[str, Any], str]] = {
    "auth type": (
        {"authType": "token", "apiToken": SECRET},
        (
            "authType: got 'token', accepts none, bearer_token, api_key, basic, digest, oauth2, jwt, "
            "signature, aws, custom"
        ),
    ),
    "bearer token missing": (
        {"authType": "bearer_token", "apiKey": SECRET},
        "apiToken: is missing (authType bearer_token needs apiToken or authValue)",
    ),
    "url missing": (
        {"baseUrl": ""},
        "baseUrl: is missing (accepts the root URL of the API, like https://api.example.com)",
    ),
    "client key missing": (
        {"clientCertificate": (ROOT / "tests" / "authority.pem").read_text(encoding="utf-8")},
        "clientKey: is missing (clientCertificate needs it, and has no key in it)",
    ),
    "signature is not sent": (
        {"authType": "signature", "authValue": SECRET, "signature": '{"signed": "{{.path}}"}'},
        "signature: sends the signature nowhere. Set header, or use {{.signature}} in headers or queryParams",
    ),
    "header breaks lines": (
        {"customHeaders": f'{{"X-Key": "{SECRET}\\nHost: x"}}'},
        "customHeaders: 'X-Key' is not a valid header name, or its value has line breaks or is not ASCII",
    ),
    "variable missing": (
        {"customHeaders": f'{{"X-Key": "{SECRET}${{NOWHERE_TO_BE_FOUND}}"}}'},
        "customHeaders: uses ${NOWHERE_TO_BE_FOUND}, but this environment variable is not set",
    ),
}
WRONG_VALUES: dict[str, tuple[str, str]] = {
    "paginationType": ("pages", "got 'pages', accepts none, offset, page, cursor, next_link, header_link"),
    "timeout": ("-1", "got '-1', accepts a number of seconds above 0"),
    "pageSize": ("abc", "got 'abc', accepts a whole number, 1 or more"),
    "maxPages": ("0", "got '0', accepts a whole number, 1 or more"),
    "startPage": ("-1", "got '-1', accepts a whole number, 0 or more"),
    "maxRetries": ("many", "got 'many', accepts a whole number, 0 or more"),
    "maxConcurrentRequests": ("1.5", "got 1.5, accepts a whole number, 1 or more"),
    "requestsPerSecond": ("fast", "got 'fast', accepts a number of requests per second above 0"),
    "verifySsl": ("perhaps", "got 'perhaps', accepts true or false"),
    "cursorPath": (".a |", "got '.a |', accepts a path like meta.next, or a jq expression"),
    "trustedOrigins": ("https://x", "got 'https://x', accepts a JSON array of origins"),
    "followOrigins": ("https://x", "got 'https://x', accepts a JSON array of origins"),
    "rewriteLinks": ("perhaps", "got 'perhaps', accepts true or false"),
    "signature": ("md5", "got 'md5', accepts a JSON object"),
    "aws": ("eu-central-1", "got 'eu-central-1', accepts a JSON object"),
    "customQueryParams": (SECRET, "accepts a JSON object of names and texts"),
    "customAuthRequest": (SECRET, "accepts a JSON object"),
    "tokenParams": (SECRET, "accepts a JSON object of names and texts"),
}


def startup_error(install: Callable[..., Any], settings: dict[str, Any]) -> str:
    """Return the only line after Ocean's banner. Raises AssertionError: it started, or printed more lines."""
    done = install({"baseUrl": _NOWHERE, **settings}).sail()
    assert done.returncode == 1, done.stdout
    assert SECRET not in done.stdout
    _, _, printed = done.stdout.partition("Integration version: ")
    lines: list[str] = printed.splitlines()[1:]
    assert len(lines) == 1, done.stdout
    return lines[0]


@pytest.mark.parametrize(("settings", "line"), STARTS.values(), ids=STARTS)
def test_a_wrong_setting_stops_the_start(
    install: Callable[..., Any], settings: dict[str, Any], line: str
) -> None:
    assert startup_error(install, settings) == f"Ocean Custom cannot start: {line}"


def test_all_wrong_settings_are_reported_together(install: Callable[..., Any]) -> None:
    line = startup_error(install, {name: value for name, (value, _) in WRONG_VALUES.items()})
    missing = [
        f"{name}: {message}"
        for name, (_, message) in WRONG_VALUES.items()
        if f"{name}: {message}" not in line
    ]
    assert not missing, line


def test_empty_settings_are_unset(install: Callable[..., Any], port: Any, sample: httpx.Client) -> None:
    """Helm and Docker pass omitted settings as empty strings."""
    mapping = {"resources": [GOOD]}
    port.prepare(mapping)
    empty = dict.fromkeys(setting_names(), "")
    run = install({**empty, "baseUrl": str(sample.base_url)}).sync(mapping)
    assert run.states == [(GOOD["kind"], "completed")], run.log
    assert port.counts() == {"good": 120}


@dataclass(frozen=True)
class Mistake:
    """A wrong mapping entry. message: the error message after the kind."""

    entry: dict[str, Any]
    message: str


def entry(kind: str, blueprint: str = "bad", *, mappings: Any = (), **selector: Any) -> dict[str, Any]:
    """Return a resource that works unless the arguments break it."""
    own = {"identifier": ".id", "blueprint": f'"{blueprint}"', **dict(mappings)}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": own}},
    }


def users(message: str, **selector: Any) -> Mistake:
    """Return a mistake in a plain listing."""
    return Mistake(entry("/none/page/api/v1/users", **{"data_path": ".users", **selector}), message)


def tasks(message: str, **parameter: Any) -> Mistake:
    """Return a mistake in the parameter of a nested kind."""
    projects = {"endpoint": "/none/page/api/v1/projects", "data_path": ".data.projects"}
    parameters = {"project_id": {**projects, "field": ".project_id", **parameter}}
    return Mistake(entry(_TASKS, data_path=".tasks", path_parameters=parameters), message)


GOOD = entry("/none/page/api/v1/users", "good", data_path=".users", pagination={"type": "page"})
_CUT_OFF = "(syntax error, unexpected end of file)"
_PARAMETER = "selector.path_parameters.project_id"
MISTAKES: dict[str, Mistake] = {
    "unknown key": users("selector.data_pth: is unknown; did you mean data_path?", data_pth=".users"),
    "camel case": users("selector.queryParams: is unknown; did you mean query_params?", queryParams={}),
    "key next to selector": Mistake(
        {**entry("/beside"), "data_path": ".users"},
        "data_path is next to selector, not inside it. Move data_path into selector",
    ),
    "no value for a placeholder": Mistake(
        entry(_TASKS),
        "{project_id} in the kind has no value. Add selector.path_parameters.project_id "
        "with endpoint and field, or with values",
    ),
    "unused parameter": users(
        "path_parameters.x is not used. Use {x} in KIND, query_params, headers or body, "
        "or remove the parameter",
        path_parameters={"x": {"values": [1]}},
    ),
    "circle": Mistake(
        entry(
            "/{x}/{y}",
            path_parameters={
                "x": {"endpoint": "/xs/{y}", "field": ".id"},
                "y": {"endpoint": "/ys/{x}", "field": ".id"},
            },
        ),
        "path_parameters x and y depend on each other. Remove one of the placeholders",
    ),
    "data_path": users(
        f"selector.data_path: got '.users [', accepts a jq expression {_CUT_OFF}", data_path=".users ["
    ),
    "query": users(
        f"selector.query: '.id ==' is not a valid jq expression {_CUT_OFF}. Correct it", query=".id =="
    ),
    "identifier": users(
        f"port.entity.mappings.identifier: '.id |' is not a valid jq expression {_CUT_OFF}. Correct it",
        mappings={"identifier": ".id |"},
    ),
    "property": users(
        f"port.entity.mappings.properties.name: '.name +' is not a valid jq expression {_CUT_OFF}. "
        "Correct it",
        mappings={"properties": {"name": ".name +"}},
    ),
    "relation": users(
        f"port.entity.mappings.relations.boss: '.boss +' is not a valid jq expression {_CUT_OFF}. Correct it",
        mappings={"relations": {"boss": ".boss +"}},
    ),
    "field": tasks(f"{_PARAMETER}.field: got '.a |', accepts a jq expression {_CUT_OFF}", field=".a |"),
    "filter": tasks(f"{_PARAMETER}.filter: got '.a |', accepts a jq expression {_CUT_OFF}", filter=".a |"),
    "parent field": tasks(
        f"{_PARAMETER}.parent_fields: got '.a |', accepts an object of names and jq expressions {_CUT_OFF}",
        parent_fields={"name": ".a |"},
    ),
    "delete": users("selector.method: got 'DELETE', accepts GET, POST, PUT or PATCH", method="DELETE"),
    "incremental": users("selector.incremental: needs either param or field", incremental={}),
    "header that breaks lines": users(
        r"selector.headers: got {'X-Tag': 'a\nb'}, accepts an object of header names and texts "
        "('X-Tag' is not a valid header name, or its value has line breaks or is not ASCII)",
        headers={"X-Tag": "a\nb"},
    ),
    "negative min_items": users(
        "selector.min_items: got -1, accepts a whole number, 0 or more", min_items=-1
    ),
    "endpoint and values": tasks(f"{_PARAMETER}: needs either endpoint or values", values=[1]),
    "no field": tasks(
        f"{_PARAMETER}.field: is missing. Set it to the field with the value, like .id", field=None
    ),
    "unknown key of a parameter": tasks(f"{_PARAMETER}.fied: is unknown; did you mean field?", fied=".id"),
    "parameter that is a text": Mistake(
        entry(_TASKS, path_parameters={"project_id": "/projects"}),
        f"{_PARAMETER}: got '/projects', accepts an object",
    ),
    "value that is an object": Mistake(
        entry(_TASKS, path_parameters={"project_id": {"values": [{"a": 1}]}}),
        f"{_PARAMETER}.values: got {{'a': 1}}, accepts a list of texts, numbers or booleans",
    ),
    "pagination type": users(
        "selector.pagination.type: got 'pages', "
        "accepts none, offset, page, cursor, next_link, header_link, auto",
        pagination={"type": "pages"},
    ),
    "pagination key": users(
        "selector.pagination.parm: is unknown; did you mean param?", pagination={"parm": "p"}
    ),
    "status": users(
        "selector.on_status: got 'ignore', accepts an object of status codes, each with empty, end, retry, "
        "rate_limited or fail",
        on_status={"404": "ignore"},
    ),
    "query as a text": users(
        "selector.query_params: got 'a=b', "
        "accepts an object of names and texts, numbers, booleans, or lists of them",
        query_params="a=b",
    ),
}


def test_a_mistake_in_the_mapping_fails_only_its_kind(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """Each mistake is logged once, before any request of its kind. The good kinds complete."""
    bad = {name: _with_unique_kind(name, mistake) for name, mistake in MISTAKES.items()}
    last = entry("/none/page/api/tickets", "last", pagination={"type": "page"})
    mapping = {"resources": [GOOD, *(mistake.entry for mistake in bad.values()), last]}
    port.prepare(mapping)
    run = install({"baseUrl": str(sample.base_url), "maxRetries": 0}).sync(mapping)
    assert run.states == [
        (GOOD["kind"], "completed"),
        *((mistake.entry["kind"], "failed") for mistake in bad.values()),
        (last["kind"], "completed"),
    ]
    assert port.counts() == {"good": 120, "bad": 0, "last": 60}
    errors = [line.partition("error: ")[2] for line in run.log.splitlines() if "| ERROR" in line]
    expected = [f"{mistake.entry['kind']}: {mistake.message}" for mistake in bad.values()]
    assert [error for error in errors if error] == expected
    paths = {request["path"] for request in sample.get("/_control/requests").json()}
    assert paths == {"/api/v1/users", "/api/tickets"}


def _with_unique_kind(name: str, mistake: Mistake) -> Mistake:
    """Return the mistake with a kind that no other mistake has."""
    kind = f"{mistake.entry['kind']}?mistake={name.replace(' ', '-')}"
    return Mistake({**mistake.entry, "kind": kind}, mistake.message.replace("KIND", kind))
