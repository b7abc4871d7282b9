"""The proxy that can read a request, as httpx chooses it, and the secrets of proxies."""

import httpx
import pytest

from configuration.proxies import plain_proxy, proxy_secrets
from configuration.settings import Settings

URLS = [
    "http://api.example.com",
    "http://api.example.com:8080/a",
    "http://example.com:80",
    "http://myexample.com",
    "http://API.example.COM",
    "http://localhost:3020",
    "http://127.0.0.1",
    "http://[::1]:8080",
    "http://10.0.0.1",
    "https://api.example.com",
]
NO_PROXIES = [
    *(
        "",
        "*",
        "a.io,*",
        "example.com",
        ".example.com",
        "*.example.com",
        "EXAMPLE.com",
        " api.example.com , x",
    ),
    *("example.com:8080", "example.com:80", "localhost", "localhost:3020", "127.0.0.1", "::1", "10.0.0.0/8"),
    *("10.0.0.1", "127.0.0.1:80", "http://api.example.com", "https://api.example.com", "all://example.com"),
    *("http://api.example.com:8080", "ample.com", "api.example.com."),
]
ENVIRONMENTS = [
    {},
    {"HTTP_PROXY": "http://proxy:3128"},
    {"HTTP_PROXY": "proxy:3128"},
    {"http_proxy": "http://proxy:3128", "HTTP_PROXY": ""},
    {"http_proxy": "", "HTTP_PROXY": "http://proxy:3128"},
    {"HTTPS_PROXY": "http://proxy:3128"},
    {"ALL_PROXY": "http://proxy:3128"},
    {"all_proxy": "http://proxy:3128/", "HTTPS_PROXY": "http://other:1"},
    {"Http_Proxy": "https://proxy:3128"},
    {"HTTP_PROXY": "http://proxy:3128", "REQUEST_METHOD": "GET"},
    {"http_proxy": "http://proxy:3128", "REQUEST_METHOD": "GET"},
    {"HTTP_PROXY": "http://amy:made-up@proxy:3128/"},
]


def takes_a_proxy(url: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return the proxy that httpx chooses for an http URL. For https it only opens a tunnel."""
    for name in {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"}:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    with httpx.Client(verify=False) as client:  # noqa: S501 - nothing is sent
        return client._transport_for_url(httpx.URL(url)) is not client._transport


@pytest.mark.parametrize("no_proxy", NO_PROXIES)
def test_no_proxy_has_the_rules_of_httpx(no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}
    found = {url: bool(plain_proxy(url, environ)) for url in URLS}
    assert found == {url: takes_a_proxy(url, environ, monkeypatch) for url in URLS}


@pytest.mark.parametrize("environ", ENVIRONMENTS, ids=str)
def test_the_proxy_is_the_one_that_httpx_chooses(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://api.example.com"
    wanted = "proxy:3128" if takes_a_proxy(url, environ, monkeypatch) else ""
    assert plain_proxy(url, environ) == wanted


def test_the_password_of_a_proxy_is_masked_in_each_form() -> None:
    environ = {
        "HTTP_PROXY": "http://amy:made%2Dup@proxy:1",
        "all_proxy": "bob:other-one@proxy",
        "NO_PROXY": "a:b@c",
    }
    assert set(proxy_secrets(environ)) == {
        *("made%2Dup", "made-up", "YW15Om1hZGUtdXA="),
        *("other-one", "Ym9iOm90aGVyLW9uZQ=="),
    }
    assert list(proxy_secrets({"HTTPS_PROXY": "http://amy@proxy:1", "HTTP_PROXY": "proxy:1"})) == []


def test_no_message_shows_the_password_of_a_proxy() -> None:
    settings = Settings.from_config({"base_url": "http://x.io"}, {"HTTP_PROXY": "http://amy:made-up@proxy:1"})
    assert settings.redactor("amy:made-up@proxy and YW15Om1hZGUtdXA=") == "amy:***@proxy and ***"


AUTHENTICATED = {"auth_type": "bearer_token", "api_token": "made-up"}
OAUTH2 = {"auth_type": "oauth2", "client_id": "a", "client_secret": "made-up"}


@pytest.mark.parametrize(
    ("config", "origins"),
    [
        pytest.param(AUTHENTICATED, {"http://x.io"}, id="base URL"),
        pytest.param({"custom_headers": {"X-Key": "made-up"}}, {"http://x.io"}, id="header"),
        pytest.param({"custom_query_params": {"key": "made-up"}}, {"http://x.io"}, id="parameter"),
        pytest.param({}, set(), id="no credentials"),
        pytest.param({**AUTHENTICATED, "base_url": "https://x.io"}, set(), id="https"),
        pytest.param({**AUTHENTICATED, "base_url": "http://excepted.io"}, set(), id="excepted"),
        pytest.param(
            {**AUTHENTICATED, "base_url": "https://x.io", "trusted_origins": ["http://y.io:81"]},
            {"http://y.io:81"},
            id="trusted origin",
        ),
        pytest.param(
            {**OAUTH2, "base_url": "https://x.io", "token_url": "http://z.io/token"},
            {"http://z.io"},
            id="login",
        ),
        pytest.param(
            {**AUTHENTICATED, "base_url": "https://x.io", "token_url": "http://z.io/token"},
            set(),
            id="no login",
        ),
        pytest.param(
            {
                "base_url": "https://x.io",
                "auth_type": "custom",
                "custom_auth_request": {"endpoint": "http://z.io/login"},
                "custom_auth_request_template": {"headers": {"X-Session": "{{.token}}"}},
                "trusted_origins": ["http://z.io"],
            },
            {"http://z.io"},
            id="login of its own",
        ),
    ],
)
def test_origins_whose_credentials_a_proxy_can_read_are_reported(
    config: dict[str, object], origins: set[str]
) -> None:
    environ = {"ALL_PROXY": "http://amy:made-up@proxy:3128", "NO_PROXY": "excepted.io"}
    settings = Settings.from_config({"base_url": "http://x.io", **config}, {})
    assert settings.plain_proxies(environ) == dict.fromkeys(origins, "proxy:3128")
    assert settings.plain_proxies({}) == {}
