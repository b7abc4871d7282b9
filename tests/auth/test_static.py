"""Schemes without a login, driven as httpx drives them: what they add to a request."""

from base64 import b64encode
from typing import Any

import httpx
import pytest

from auth import ApiKeyAuth, BearerAuth, auth_for
from configuration.settings import Settings


def scheme(**config: Any) -> httpx.Auth:
    return auth_for(Settings.from_config({"base_url": "https://x.io", **config}, {}))


def sent(auth: httpx.Auth, url: str = "https://x.io/a") -> httpx.Request:
    """Return the only request of a flow, which ends with any response, a 401 included."""
    request = httpx.Request("GET", url)
    flow = auth.auth_flow(request)
    first = next(flow)
    with pytest.raises(StopIteration):
        flow.send(httpx.Response(401, request=first))
    return first


@pytest.mark.parametrize(
    ("config", "header", "value"),
    [
        ({"auth_type": "bearer_token", "api_token": "t"}, "Authorization", "Bearer t"),
        ({"auth_type": "bearer_token", "auth_value": "t"}, "Authorization", "Bearer t"),
        (
            {"auth_type": "bearer_token", "api_token": "t", "bearer_prefix": "GenieKey"},
            "Authorization",
            "GenieKey t",
        ),
        ({"auth_type": "bearer_token", "api_token": " t\n"}, "Authorization", "Bearer t"),
        ({"auth_type": "api_key", "api_key": "k"}, "X-API-Key", "k"),
        ({"auth_type": "api_key", "auth_value": "k", "api_key_header": "DD-API-KEY"}, "DD-API-KEY", "k"),
        (
            {"auth_type": "basic", "username": "amy", "password": "p:w"},
            "Authorization",
            "Basic " + b64encode(b"amy:p:w").decode(),
        ),
        (
            {"auth_type": "basic", "auth_value": "key:"},
            "Authorization",
            "Basic " + b64encode(b"key:").decode(),
        ),
        ({"auth_type": "basic", "auth_value": ":pw"}, "Authorization", "Basic " + b64encode(b":pw").decode()),
        (
            {"auth_type": "basic", "username": "å", "password": "ü"},
            "Authorization",
            "Basic " + b64encode("å:ü".encode()).decode(),
        ),
    ],
)
def test_credential_is_in_its_header(config: dict[str, str], header: str, value: str) -> None:
    request = sent(scheme(**config))
    assert request.headers[header] == value
    assert str(request.url) == "https://x.io/a"


def test_auth_type_none_ignores_secrets() -> None:
    request = sent(scheme(api_token="t", api_key="k", username="u", password="p"))
    assert set(request.headers) == {"host"}


@pytest.mark.parametrize(
    ("url", "with_key"),
    [
        ("https://x.io/a", "https://x.io/a?api_key=k%26y%3D%23"),
        ("https://x.io/a?q=%2F+x&p=[1]", "https://x.io/a?q=%2F+x&p=[1]&api_key=k%26y%3D%23"),
        ("https://x.io/a?api_key=old&q=1", "https://x.io/a?q=1&api_key=k%26y%3D%23"),
    ],
    ids=["alone", "with_others", "in_place_of_another"],
)
def test_key_in_the_query_keeps_the_rest_of_the_url_as_written(url: str, with_key: str) -> None:
    """A next link often contains the key already. It must not be sent twice."""
    request = sent(ApiKeyAuth("k&y=#", param="api_key"), url)
    assert str(request.url) == with_key
    assert "x-api-key" not in request.headers


def test_api_key_param_sends_the_key_in_the_query() -> None:
    request = sent(scheme(auth_type="api_key", api_key="k", api_key_param="key"))
    assert str(request.url) == "https://x.io/a?key=k"
    assert "x-api-key" not in request.headers


def test_header_of_the_scheme_replaces_another() -> None:
    request = httpx.Request("GET", "https://x.io", headers={"authorization": "old"})
    assert next(BearerAuth("t").auth_flow(request)).headers.get_list("Authorization") == ["Bearer t"]
