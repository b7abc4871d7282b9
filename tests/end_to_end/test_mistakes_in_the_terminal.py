"""Mistakes of users in the terminal: the first line says what is wrong, the second what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from builder.cli.main import main
from tests.loopback_server import Request, Response, serving

pytestmark = pytest.mark.process

CONFIG = "OCEAN__INTEGRATION__CONFIG__"
PORT = "OCEAN__PORT__"
PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
NOT_THERE = "http://127.0.0.1:9"


def api(request: Request) -> Response:
    """Answer as an API with one listing."""
    if request.path == "/users":
        if request.headers.get("Authorization") == "Bearer wrong":
            return Response({"message": "Bad credentials"}, 401, {"WWW-Authenticate": "Basic realm=x"})
        return Response([{"id": "1", "name": "Ann"}, {"id": "2", "name": "Bob"}])
    if request.path == "/nameless":
        return Response([{"size": 1}, {"size": 1}])
    if request.path == "/login":
        return Response(PAGE, 200, {"Content-Type": "text/html"})
    if request.path == "/moved":
        return Response(None, 302, {"Location": "https://login.example.com/"})
    if request.path == "/busy":
        return Response({"error": {"message": "Slow down"}}, 429, {"Retry-After": "1"})
    return Response({"title": "Not Found", "detail": f"No {request.path}"}, 404)


def entry(kind: str = "/users", **options: Any) -> dict[str, Any]:
    mappings = {"identifier": ".id", "blueprint": '"user"', **options.pop("mappings", {})}
    return {"kind": kind, "port": {"entity": {"mappings": mappings}}, **options}


@dataclass(frozen=True)
class Mistake:
    """A mistake. settings: changed lines of the env file; None removes one. lines: appended as they are.

    resources: of the mapping file, or its text. first, second: words of the two lines.
    """

    command: str
    first: str
    second: str
    settings: Mapping[str, str | None] = field(default_factory=dict)
    lines: str = ""
    resources: Any = field(default_factory=lambda: [entry()])
    options: tuple[str, ...] = ()


MISTAKES = {
    "misspelt setting": Mistake(
        "check",
        f"{CONFIG}BASEURL: is not a setting",
        f"Did you mean {CONFIG}BASE_URL? Correct it in",
        settings={f"{CONFIG}BASE_URL": None, f"{CONFIG}BASEURL": "https://api.example.com"},
    ),
    "wrong prefix": Mistake(
        "check",
        "OCEAN_INTEGRATION_CONFIG_API_TOKEN: is read by nothing",
        f"Did you mean {CONFIG}API_TOKEN?",
        settings={"OCEAN_INTEGRATION_CONFIG_API_TOKEN": "t"},
    ),
    "YAML in the env file": Mistake(
        "check",
        "line 8: 'baseUrl: https://a.example' is not NAME=value",
        "Write NAME=value",
        lines="baseUrl: https://a.example",
    ),
    "an object that is not JSON": Mistake(
        "sync",
        "OCEAN__EVENT_LISTENER: '{type: ONCE}' is not valid JSON",
        "double quotes",
        settings={"OCEAN__EVENT_LISTENER": "{type: ONCE}"},
    ),
    "headers that are not JSON": Mistake(
        "check",
        "customHeaders: ",
        f"Correct {CONFIG}CUSTOM_HEADERS in",
        settings={f"{CONFIG}CUSTOM_HEADERS": "{X-A: b}"},
    ),
    "base URL without a scheme": Mistake(
        "check",
        "baseUrl: got 'api.example.com'",
        f"Correct {CONFIG}BASE_URL in",
        settings={f"{CONFIG}BASE_URL": "api.example.com"},
    ),
    "no credentials of Port": Mistake(
        "plan",
        f"{PORT}CLIENT_ID: required",
        "Settings > Credentials",
        settings={f"{PORT}CLIENT_ID": None},
    ),
    "wrong secret of Port": Mistake(
        "plan",
        "Port returned 401: ",
        "Check the client ID and client secret",
        settings={f"{PORT}CLIENT_SECRET": "wr0ng"},
    ),
    "wrong region": Mistake(
        "plan",
        f"cannot reach Port at {NOT_THERE}",
        "https://api.us.getport.io in the US",
        settings={f"{PORT}BASE_URL": NOT_THERE},
    ),
    "URL that is not Port's": Mistake(
        "plan",
        "is not Port's API: it returned 404",
        "Check OCEAN__PORT__BASE_URL",
        settings={f"{PORT}BASE_URL": "{api}/pages"},
    ),
    "no such integration": Mistake(
        "sync",
        "Port has no integration nobody",
        "ocean-custom apply",
        settings={"OCEAN__INTEGRATION__IDENTIFIER": "nobody"},
    ),
    "wrong YAML": Mistake(
        "check",
        "is not valid YAML",
        "Check the indentation",
        resources="resources:\n  - kind: [a\n b: c",
    ),
    "mapping without resources": Mistake(
        "check",
        "has no resources",
        "A mapping has the form",
        resources="kind: /users",
    ),
    "mapping of another integration": Mistake(
        "plan",
        "Error: repository: ",
        "Check baseUrl and the kind",
        resources=[entry("repository")],
    ),
    "unknown key": Mistake(
        "apply",
        "data_paht",
        "docs/mapping.md",
        resources=[entry(selector={"data_paht": ".x"})],
    ),
    "key next to selector": Mistake(
        "apply",
        "data_path is next to selector",
        "Move data_path",
        resources=[entry(data_path=".x")],
    ),
    "no identifier": Mistake(
        "apply",
        "port.entity.mappings has no identifier",
        "Add it",
        resources=[entry(mappings={"identifier": None})],
    ),
    "wrong token": Mistake(
        "check",
        "FAILED /users: Bad credentials (status 401 Unauthorized)",
        "Check authType and its secret: the API does not accept them. It asks for basic (authType basic)",
        settings={f"{CONFIG}AUTH_TYPE": "bearer_token", f"{CONFIG}API_TOKEN": "wrong"},
    ),
    "endpoint in the base URL": Mistake(
        "check",
        "No /users/users (status 404 Not Found)",
        "The URL has /users twice",
        settings={f"{CONFIG}BASE_URL": "{api}/users"},
    ),
    "https to plain http": Mistake(
        "check",
        "does not speak TLS",
        "write http:// in baseUrl",
        settings={f"{CONFIG}BASE_URL": "{https}"},
    ),
    "nothing listens": Mistake(
        "check",
        "nothing listens at 127.0.0.1:9",
        "In a container, localhost",
        settings={f"{CONFIG}BASE_URL": NOT_THERE},
    ),
    "unknown host": Mistake(
        "check",
        "the host api.exmaple.invalid is not found",
        "Check the spelling",
        settings={f"{CONFIG}BASE_URL": "https://api.exmaple.invalid"},
    ),
    "web page in place of JSON": Mistake(
        "check",
        "a web page with the title 'Sign in'",
        "Check that the URL is an API",
        resources=[entry("/login")],
    ),
    "redirect to a login page": Mistake(
        "check",
        "leads to https://login.example.com",
        "trustedOrigins",
        resources=[entry("/moved")],
    ),
    "rate limit": Mistake(
        "check",
        "Slow down (status 429 Too Many Requests)",
        "requestsPerSecond",
        resources=[entry("/busy")],
    ),
    "nobody to answer": Mistake(
        "init",
        "Path of the endpoint",
        "Use --yes with --endpoint",
    ),
    "init with an unknown endpoint": Mistake(
        "init",
        "No /nowhere (status 404",
        "Check baseUrl and the kind",
        options=("--yes", "--endpoint", "/nowhere"),
    ),
    "init with a placeholder that has no parent": Mistake(
        "init",
        "no endpoint has values for {id}",
        "Add the endpoint that lists them",
        options=("--yes", "--endpoint", "/users/{id}"),
    ),
    "init without an identifier": Mistake(
        "init",
        "Doubtful: /nameless: no field identifies the items",
        "Doubtful: ",
        options=("--yes", "--endpoint", "/nameless"),
    ),
}


@pytest.fixture
def run(port: Any, tmp_path: Path) -> Any:
    """Return a function that makes a mistake and returns the command's output."""

    def make(mistake: Mistake, url: str) -> Result:
        settings = {
            f"{PORT}BASE_URL": port.url,
            f"{PORT}CLIENT_ID": "sandbox",
            f"{PORT}CLIENT_SECRET": "sandbox",
            "OCEAN__INTEGRATION__IDENTIFIER": "mine",
            f"{CONFIG}BASE_URL": url,
            f"{CONFIG}AUTH_TYPE": "none",
            f"{CONFIG}PAGINATION_TYPE": "none",
            **mistake.settings,
        }
        lines = [f"{name}={text}" for name, text in settings.items() if text is not None]
        written = "\n".join([*lines, mistake.lines]).replace("{api}", url)
        env_file, mapping = tmp_path / "my.env", tmp_path / "mapping.yml"
        env_file.write_text(written.replace("{https}", url.replace("http:", "https:")))
        content = mistake.resources
        mapping.write_text(content if isinstance(content, str) else yaml.safe_dump({"resources": content}))
        words = [mistake.command, "--env-file", str(env_file), *mistake.options]
        if mistake.command in ("check", "plan", "apply"):
            words += ["--mapping", str(mapping)]
        if mistake.command == "init":
            words += ["--output", str(tmp_path / "built")]
        return CliRunner().invoke(main, words, input="")

    return make


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_has_two_lines(mistake: Mistake, run: Callable[[Mistake, str], Result]) -> None:
    with serving(api) as url:
        result = run(mistake, url)
    assert result.exit_code == 1, result.output
    lines = result.output.splitlines()
    (number,) = [number for number, line in enumerate(lines) if mistake.first in line][:1] or [-1]
    assert number >= 0, result.output
    assert mistake.second in lines[number + 1], result.output
    assert "Traceback" not in result.output
    assert "wr0ng" not in result.output
