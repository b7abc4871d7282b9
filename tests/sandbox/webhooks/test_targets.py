"""Which URLs events may be sent to."""

import pytest

from sandbox.webhooks.targets import TargetError, check_target


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/integration/webhook",
        "http://127.8.9.1/",
        "https://localhost/hook",
        "http://[::1]:8000/hook?a=b",
        "http://ocean.localhost:8000/",
        "http://LOCALHOST./",
        " http://127.0.0.1 ",
    ],
)
def test_loopback_is_allowed(url: str) -> None:
    assert check_target(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://192.168.0.7/",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost.example.com/",
        "http://notlocalhost/",
        "http://0.0.0.0:8000/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:192.168.0.7]/",
        "http://127.0.0.1.example.com/",
    ],
)
def test_other_hosts_are_refused_with_a_way_to_allow_them(url: str) -> None:
    with pytest.raises(TargetError, match=r"is not on this machine.*restart with --webhook-host"):
        check_target(url)


def test_other_host_can_be_allowed() -> None:
    assert check_target("https://Ocean.Example.com/hook", {"ocean.example.com"})
    with pytest.raises(TargetError):
        check_target("https://example.com/hook", {"ocean.example.com"})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "is not a URL"),
        ("127.0.0.1:8000", "is not a URL"),
        ("ftp://127.0.0.1/", "is not a URL"),
        ("file:///etc/passwd", "is not a URL"),
        ("http:///hook", "is not a URL"),
        ("http://127.0.0.1:port/", "is not a URL"),
        ("http://127.0.0.1/\x00", "is not a URL"),
        ("http://user:pass@127.0.0.1/", "must not contain a user or a password"),
        ("http://127.0.0.1/" + "a" * 2000, "has 2017 characters"),
    ],
)
def test_invalid_url_is_explained(url: str, words: str) -> None:
    with pytest.raises(TargetError, match=words):
        check_target(url)
