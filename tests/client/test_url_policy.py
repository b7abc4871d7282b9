"""Which URLs requests may go to, for hosts that can be written in several ways."""

import pytest

from client import UrlPolicy
from rest.errors import RefusedError
from rest.origin import Origin
from rest.request import Request

NAMES = ["https://xn--bcher-kva.example", "https://bücher.example", "https://BÜCHER.example:443"]


def policy(base_url: str, *trusted: str) -> UrlPolicy:
    return UrlPolicy(Origin.of(base_url), frozenset(map(Origin.of, (base_url, *trusted))))


@pytest.mark.parametrize("link", [*NAMES, "https://bücher。example", "http://bücher.example"])
@pytest.mark.parametrize("base_url", NAMES)
def test_host_is_the_same_in_unicode_and_in_punycode(base_url: str, link: str) -> None:
    address = policy(base_url).address(Request("GET", f"{link}/users"))
    assert (address.scheme, address.raw_host, address.path) == ("https", b"xn--bcher-kva.example", "/users")


@pytest.mark.parametrize("link", NAMES)
def test_trusted_origin_can_be_written_either_way(link: str) -> None:
    for trusted in NAMES:
        assert (
            policy("https://x.io", trusted).address(Request("GET", link)).raw_host == b"xn--bcher-kva.example"
        )


def test_ipv6_address_is_the_same_in_short_and_long_form() -> None:
    assert policy("http://[::1]:8080").address(Request("GET", "http://[0:0:0:0:0:0:0:1]:8080/a")).path == "/a"
    assert policy("http://[fe80::1%eth0]").address(Request("GET", "http://[fe80::1%eth0]/a")).path == "/a"


@pytest.mark.parametrize(
    ("base_url", "link"),
    [
        ("https://faß.de", "https://fass.de"),
        ("https://fass.de", "https://faß.de"),
        ("https://x.io", "https://x.io."),
        ("https://x.io", "https://x.io:0"),
        ("https://x.io", "https://x.io:65979"),  # 443 beyond 65536
        ("https://x.io", "https://x.io:-443"),
        ("https://x.io", "https://\N{FULLWIDTH LATIN SMALL LETTER X}.io"),
        ("https://x.io", "https://x\N{SOFT HYPHEN}.io"),
        ("https://x.io", "https://xn--x.io"),
        ("https://bücher.example", "https://bu\u0308cher.example"),
        ("https://bücher.example", "https://b\N{LATIN SMALL LETTER U WITH DOUBLE ACUTE}cher.example"),
        ("http://[::1]", "http://[::ffff:1]"),
        ("http://[::1]", "http://[::1%eth0]"),
        ("http://127.0.0.1", "http://127.1"),
        ("http://127.0.0.1", "http://2130706433"),
        ("https://x.io", "https://*.io"),
        ("https://x.io", "https://x.io%2eevil.io"),
    ],
)
def test_host_that_only_looks_alike_is_refused(base_url: str, link: str) -> None:
    with pytest.raises(RefusedError, match=r"is not a trusted origin|to an invalid URL"):
        policy(base_url).address(Request("GET", f"{link}/users"))


FILES = "https://files.example.com"
REWRITING = UrlPolicy(
    Origin.of("https://x.io"),
    frozenset(map(Origin.of, ("https://x.io", "https://trusted.io"))),
    followed=frozenset([Origin.of(FILES)]),
    rewrite_to="https://x.io/api",
)


@pytest.mark.parametrize(
    ("link", "sent"),
    [
        ("http://internal:8080/api/items?page=2", "https://x.io/api/items?page=2"),
        ("https://internal/items", "https://x.io/api/items"),
        ("https://user:pw@internal/items", "https://x.io/api/items"),
        ("http://x.io/api/items", "https://x.io/api/items"),
        ("https://x.io/items", "https://x.io/api/items"),
        ("https://trusted.io/items", "https://trusted.io/items"),
    ],
)
def test_link_to_an_unknown_origin_is_rewritten(link: str, sent: str) -> None:
    assert str(REWRITING.address(Request("GET", link))) == sent
    assert REWRITING.redirection(Request("GET", link)) == Request("GET", link)


@pytest.mark.parametrize(
    "link", ["ftp://internal/items", "javascript:alert(1)", f"{FILES}/a", "mailto:a@x.io"]
)
def test_other_links_are_not_rewritten(link: str) -> None:
    with pytest.raises(RefusedError, match="is not a trusted origin"):
        REWRITING.address(Request("GET", link))
