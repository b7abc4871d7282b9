"""Signatures as real APIs describe them, computed here again in the way of their documentation."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from auth import auth_for
from auth.signature import SignatureAuth, Signing
from configuration.signature import SignatureRule
from rest.errors import AuthError, SettingsError
from rest.request import Request
from tests.auth.fake_login import BASE, open_client, settings

NOW = 1_700_000_000.5
SECRET = "made-up-secret"
SEARCH = httpx.Request(
    "POST", "https://x.io:8443/api/a%20b?z=1&q=x%20y", headers={"X-Fixed": "f"}, content=b'{"q":1}'
)
GET_URL = "https://x.io/api/users?limit=5"


async def signed(
    rule: Mapping[str, Any], request: httpx.Request | None = None, secret: str = SECRET
) -> httpx.Request:
    """Return a request as it is sent."""
    checked = SignatureRule.model_validate(rule)
    auth = SignatureAuth(Signing.of(checked), "key-1", secret, clock=lambda: NOW)
    return await anext(auth.async_auth_flow(request or httpx.Request("GET", GET_URL)))


def mac(text: str, name: str = "sha256", key: bytes = SECRET.encode()) -> bytes:
    return hmac.new(key, text.encode(), name).digest()


async def test_duo_signs_date_method_host_path_and_params() -> None:
    """https://duo.com/docs/adminapi#authentication"""
    rule = {
        "algorithm": "hmac-sha1",
        "signed": [
            "{{.date}}",
            "{{.method}}",
            "{{.host}}",
            "{{.path}}",
            '{{.params | sort | map("\\(.[0] | @uri)=\\(.[1] | @uri)") | join("&")}}',
        ],
        "headers": {
            "Date": "{{.date}}",
            "Authorization": 'Basic {{"\\(.username):\\(.signature)" | @base64}}',
        },
    }
    request = await signed(rule, httpx.Request("GET", "https://x.io/admin/v1/users?offset=0&limit=10"))
    date = "Tue, 14 Nov 2023 22:13:20 GMT"
    text = f"{date}\nGET\nx.io\n/admin/v1/users\nlimit=10&offset=0"
    expected = base64.b64encode(f"key-1:{mac(text, 'sha1').hex()}".encode()).decode()
    assert (request.headers["Date"], request.headers["Authorization"]) == (date, f"Basic {expected}")


async def test_logicmonitor_signs_the_body_and_a_part_of_the_path() -> None:
    rule = {
        "signed": '{{.method}}{{.timestamp_ms}}{{.body}}{{.path | ltrimstr("/api")}}',
        "headers": {"Authorization": "LMv1 {{.username}}:{{.signature | @base64}}:{{.timestamp_ms}}"},
    }
    request = await signed(rule, SEARCH)
    signature = mac('POST1700000000500{"q":1}/a%20b').hex().encode()
    expected = f"LMv1 key-1:{base64.b64encode(signature).decode()}:1700000000500"
    assert request.headers["Authorization"] == expected


async def test_signature_parameter_covers_the_other_parameters() -> None:
    """As Binance and others: the timestamp is added first, the signature last."""
    rule = {
        "signed": "{{.query}}",
        "queryParams": {"signature": "{{.signature}}", "timestamp": "{{.timestamp_ms}}"},
    }
    request = await signed(rule, httpx.Request("GET", f"{GET_URL}&signature=old&timestamp=1"))
    query = "limit=5&timestamp=1700000000500"
    assert str(request.url) == f"https://x.io/api/users?{query}&signature={mac(query).hex()}"


async def test_secret_in_base64_signs_the_target_and_the_body() -> None:
    """As Coinbase Exchange."""
    rule = {
        "signed": "{{.timestamp}}{{.method}}{{.target}}{{.body}}",
        "encoding": "base64",
        "keyEncoding": "base64",
        "header": "CB-ACCESS-SIGN",
        "headers": {"CB-ACCESS-TIMESTAMP": "{{.timestamp}}"},
    }
    request = await signed(rule, SEARCH, base64.b64encode(b"raw \xff key").decode())
    expected = mac('1700000000POST/api/a%20b?z=1&q=x%20y{"q":1}', key=b"raw \xff key")
    assert request.headers["CB-ACCESS-SIGN"] == base64.b64encode(expected).decode()
    assert request.headers["CB-ACCESS-TIMESTAMP"] == "1700000000"


async def test_plain_hash_contains_the_secret() -> None:
    """As Cortex XDR: SHA-256 of key, nonce and time."""
    rule = {
        "algorithm": "sha256",
        "signed": "{{.secret}}{{.nonce}}{{.timestamp_ms}}",
        "headers": {
            "Authorization": "{{.signature}}",
            "x-xdr-nonce": "{{.nonce}}",
            "x-xdr-auth-id": "{{.username}}",
        },
    }
    request = await signed(rule)
    text = f"{SECRET}{request.headers['x-xdr-nonce']}1700000000500"
    assert request.headers["Authorization"] == hashlib.sha256(text.encode()).hexdigest()
    assert request.headers["x-xdr-auth-id"] == "key-1"


async def test_edgegrid_derives_a_key_and_signs_its_own_header() -> None:
    """https://techdocs.akamai.com/developer/docs/edgegrid"""
    time = '{{.timestamp | strftime("%Y%m%dT%H:%M:%S+0000")}}'
    own = f"EG1-HMAC-SHA256 client_token=c;access_token=a;timestamp={time};nonce={{{{.nonce}}}};"
    body = '{{if .method == "POST" then .body_sha256_base64 else "" end}}'
    rule = {
        "signed": "{{.method}}\t{{.scheme}}\t{{.host}}\t{{.target}}\t\t" + f"{body}\t{own}",
        "encoding": "base64",
        "derivedKey": [time],
        "derivedKeyEncoding": "base64",
        "headers": {"Authorization": own + "signature={{.signature}}"},
    }
    request = await signed(rule, SEARCH)
    start, _, signature = request.headers["Authorization"].partition("signature=")
    assert re.fullmatch(
        r"EG1-HMAC-SHA256 client_token=c;access_token=a;timestamp=20231114T22:13:20\+0000;nonce=[\w-]{36};",
        start,
    )
    body_hash = base64.b64encode(hashlib.sha256(b'{"q":1}').digest()).decode()
    text = f"POST\thttps\tx.io:8443\t/api/a%20b?z=1&q=x%20y\t\t{body_hash}\t{start}"
    key = base64.b64encode(mac("20231114T22:13:20+0000"))
    assert signature == base64.b64encode(mac(text, key=key)).decode()


async def test_veracode_derives_a_key_from_bytes() -> None:
    """https://docs.veracode.com/r/c_hmac_signing_example"""
    rule = {
        "signed": "id={{.username}}&host={{.host}}&url={{.target}}&method={{.method}}",
        "keyEncoding": "hex",
        "derivedKey": [{"hex": '{{.nonce | gsub("-"; "")}}'}, "{{.timestamp_ms}}", "vcode_request_version_1"],
        "headers": {"Authorization": '{{.nonce | gsub("-"; "")}} {{.signature}}'},
    }
    request = await signed(rule, secret="00ff")
    nonce, signature = request.headers["Authorization"].split()
    key = mac("1700000000500", key=hmac.new(b"\x00\xff", bytes.fromhex(nonce), "sha256").digest())
    key = mac("vcode_request_version_1", key=key)
    text = "id=key-1&host=x.io&url=/api/users?limit=5&method=GET"
    assert signature == mac(text, key=key).hex()


async def test_hawk_signs_host_and_port() -> None:
    """https://github.com/mozilla/hawk/blob/main/API.md, with the values of its example of a request."""
    own = 'Hawk id="{{.username}}", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", '
    rule = {
        "signed": "hawk.1.header\n1353832234\nj4h3g2\n{{.method}}\n{{.target}}\n{{.hostname}}\n{{.port}}\n"
        "\nsome-app-ext-data\n",
        "encoding": "base64",
        "headers": {"Authorization": own + 'mac="{{.signature}}"'},
    }
    request = httpx.Request("GET", "http://example.com:8000/resource/1?b=1&a=2")
    secret = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn"
    header = (await signed(rule, request, secret)).headers["Authorization"]
    assert header.endswith('mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="')


async def test_headers_without_the_signature_are_added_before_it() -> None:
    rule = {
        "algorithm": "hmac-sha512",
        "encoding": "base64url",
        "signed": '{{.headers["x-date"]}} {{.headers["x-fixed"]}} {{.body_md5}}',
        "header": "X-Signature",
        "headers": {"X-Date": "{{.iso_date}}"},
    }
    request = await signed(rule, SEARCH)
    text = f"2023-11-14T22:13:20Z f {hashlib.md5(b'{"q":1}').hexdigest()}"  # noqa: S324
    expected = base64.urlsafe_b64encode(mac(text, "sha512")).rstrip(b"=").decode()
    assert request.headers["X-Signature"] == expected


async def test_key_can_have_more_than_the_secret() -> None:
    """As Alibaba's RPC style: the secret and an ampersand."""
    request = await signed({"signed": "{{.path}}", "key": "{{.secret}}&", "header": "X-S"})
    assert request.headers["X-S"] == mac("/api/users", key=f"{SECRET}&".encode()).hex()


@pytest.mark.parametrize("encoding", ["hex", "base64"])
async def test_key_in_another_encoding_is_an_error_without_the_key(encoding: str) -> None:
    rule = {"signed": "x", "keyEncoding": encoding, "header": "X-S"}
    with pytest.raises(AuthError) as caught:
        await signed(rule, secret="not one!")
    assert str(caught.value) == (
        f"the signature: signature.key has a text that is not {encoding}. Correct key, or its encoding"
    )


@pytest.mark.parametrize("text", ["a\nb {{.signature}}", "\u00e9 {{.signature}}", " {{.signature}}"])
async def test_header_that_cannot_be_sent_is_an_error(text: str) -> None:
    with pytest.raises(AuthError) as caught:
        await signed({"signed": "x", "headers": {"X-Own": text}})
    assert caught.value.what == "the header X-Own has line breaks or characters outside ASCII"


def config(**signature: Any) -> dict[str, Any]:
    return {"auth_type": "signature", "auth_value": SECRET, "username": "key-1", "signature": signature}


async def test_each_attempt_is_signed_anew_with_the_final_url() -> None:
    """The error of an expression names the request without the secret."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(503 if len(sent) == 1 else 200, json=[1])

    rule = config(signed="{{.target}} {{.nonce}}", headers={"X-S": "{{.signature}}", "X-N": "{{.nonce}}"})
    async with open_client(answer, rule) as client:
        await client.send(Request("GET", f"{BASE}/a b", (("q", "x/y z"),)))
    assert len({request.headers["X-N"] for request in sent}) == 2
    for request in sent:
        text = f"{request.url.raw_path.decode()} {request.headers['X-N']}"
        assert request.headers["X-S"] == mac(text).hex()


async def test_expression_without_a_value_fails_the_request() -> None:
    async with open_client(
        lambda _: httpx.Response(200), config(signed="{{.nothing}}", header="X")
    ) as client:
        with pytest.raises(AuthError) as caught:
            await client.send(Request("GET", f"{BASE}/a?key={SECRET}"))
    assert str(caught.value) == (
        f"GET {BASE}/a?key=***: the signature: the request to sign has no value at .nothing. "
        "Correct signature"
    )


def test_expression_that_does_not_compile_stops_the_start() -> None:
    with pytest.raises(SettingsError, match=r"signature: .*; it accepts jq in \{\{.braces\}\}"):
        auth_for(settings(config(signed="{{.a[}}", header="X")))
    with pytest.raises(SettingsError, match="signature: is missing"):
        auth_for(settings(config(signed="x", header="X")).model_copy(update={"signing": None}))
