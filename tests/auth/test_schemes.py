"""Each scheme driven by hand, as httpx would: what it puts into a request."""

from base64 import b64encode
from typing import Any

import httpx
import pytest

from auth import ApiKeyAuth, BearerAuth, auth_for
from configuration.settings import Settings


def scheme(**config: Any) -> httpx.Auth:
    return auth_for(Settings.from_config({"base_url": "https://x.io", **config}, {}))


def sent(auth: httpx.Auth, url: str = "https://x.io/a") -> httpx.Request:
    """The one request of a flow that ends with any answer, a 401 too."""
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
def test_the_credential_is_in_its_header(config: dict[str, str], header: str, value: str) -> None:
    request = sent(scheme(**config))
    assert request.headers[header] == value
    assert str(request.url) == "https://x.io/a"


def test_no_auth_adds_nothing_even_where_secrets_are_set() -> None:
    request = sent(scheme(api_token="t", api_key="k", username="u", password="p"))
    assert set(request.headers) == {"host"}


@pytest.mark.parametrize(
    ("url", "with_key"),
    [
        ("https://x.io/a", "https://x.io/a?api_key=k%26y%3D%23"),
        ("https://x.io/a?q=%2F+x&p=[1]", "https://x.io/a?q=%2F+x&p=[1]&api_key=k%26y%3D%23"),
        ("https://x.io/a?api_key=old&q=1", "https://x.io/a?q=1&api_key=k%26y%3D%23"),
    ],
    ids=["alone", "beside_others", "instead_of_another"],
)
def test_a_key_in_the_query_leaves_the_rest_of_the_url_as_written(url: str, with_key: str) -> None:
    """A next link often carries the key already: it must not come twice."""
    request = sent(ApiKeyAuth("k&y=#", param="api_key"), url)
    assert str(request.url) == with_key
    assert "x-api-key" not in request.headers


def test_the_setting_apikeyparam_sends_the_key_in_the_query_instead() -> None:
    request = sent(scheme(auth_type="api_key", api_key="k", api_key_param="key"))
    assert str(request.url) == "https://x.io/a?key=k"
    assert "x-api-key" not in request.headers


def test_the_scheme_s_header_replaces_one_that_stands_there() -> None:
    request = httpx.Request("GET", "https://x.io", headers={"authorization": "old"})
    assert next(BearerAuth("t").auth_flow(request)).headers.get_list("Authorization") == ["Bearer t"]
