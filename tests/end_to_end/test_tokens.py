"""Tokens of OAuth 2.0 grants, signed tokens and secrets in files, each in a real resync."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jwt
import pytest

from tests.keys import private_key_pem, public_key_pem
from tests.loopback_server import NOT_FOUND, Request, Response, serving

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Install = Callable[..., Any]

KINDS = ("/users", "/teams")
MAPPING = {
    "resources": [
        {
            "kind": kind,
            "selector": {"query": "true"},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": f'"{kind[1:]}"'}}},
        }
        for kind in KINDS
    ]
}
COMPLETE = {"users": 3, "teams": 3}


@dataclass
class TokenApi:
    """An API that accepts one token at a time.

    token: the one that it accepts. login: answers the request for a token. logins: those requests.
    """

    login: Callable[[Request], Response] = lambda _: NOT_FOUND
    token: Callable[[str], bool] = lambda _: False
    url: str = ""
    logins: list[Request] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        if request.path == "/login":
            self.logins.append(request)
            return self.login(request)
        sent = request.headers.get("Authorization", "")
        if not self.token(sent):
            self.refusals.append(sent)
            return Response({"error": "bad token"}, 401)
        return Response([{"id": f"{request.path[1:]}-{number}"} for number in range(3)])


@pytest.fixture
def api() -> Iterator[TokenApi]:
    started = TokenApi()
    with serving(started.answer) as started.url:
        yield started


def verified(token: str) -> Mapping[str, Any]:
    """Return the claims of a token. Raises an error: the signature is wrong, or it has expired."""
    decoded: Json = jwt.decode(token, public_key_pem(), ["RS256"], options={"verify_aud": False})
    return decoded


def check(run: Any, port: Any, *secrets: str) -> None:
    """Check that the resync is complete and that no secret is in a log."""
    assert run.failed == [], run.log
    assert port.counts() == COMPLETE
    logs = run.log + port.http.get("/_sandbox/logs").raise_for_status().text
    assert [secret for secret in secrets if secret in logs] == []


def test_a_renewed_refresh_token_is_written_back_and_used_by_the_next_resync(
    install: Install, port: Any, api: TokenApi, tmp_path: Path
) -> None:
    """The request is JSON, the token has another name, and the answer says when it expires as a date."""
    port.prepare(MAPPING)
    file, secret = tmp_path / "refresh", tmp_path / "secret"
    file.write_text("made-up-refresh-0\n")
    secret.write_text("made-up-client-secret\n")

    def login(_: Request) -> Response:
        number = len(api.logins)
        body = {"jwt": f"made-up-token-{number}", "until": "2100-01-01T00:00:00Z"}
        return Response({"data": body, "refresh_token": f"made-up-refresh-{number}"})

    api.login, api.token = login, lambda sent: sent == f"Bearer made-up-token-{len(api.logins)}"
    settings = {
        "baseUrl": api.url,
        "authType": "oauth2",
        "grant": "refresh_token",
        "tokenUrl": "/login",
        "clientId": "catalog",
        "clientSecretFile": str(secret),
        "refreshTokenFile": str(file),
        "tokenFormat": "json",
        "tokenPath": "data.jwt",
        "expiresPath": "data.until",
    }
    installation = install(settings, environ={"APPLICATION__LOG_LEVEL": "DEBUG"})
    for number in range(2):
        run = installation.sync(MAPPING)
        check(run, port, "made-up-client-secret", "made-up-refresh-", "made-up-token-")
        assert file.read_text() == f"made-up-refresh-{number + 1}"
    assert [json.loads(request.body) for request in api.logins] == [
        {
            "grant_type": "refresh_token",
            "refresh_token": f"made-up-refresh-{number}",
            "client_id": "catalog",
            "client_secret": "made-up-client-secret",
        }
        for number in range(2)
    ]


def test_a_file_that_changes_during_a_resync_is_read_again(
    install: Install, port: Any, api: TokenApi, tmp_path: Path
) -> None:
    """Kubernetes replaces the token of a service account. The old one is rejected from then on."""
    port.prepare(MAPPING)
    file = tmp_path / "token"
    file.write_text("made-up-token-0")
    accepted = ["made-up-token-0"]

    def accepts(sent: str) -> bool:
        is_valid = sent == f"Bearer {accepted[-1]}"
        if len(accepted) == 1:
            accepted.append("made-up-token-1")
            file.write_text("made-up-token-1")
        return is_valid

    api.token = accepts
    settings = {"baseUrl": api.url, "authType": "bearer_token", "apiTokenFile": str(file)}
    run = install(settings, environ={"APPLICATION__LOG_LEVEL": "DEBUG"}).sync(MAPPING)
    check(run, port, *accepted)


def test_an_assertion_is_exchanged_for_a_token(
    install: Install, port: Any, api: TokenApi, tmp_path: Path
) -> None:
    """The JSON key of a service account names the account and the token endpoint. A claim is computed."""
    port.prepare(MAPPING)
    key = {
        "private_key": private_key_pem(),
        "private_key_id": "key-1",
        "client_email": "sync@made-up.example",
        "token_uri": f"{api.url}/login",
    }
    file = tmp_path / "key.json"
    file.write_text(json.dumps(key))
    api.login = lambda _: Response({"access_token": "made-up-token", "expires_in": "3600"})
    api.token = lambda sent: sent == "Bearer made-up-token"
    settings = {
        "baseUrl": api.url,
        "authType": "oauth2",
        "grant": "jwt_bearer",
        "privateKeyFile": str(file),
        "jwt": {"claims": {"scope": "read", "exp": {"jq": "now + 3600 | floor"}}, "ttl": 60},
    }
    run = install(settings, environ={"APPLICATION__LOG_LEVEL": "DEBUG"}).sync(MAPPING)
    check(run, port, "made-up-token", private_key_pem().splitlines()[3])
    (request,) = api.logins
    form = dict(parse_qsl(request.body.decode()))
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = dict(verified(form["assertion"]))
    assert claims.pop("exp") - claims.pop("iat") > 3600
    assert len(claims.pop("jti")) == 36
    assert claims == {"iss": "sync@made-up.example", "aud": f"{api.url}/login", "scope": "read"}
    assert jwt.get_unverified_header(form["assertion"])["kid"] == "key-1"


@pytest.mark.parametrize("is_login", [True, False], ids=["login", "bearer"])
def test_a_signed_token_is_sent_or_exchanged_by_a_login(
    install: Install, port: Any, api: TokenApi, *, is_login: bool
) -> None:
    """The token of the login is in a header of the answer, as text."""
    port.prepare(MAPPING)
    common = {"baseUrl": api.url, "privateKey": private_key_pem().replace("\n", "\\n")}
    signed = {"jwt": {"claims": {"iss": 123456}, "ttl": 600}}

    def login(request: Request) -> Response:
        assert verified(request.headers["Authorization"].removeprefix("Bearer "))["iss"] == "123456"
        return Response("made-up-token", 201, {"X-Tenant": "made-up-tenant", "Content-Type": "text/plain"})

    api.login = login
    if is_login:
        api.token = lambda sent: sent == "token made-up-token made-up-tenant"
        settings = {
            "authType": "custom",
            "customAuthRequest": {"endpoint": "/login", "headers": {"Authorization": "Bearer {{.jwt}}"}},
            "customAuthRequestTemplate": {
                "headers": {"Authorization": 'token {{.}} {{$headers["x-tenant"]}}'}
            },
        }
    else:
        api.token = lambda sent: verified(sent.removeprefix("Bearer "))["iss"] == "123456"
        settings = {"authType": "jwt"}
    run = install({**common, **signed, **settings}, environ={"APPLICATION__LOG_LEVEL": "DEBUG"}).sync(MAPPING)
    check(run, port, "made-up-token", "made-up-tenant", private_key_pem().splitlines()[3], "eyJ")
    assert len(api.logins) == is_login
    assert api.refusals == []
