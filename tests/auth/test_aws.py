"""AWS Signature Version 4, with the vectors that AWS publishes, and on requests as they are sent."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from auth import auth_for
from auth.aws import AwsAuth
from auth.aws_signature import (
    AwsKey,
    AwsScope,
    SignedParts,
    authorization,
    canonical_path,
    canonical_query,
    sha256,
)
from rest.errors import SettingsError
from tests.auth.fake_login import settings

# The key, date and scope of AWS' test suite.
KEY = AwsKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SCOPE = AwsScope("us-east-1", "service")
MOMENT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "signature"),
    [
        ("GET", "/", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "GET",
            "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            {},
            b"",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        ),
        ("GET", "//example//", {}, b"", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
        (
            "GET",
            "/?Param2=value2&Param1=value1",
            {},
            b"",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "GET",
            "/?Param1=value2&Param1=value1",
            {},
            b"",
            "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
        ),
        ("GET", "/?\u1234=bar", {}, b"", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
        (
            "GET",
            "/",
            {"my-header1": " value1", "my-header2": '"a   b   c"'},
            b"",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        ("POST", "/", {}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "POST",
            "/",
            FORM,
            b"Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
)
def test_published_vectors_are_signed(
    method: str, target: str, headers: Mapping[str, str], body: bytes, signature: str
) -> None:
    path, _, query = target.partition("?")
    own = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z", **headers}
    parts = SignedParts(method, path, canonical_query(query), own, sha256(body))
    names = ";".join(sorted(own))
    assert authorization(parts, SCOPE, KEY, MOMENT) == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


@pytest.mark.parametrize(
    ("path", "service", "expected"),
    [
        ("", "execute-api", "/"),
        ("/a%2Fb", "execute-api", "/a%252Fb"),
        ("/a/./b/../c", "execute-api", "/a/c"),
        ("/a/..", "execute-api", "/"),
        ("/a/b/..", "execute-api", "/a/"),
        ("/../a//b/", "execute-api", "/a/b/"),
        ("/example%20space/", "execute-api", "/example%2520space/"),
        ("/a:b@c", "execute-api", "/a%3Ab%40c"),
        ("", "s3", "/"),
        ("/a//b/../c%20d:e", "s3", "/a//b/../c%20d%3Ae"),
    ],
)
def test_path_is_encoded_twice_except_for_s3(path: str, service: str, expected: str) -> None:
    assert canonical_path(path, service) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("b&a=1", "a=1&b="),
        ("a=1=2", "a=1%3D2"),
        ("q=a+b&p=a%20b&r=a%2Bb", "p=a%20b&q=a%20b&r=a%2Bb"),
        ("a=10&a=9", "a=10&a=9"),
        ("x=a.b&x=a%2Fb", "x=a%2Fb&x=a.b"),
        ("f[a]=x:y,z&$top=1", "%24top=1&f%5Ba%5D=x%3Ay%2Cz"),
        ("a=%ff", "a=%FF"),
    ],
)
def test_query_is_sorted_and_strictly_encoded(query: str, expected: str) -> None:
    assert canonical_query(query) == expected


def sent(key: AwsKey, request: httpx.Request, moment: datetime = MOMENT) -> httpx.Request:
    return next(AwsAuth(key, SCOPE, clock=lambda: moment).auth_flow(request))


def test_request_is_sent_as_it_is_signed() -> None:
    headers = {"X-Amz-Target": "Api.List", "Content-Type": "application/x-amz-json-1.1", "X-Other": "x"}
    url = "https://example.amazonaws.com:8443/a?b=x:y&a=1"
    request = sent(KEY, httpx.Request("POST", url, headers=headers, content=b"{}"))
    assert str(request.url) == "https://example.amazonaws.com:8443/a?a=1&b=x%3Ay"
    own = {
        "host": "example.amazonaws.com:8443",
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "Api.List",
        "x-amz-date": "20150830T123600Z",
        "x-amz-content-sha256": sha256(b"{}"),
    }
    parts = SignedParts("POST", "/a", "a=1&b=x%3Ay", own, sha256(b"{}"))
    assert request.headers["Authorization"] == authorization(parts, SCOPE, KEY, MOMENT)
    assert {name: request.headers[name] for name in own} == own


def test_session_token_is_sent_and_signed() -> None:
    key = AwsKey(KEY.access_key_id, KEY.secret_access_key, "made-up-token")
    request = sent(key, httpx.Request("GET", "https://example.amazonaws.com/"))
    assert request.headers["X-Amz-Security-Token"] == "made-up-token"
    assert "x-amz-security-token" in request.headers["Authorization"]


def test_a_retry_has_a_new_date() -> None:
    request = httpx.Request("GET", "https://example.amazonaws.com/")
    first = sent(KEY, request).headers["Authorization"]
    again = sent(KEY, request, MOMENT + timedelta(days=1))
    assert again.headers["X-Amz-Date"] == "20150831T123600Z"
    assert "/20150831/us-east-1/" in again.headers["Authorization"] != first


def test_auth_type_aws_uses_its_settings() -> None:
    config = {
        "auth_type": "aws",
        "aws": '{"region": "eu-central-1", "service": "execute-api"}',
        "aws_access_key_id": "AKIDEXAMPLE",
        "aws_secret_access_key": "secret\n",
    }
    request = httpx.Request("GET", "https://x.io/")
    header = next(auth_for(settings(config)).auth_flow(request)).headers["Authorization"]
    assert header.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert (
        "/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
        in header
    )


def test_missing_target_is_an_error() -> None:
    config = {"auth_type": "aws", "aws": {"region": "a", "service": "b"}, "aws_access_key_id": "x"}
    checked = settings(config, aws_secret_access_key="y")
    with pytest.raises(SettingsError, match="aws: is missing"):
        auth_for(checked.model_copy(update={"aws_target": None}))
