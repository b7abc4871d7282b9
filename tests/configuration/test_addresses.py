"""Base URLs and trusted origins: valid and invalid addresses."""

import pytest

from configuration.addresses import base_url_mistakes, is_http, origin_mistakes
from rest.errors import Mistake

SOUND = [
    "https://api.example.com",
    "HTTPS://API.EXAMPLE.COM:8443",
    "http://localhost:3020/api/v1",
    "http://port_api:3010",
    "https://xn--bcher-kva.example",
    "https://bücher.example",
    "https://日本語.example",
    "https://api.example.com.",
    "https://10.0.0.1",
    "https://[::1]:8443",
    "http://[fe80::1%eth0]:8080",
    "https://a-b--c.example",
    "https://x.io:65535",
]


@pytest.mark.parametrize("url", SOUND)
def test_valid_addresses_are_accepted(url: str) -> None:
    assert base_url_mistakes(url) == []
    assert origin_mistakes("trustedOrigins", [url, "https://files.example.com/v1"]) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://x.io:0",
        "https://x.io:65536",
        "https://x.io:port",
        "https://x..io",
        "https://.x.io",
        "https://x.io%2e",
        "https://a,b.io",
        "https://{tenant}.example.com",
        "https://$HOST",
        "https://\N{FULLWIDTH LATIN SMALL LETTER X}.io",
        "https://bu\u0308cher.example",
        f"https://{'x' * 64}.io",
        "https://[::x]",
        "https://",
        "https:x.io",
        "x.io",
        "*.example.com",
        "ftp://x.io",
        "https://x.io /a",
        "https://x.io\\@y.io",
    ],
)
def test_invalid_hosts_are_rejected(url: str) -> None:
    assert not is_http(url)
    assert base_url_mistakes(url) != []
    assert len(origin_mistakes("trustedOrigins", [url])) == 1


@pytest.mark.parametrize(
    "text",
    ["https://*.example.com", "https://*", "*", "*.example.com", "https://api.*.com", "https://x.io:*"],
)
def test_a_wildcard_is_rejected(text: str) -> None:
    mistake = Mistake("trustedOrigins", "entry 2 has an unsupported wildcard. Add an entry for each host")
    assert origin_mistakes("trustedOrigins", ["https://x.io", text]) == [mistake]
    assert base_url_mistakes(text) != []


def test_an_origin_with_a_password_is_rejected_and_not_shown() -> None:
    for text in ("https://amy:made-up@x.io", "https://amy:made*up@x.io"):
        (mistake,) = origin_mistakes("trustedOrigins", [text])
        assert "without user names" in mistake.what
        assert "made" not in str(mistake)
