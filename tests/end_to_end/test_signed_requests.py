"""Authentication that is computed for each request, and TLS with certificates, in a real resync."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from rest.challenges import read_challenges
from tests.loopback_server import NOT_FOUND, Request, Response, serving
from tests.tls_authority import Authority

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Install = Callable[..., Any]

SECRET = "made-up-secret"
AWS_KEY = "AKIDMADEUP"


def _entry(kind: str, **selector: Any) -> Json:
    identifier = re.sub(r"\W", "-", kind)
    mappings = {"identifier": f'"{identifier}" + .id', "blueprint": '"item"'}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


def _synced(install: Install, port: Any, settings: Json, *entries: Json) -> set[str]:
    """Run a resync of these entries. Return the identifiers of the entities."""
    mapping = {"resources": list(entries)}
    port.prepare(mapping)
    run = install(settings, environ={"APPLICATION__LOG_LEVEL": "DEBUG"}).sync(mapping)
    assert run.failed == [], run.log
    logs = run.log + port.http.get("/_sandbox/logs").raise_for_status().text
    assert SECRET not in logs
    return set(port.entities("item"))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def test_signature_covers_the_url_and_the_body_of_each_page(install: Install, port: Any) -> None:
    """The API puts the old signature into the link to the next page."""
    seen: list[str] = []

    def answer(request: Request) -> Response:
        target, _, signature = re.sub(r"[?&](signature=)", r" \1", request.target).partition(" signature=")
        text = f"{request.method}\n{target}\n{request.body.decode()}\n{request.headers['X-Time']}"
        if signature != _hmac(SECRET.encode(), text).hex() or signature in seen:
            return Response({"error": "wrong signature"}, 401)
        seen.append(signature)
        following = "" if "page=2" in target else f"{request.target}&page=2"
        return Response({"items": [{"id": str(len(seen))}], "next": following})

    settings = {
        "authType": "signature",
        "authValue": SECRET,
        "username": "key-1",
        "signature": {
            "signed": ["{{.method}}", "{{.target}}", "{{.body}}", "{{.timestamp_ms}}"],
            "headers": {"X-Time": "{{.timestamp_ms}}", "X-Key": "{{.username}}"},
            "queryParams": {"signature": "{{.signature}}"},
        },
        "paginationType": "next_link",
    }
    search = _entry("/search", method="POST", body={"q": "ü"}, data_path=".items")
    plain = _entry("/plain?q=a b:c", data_path=".items")
    with serving(answer) as url:
        found = _synced(install, port, {"baseUrl": url, **settings}, search, plain)
    assert len(found) == 4


def test_aws_signature_covers_what_is_sent(install: Install, port: Any) -> None:
    def answer(request: Request) -> Response:
        fields = dict(re.findall(r"(\w+)=([^,]+)", request.headers["Authorization"]))
        access_key, *scope = fields["Credential"].split("/")
        names = fields["SignedHeaders"].split(";")
        path, _, query = request.target.partition("?")
        headers = "".join(f"{name}:{request.headers[name]}\n" for name in names)
        body_hash = hashlib.sha256(request.body).hexdigest()
        canonical = "\n".join(
            [request.method, quote(path, safe="/-_.~"), query, headers, ";".join(names), body_hash]
        )
        text = "\n".join(
            [
                "AWS4-HMAC-SHA256",
                request.headers["X-Amz-Date"],
                "/".join(scope),
                hashlib.sha256(canonical.encode()).hexdigest(),
            ]
        )
        key = f"AWS4{SECRET}".encode()
        for part in scope:
            key = _hmac(key, part)
        if access_key != AWS_KEY or fields["Signature"] != _hmac(key, text).hex():
            return Response({"message": "SignatureDoesNotMatch"}, 403)
        token = json.loads(request.body or b"{}").get("PaginationToken")
        return Response({"Items": [{"id": f"{token}"}], "PaginationToken": "" if token else "next"})

    settings = {
        "authType": "aws",
        "aws": {"region": "eu-central-1", "service": "tagging"},
        "awsAccessKeyId": AWS_KEY,
        "awsSecretAccessKey": SECRET,
        "awsSessionToken": "made-up-token",
    }
    listing = _entry(
        "/",
        method="POST",
        headers={"X-Amz-Target": "Api.GetResources", "Content-Type": "application/x-amz-json-1.1"},
        body={"ResourcesPerPage": 100},
        data_path=".Items",
        pagination={
            "type": "cursor",
            "param": "PaginationToken",
            "param_location": "body",
            "cursor_path": "PaginationToken",
            "size_param": "-",
        },
    )
    get = _entry(
        "/a%20b/{name}?z=1&a=x:y,z%20", path_parameters={"name": {"values": ["p q"]}}, data_path=".Items"
    )
    with serving(answer) as url:
        found = _synced(install, port, {"baseUrl": url, **settings}, listing, get)
    assert len(found) == 3


@dataclass
class DigestApi:
    """An API behind a gateway, which asks for Digest and writes its own host into its links."""

    files: str = ""
    refused: int = 0
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        """Answer a listing with two pages, and an export with a redirect to the files."""
        if not self._is_authenticated(request):
            self.refused += 1
            challenge = 'Digest realm="api", qop="auth", algorithm=SHA-256, nonce="n1"'
            return Response({}, 401, {"WWW-Authenticate": challenge})
        if request.path == "/shop/items":
            is_first = "page=2" not in request.target
            link = "http://shop.internal:8080/items?page=2" if is_first else None
            return Response({"items": [{"id": f"{is_first}"}], "next": link})
        return Response({}, 302, {"Location": f"{self.files}/export?signature=abc"})

    def file(self, request: Request) -> Response:
        """Answer as a file store does, which refuses requests with credentials of others."""
        self.requests.append(request)
        is_anonymous = "Authorization" not in request.headers and "X-Own" not in request.headers
        return Response([{"id": "exported"}]) if is_anonymous else NOT_FOUND

    def _is_authenticated(self, request: Request) -> bool:
        sent = read_challenges(request.headers.get("Authorization", ""))
        if not sent:
            return False
        params = sent[0].params

        def digest(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        middle = f"n1:{params['nc']}:{params['cnonce']}:auth"
        expected = f"{digest(f'amy:api:{SECRET}')}:{middle}:{digest(f'{request.method}:{request.target}')}"
        return params["response"] == digest(expected)


def test_digest_with_client_certificates_and_links_of_other_origins(
    install: Install, port: Any, tmp_path: Path
) -> None:
    """The file store does not see the client certificate: it is another host."""
    servers, clients = Authority("Made-up servers"), Authority("Made-up clients")
    client = clients.issue("client")
    key = tmp_path / "tls.key"
    key.write_text(client.encrypted_key("made-up-password"))
    api = DigestApi()
    listing = _entry("/items", data_path=".items", pagination={"type": "auto"})
    with (
        serving(api.answer, servers.server(clients=clients)) as url,
        serving(api.file, servers.server()) as files,
    ):
        api.files = files.replace("127.0.0.1", "localhost")
        settings = {
            "baseUrl": f"{url}/shop",
            "authType": "digest",
            "username": "amy",
            "password": SECRET,
            "customHeaders": {"X-Own": "made-up-header"},
            "clientCertificate": client.certificate.replace("\n", "\\n"),
            "clientKey": str(key),
            "clientKeyPassword": "made-up-password",
            "caCertificate": servers.pem,
            "followOrigins": [api.files],
            "rewriteLinks": True,
        }
        found = _synced(install, port, settings, listing, _entry("/export"))
    assert found == {"-itemsTrue", "-itemsFalse", "-exportexported"}
    assert api.refused <= 2  # one challenge for each kind, which has a client of its own
    assert [request.target for request in api.requests] == ["/export?signature=abc"]
