"""`ocean-custom doctor`: the report is useful, has no secret, and is also written when things are broken."""

import base64
import json
import os
import threading
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml
from click.testing import CliRunner

from builder.cli.main import main as ocean_custom
from configuration.secret_files import FILE_SETTINGS, file_setting
from configuration.secrets import SECRETS
from tests.loopback_server import Request, Response, serving
from tests.servers import client_of

pytestmark = pytest.mark.process

SECRET = "Zq7/top+secret~Value&9=made-up"
CONFIG = "OCEAN__INTEGRATION__CONFIG__"
# The settings whose values are objects.
_OBJECTS: Mapping[str, Any] = {
    "token_params": {"audience": "an-audience", "code": SECRET},
    "custom_auth_request": {"endpoint": "/login", "body": {"user": {"pass": SECRET}}},
    "custom_auth_request_template": {"headers": {"X-Session": SECRET}},
    "custom_headers": {"X-Custom": SECRET, "Accept": "application/json"},
    "custom_query_params": {"tenant": SECRET},
}
# Authentication that works, so that the API is asked and repeats the secret.
_WORKING: Mapping[str, Mapping[str, str]] = {
    "bearer token": {"AUTH_TYPE": "bearer_token", "API_TOKEN": SECRET},
    "API key in a parameter": {"AUTH_TYPE": "api_key", "API_KEY": SECRET, "API_KEY_PARAM": "k"},
    "basic": {"AUTH_TYPE": "basic", "USERNAME": "amy", "PASSWORD": SECRET},
    "a token as user name": {"AUTH_TYPE": "basic", "USERNAME": SECRET, "PASSWORD": "x"},
    "custom header": {"CUSTOM_HEADERS": json.dumps({"X-Custom": SECRET})},
    "custom parameter": {"CUSTOM_QUERY_PARAMS": json.dumps({"tenant": SECRET})},
    "variable in a header": {"CUSTOM_HEADERS": '{"X-Custom": "${MY_HEADER}"}'},
    "login": {
        "AUTH_TYPE": "custom",
        "CUSTOM_AUTH_REQUEST": json.dumps({"endpoint": "/login", "body": {"pin": SECRET}}),
        "CUSTOM_AUTH_REQUEST_TEMPLATE": json.dumps({"headers": {"X-Session": "{{.session}}"}}),
    },
    "nothing": {},
}
TOKEN_OF_LOGIN = "session-Token/of+the-login"


def forms(secret: str) -> dict[str, str]:
    """Return a secret as APIs repeat it."""
    raw = secret.encode()
    return {
        "plain": secret,
        "in a text": f"The token {secret} is wrong",
        "quoted": quote(secret, safe=""),
        "form": quote_plus(secret),
        "twice": quote(quote(secret, safe=""), safe=""),
        "html": escape(secret),
        "escaped": "".join(f"\\u{ord(each):04x}" for each in secret),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "lower": secret.lower(),
        "base64": base64.b64encode(raw).decode(),
        "urlsafe": base64.urlsafe_b64encode(raw).decode(),
        "pair": base64.b64encode(b"amy:" + raw).decode(),
        "inside": base64.b64encode(b"xy" + raw + b"z").decode(),
        "url": f"https://amy:{quote(secret, safe='')}@api.example.com/?q={quote(secret, safe='')}",
        "truncated": f"{secret[:20]}…",
    }


def needles(secret: str) -> list[bytes]:
    """Return the bytes that may not be in a report: each form, and what base64 has of it at each offset."""
    raw = secret.encode()
    found = {quote(secret, safe=""), quote_plus(secret), escape(secret), raw.hex(), secret, secret[:16]}
    for before in range(3):
        padded = b"\0" * before + raw
        start = before and before + 1
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(padded)[start : len(padded) * 8 // 6].decode())
    return [each.lower().encode() for each in found]


def contents(path: Path) -> bytes:
    """Return all bytes of a report: names, texts, and those of the archive."""
    if path.is_dir():
        return b"".join(f"{file}".encode() + file.read_bytes() for file in path.rglob("*") if file.is_file())
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return path.read_bytes() + b"".join(name.encode() + archive.read(name) for name in archive.namelist())


def check_secret_free(found: bytes, *secrets: str) -> None:
    lower = found.lower()
    assert [needle for secret in secrets for needle in needles(secret) if needle in lower] == []
    # The escaped form has no letters of its own.
    assert not any(forms(secret)["escaped"][:30].encode().lower() in lower for secret in secrets)


def files_of(path: Path) -> dict[str, Any]:
    """Return the files of a report, parsed."""
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {
        name: json.loads(text)
        if name.endswith(".json")
        else yaml.safe_load(text)
        if name.endswith("yml")
        else text
        for name, text in texts.items()
    }


def entry(kind: str, **selector: Any) -> dict[str, Any]:
    mappings = {
        "identifier": ".id",
        "blueprint": '"user"',
        "properties": {"token": ".token", "name": ".name"},
    }
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


@pytest.fixture
def echo() -> Iterator[str]:
    """Return the URL of an API that repeats the secret in each response, in all of its forms."""

    def answer(request: Request) -> Response:
        if request.path == "/login":
            return Response({"session": TOKEN_OF_LOGIN, "also": SECRET})
        values = {**forms(SECRET), **{f"login {name}": text for name, text in forms(TOKEN_OF_LOGIN).items()}}
        headers = {f"X-Echo-{number}": text for number, text in enumerate(values.values()) if "…" not in text}
        if request.path == "/refused":
            return Response({"error": values}, 403, headers)
        if request.path == "/page":
            return Response(f"<h1>{escape(SECRET)}</h1>", headers={"Content-Type": "text/html"})
        if request.path == "/xml":
            body = f"<users><user key='{escape(SECRET, quote=True)}'><id>1</id></user></users>"
            return Response(body, headers={"Content-Type": "application/xml"})
        item = {
            "id": 1,
            "name": "Amy",
            "echo": values,
            SECRET: [SECRET, {"deep": [values]}],
            "sent": request.text,
        }
        # An object with lists in it makes the integration log their names.
        return Response({SECRET: [1, 2]} if request.path == "/object" else [item] * 5, headers=headers)

    with serving(answer) as url:
        yield url


def run_doctor(folder: Path, variables: Mapping[str, str], mapping: Any, *options: str) -> tuple[Path, str]:
    """Run the command with an env file and a mapping. Returns the report and the output."""
    env_file, mapping_file = folder / "my.env", folder / "port-app-config.yml"
    env_file.write_text("".join(f"{name}={text}\n" for name, text in variables.items()))
    mapping_file.write_text(mapping if isinstance(mapping, str) else yaml.safe_dump(mapping))
    output = folder / "report.zip"
    arguments = [
        "--env-file",
        str(env_file),
        "--mapping",
        str(mapping_file),
        "--output",
        str(output),
        *options,
    ]
    result = CliRunner().invoke(ocean_custom, ["doctor", *arguments], env=_without_ocean())
    assert result.exit_code == 0, result.output
    return output, result.output


def _without_ocean() -> dict[str, None]:
    return {name: None for name in os.environ if name.startswith("OCEAN__")}


@pytest.mark.parametrize("field", sorted(SECRETS))
def test_no_secret_setting_is_in_the_report(field: str, echo: str, tmp_path: Path) -> None:
    value = json.dumps(_OBJECTS[field]) if field in _OBJECTS else SECRET
    variables = {f"{CONFIG}BASE_URL": echo, f"{CONFIG}{field.upper()}": value}
    report, output = run_doctor(tmp_path, variables, {"resources": [entry("/users")]})
    check_secret_free(contents(report) + output.encode(), SECRET)
    settings = files_of(report)["settings.json"]["settings"]
    [[name, shown]] = [item for item in settings.items() if item[0] != "baseUrl"]
    assert name.lower() == field.replace("_", "")
    assert "characters" in json.dumps(shown)


@pytest.mark.parametrize("name", sorted(FILE_SETTINGS))
def test_no_secret_of_a_file_is_in_the_report(name: str, echo: str, tmp_path: Path) -> None:
    secret = FILE_SETTINGS[name]
    file = tmp_path / "secret.txt"
    file.write_text(json.dumps(_OBJECTS[secret]) if secret in _OBJECTS else f"{SECRET}\n")
    variables = {f"{CONFIG}BASE_URL": echo, f"{CONFIG}{file_setting(secret).upper()}": str(file)}
    report, output = run_doctor(tmp_path, variables, {"resources": [entry("/users")]})
    check_secret_free(contents(report) + output.encode(), SECRET)


@pytest.mark.parametrize("options", [(), ("--shapes",), ("--without-responses",)], ids=" ".join)
@pytest.mark.parametrize("name", _WORKING)
def test_no_secret_that_the_api_repeats_is_in_the_report(
    name: str, options: tuple[str, ...], echo: str, tmp_path: Path
) -> None:
    own = {f"{CONFIG}{setting}": text for setting, text in _WORKING[name].items()}
    variables = {
        f"{CONFIG}BASE_URL": echo,
        f"{CONFIG}MAX_RETRIES": "0",
        "MY_HEADER": SECRET,
        "OCEAN__PORT__CLIENT_ID": "made-up-client",
        "OCEAN__PORT__CLIENT_SECRET": SECRET,
        **own,
    }
    kinds = ["/users", "/refused", "/page", "/xml", "/object"]
    report, output = run_doctor(tmp_path, variables, {"resources": [entry(kind) for kind in kinds]}, *options)
    learned = [TOKEN_OF_LOGIN] if name == "login" else []
    check_secret_free(contents(report) + output.encode(), SECRET, *learned)
    found = files_of(report)
    assert [each["isGood"] for each in found["check.json"]] == [True, False, False, True, True]
    assert "WARNING: " in found["log.txt"]
    responses = [each for each in found if each.startswith("responses/")]
    assert len(responses) == (0 if options == ("--without-responses",) else 5)


def test_no_secret_of_the_mapping_is_in_the_report(echo: str, tmp_path: Path) -> None:
    selector = {
        "headers": {"X-Anything": SECRET, "Accept": "application/json"},
        "query_params": {"api_key": SECRET, "status": "open"},
        "method": "POST",
        "body": {"auth": {"token": SECRET}, "filter": {"status": "open"}},
    }
    kinds = [entry("/users", **selector), entry(f"/users?access_token={quote(SECRET, safe='')}&limit=5")]
    variables = {f"{CONFIG}BASE_URL": echo, f"{CONFIG}ALLOW_WRITES": "true"}
    report, output = run_doctor(tmp_path, variables, {"resources": kinds})
    check_secret_free(contents(report) + output.encode(), SECRET)
    [first, second] = files_of(report)["mapping.yml"]["resources"]
    assert first["selector"]["headers"] == {"X-Anything": "***", "Accept": "application/json"}
    assert first["selector"]["query_params"] == {"api_key": "***", "status": "open"}
    assert first["selector"]["body"] == {"auth": {"token": "***"}, "filter": {"status": "open"}}
    assert second["kind"] == "/users?access_token=***&limit=5"
    assert first["port"]["entity"]["mappings"]["properties"]["token"] == ".token"


@pytest.mark.parametrize(
    "wrong",
    [
        {f"{CONFIG}BASE_URL": f"https://amy:{quote(SECRET, safe='')}@api.example.com"},
        {f"{CONFIG}BASE_URL": f"https://api.example.com/?key={quote(SECRET, safe='')}"},
        {f"{CONFIG}APITOKEN": SECRET},
        {f"{CONFIG}CUSTOM_HEADERS": f'{{"X-Custom": "{SECRET}"'},
        {"OCEAN__PORT": f'{{"client_secret": "{SECRET}"'},
        {"OCEAN__PORT__CLIENTSECRET": SECRET},
        {"OCEAN__EVENT_LISTENER": json.dumps({"type": "KAFKA", "password": SECRET})},
        {"API_TOKEN": SECRET},
        {SECRET: "a secret instead of a name"},
        {f"{CONFIG}PRIVATE_KEY": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----"},
    ],
    ids=[
        "user info",
        "query",
        "name",
        "JSON",
        "Ocean's JSON",
        "Ocean's name",
        "listener",
        "prefix",
        "line",
        "lines",
    ],
)
def test_no_secret_in_a_wrong_place_is_in_the_report(
    wrong: dict[str, str], echo: str, tmp_path: Path
) -> None:
    variables = {f"{CONFIG}BASE_URL": echo, **wrong}
    report, output = run_doctor(tmp_path, variables, {"resources": [entry("/users")]})
    check_secret_free(contents(report) + output.encode(), SECRET)


def test_no_password_of_a_proxy_is_in_the_report(
    echo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://amy:{quote(SECRET, safe='')}@proxy.example.com:3128")
    report, output = run_doctor(tmp_path, {f"{CONFIG}BASE_URL": echo}, {"resources": [entry("/users")]})
    check_secret_free(contents(report) + output.encode(), SECRET)
    assert files_of(report)["check.json"][0]["isGood"]


def test_the_type_of_the_event_listener_is_in_the_report(echo: str, tmp_path: Path) -> None:
    variables = {f"{CONFIG}BASE_URL": echo, "OCEAN__EVENT_LISTENER": '{"type": "POLLING"}'}
    report, _ = run_doctor(tmp_path, variables, {"resources": [entry("/users")]})
    assert files_of(report)["settings.json"]["variables"] == {"OCEAN__EVENT_LISTENER": "type POLLING"}


def test_other_environment_variables_are_not_in_the_report(
    echo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNRELATED_NAME", "an-unrelated-value")
    report, _ = run_doctor(tmp_path, {f"{CONFIG}BASE_URL": echo}, {"resources": [entry("/users")]})
    found = contents(report)
    assert b"UNRELATED_NAME" not in found
    assert b"an-unrelated-value" not in found


@pytest.mark.parametrize(
    "mapping",
    [
        "resources: [",
        f"resources: [\napi_key: {SECRET}\n",
        f"Authorization: Bearer {SECRET}\n]",
        f"headers:\n  X-Api-Key: '{SECRET}'\n\t- x",
    ],
    ids=["a bracket", "a key", "a header", "a tab"],
)
def test_a_broken_mapping_is_in_the_report_with_its_error(mapping: str, echo: str, tmp_path: Path) -> None:
    report, output = run_doctor(tmp_path, {f"{CONFIG}BASE_URL": echo}, mapping)
    check_secret_free(contents(report) + output.encode(), SECRET)
    found = files_of(report)
    assert "is not valid YAML" in found["README.md"]
    assert "check.json" not in found
    assert found["mapping.txt"].splitlines()[0].split(":")[0] == mapping.splitlines()[0].split(":")[0]


def test_the_last_resync_and_the_mapping_in_port_are_in_the_report(
    port_server: str, echo: str, tmp_path: Path
) -> None:
    config = {"resources": [entry("/users")]}
    body = {
        "installationId": "a-doctor-s",
        "installationAppType": "custom",
        "version": "1",
        "changelogDestination": {},
        "config": config,
    }
    with client_of(port_server) as http:
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
        headers = {"Authorization": f"Bearer {token}"}
        http.post("/v1/integration?upsert=true", json=body, headers=headers).raise_for_status()
    variables = {
        "OCEAN__PORT__BASE_URL": port_server,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": "a-doctor-s",
        f"{CONFIG}BASE_URL": echo,
    }
    (tmp_path / "my.env").write_text("".join(f"{name}={text}\n" for name, text in variables.items()))
    output = tmp_path / "report.zip"
    words = ["doctor", "--env-file", str(tmp_path / "my.env"), "--output", str(output)]
    result = CliRunner().invoke(ocean_custom, words, env=_without_ocean())
    assert result.exit_code == 0, result.output
    found = files_of(output)
    assert found["last-sync.json"]["kinds"] == []
    assert found["mapping.yml"]["resources"][0]["kind"] == "/users"
    assert "1 resources, from Port" in result.output
    assert "none yet, 0 of 0 kinds not completed" in result.output


def test_shapes_have_names_and_types_but_no_values(echo: str, tmp_path: Path) -> None:
    report, _ = run_doctor(
        tmp_path, {f"{CONFIG}BASE_URL": echo}, {"resources": [entry("/users")]}, "--shapes"
    )
    body = files_of(report)["responses/01.json"]["exchanges"][0]["body"]
    assert body["length"] == 5
    assert body["items"][0]["name"] == "string, 3 characters"
    assert body["items"][0]["id"] == "number"
    assert b"Amy" not in contents(report)


def test_an_api_that_does_not_respond_is_a_part_of_the_report(tmp_path: Path) -> None:
    mapping = {"resources": [entry(f"/{number}") for number in range(5)]}
    report, output = run_doctor(tmp_path, {f"{CONFIG}BASE_URL": "http://127.0.0.1:9"}, mapping)
    found = files_of(report)
    texts = [each["found"] for each in found["check.json"]]
    assert [each["isGood"] for each in found["check.json"]] == [False] * 5
    assert "not requested, because the API does not respond" in texts[3]
    assert "0 of 5 endpoints can be read" in output
    assert found["responses/01.json"]["exchanges"][0]["status"] is None
    assert "last-sync.json       not in the report: OCEAN__PORT__CLIENT_ID" in output


def test_the_response_of_a_nested_kind_is_not_that_of_a_cancelled_request(tmp_path: Path) -> None:
    answered = threading.Event()

    def answer(request: Request) -> Response:
        match request.path:
            case "/teams":
                return Response([{"id": "none"}, {"id": "some"}, {"id": "late"}])
            case "/teams/none/users":
                return Response({"error": "no users"}, 404)
            case "/teams/some/users":
                return Response([{"id": 1, "name": "Amy"}])
        answered.wait(10)  # longer than the check: it cancels this request
        return Response([])

    nested = entry("/teams/{team}/users")
    nested["selector"]["path_parameters"] = {"team": {"endpoint": "/teams", "field": ".id"}}
    with serving(answer) as url:
        report, output = run_doctor(tmp_path, {f"{CONFIG}BASE_URL": url}, {"resources": [nested]})
        answered.set()
    assert "/teams/{team}/users: 200" in output
    exchange = files_of(report)["responses/01.json"]["exchanges"][0]
    assert exchange["url"].endswith("/teams/some/users")
    assert exchange["body"] == [{"id": 1, "name": "Amy"}]


def test_wrong_settings_and_a_missing_mapping_are_parts_of_the_report(tmp_path: Path) -> None:
    words = ["doctor", "--env-file", str(tmp_path / "none.env"), "--mapping", str(tmp_path / "none.yml")]
    output = tmp_path / "report.zip"
    result = CliRunner().invoke(ocean_custom, [*words, "--output", str(output)], env=_without_ocean())
    assert result.exit_code == 0, result.output
    found = files_of(output)
    mistakes = found["settings.json"]["mistakes"]
    assert any("cannot read this file" in each for each in mistakes)
    assert any(each.startswith("baseUrl: ") for each in mistakes)
    assert "mapping.txt" not in found
    assert "No such file" in found["README.md"]


def test_a_folder_has_the_same_files(echo: str, tmp_path: Path) -> None:
    run_doctor(tmp_path, {f"{CONFIG}BASE_URL": echo}, {"resources": [entry("/users")]})
    folder = tmp_path / "folder"
    run_doctor(
        tmp_path, {f"{CONFIG}BASE_URL": echo}, {"resources": [entry("/users")]}, "--output", str(folder)
    )
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert names == files_of(tmp_path / "report.zip").keys()


def test_without_responses_and_shapes_exclude_each_other() -> None:
    result = CliRunner().invoke(ocean_custom, ["doctor", "--without-responses", "--shapes"])
    assert result.exit_code == 2
    assert "--without-responses cannot be combined with --shapes" in result.output
