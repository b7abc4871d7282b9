"""Links of an API behind a gateway."""

import pytest

from client.link_rewriting import rewritten


@pytest.mark.parametrize(
    ("base_url", "link", "expected"),
    [
        ("https://gw", "http://internal:8080/items?page=2", "https://gw/items?page=2"),
        ("https://gw/api", "http://internal/api/items?page=2#x", "https://gw/api/items?page=2"),
        ("https://gw/github", "https://api.example.com/repos", "https://gw/github/repos"),
        ("https://gw/shop/v2", "https://api.example.com/v2/items", "https://gw/shop/v2/items"),
        ("https://gw/a/b/c", "https://x/b/c/d", "https://gw/a/b/c/d"),
        ("https://gw/a/b/c", "https://x/c/b/d", "https://gw/a/b/c/b/d"),
        ("https://gw/api/v2", "https://gw/api/v3/items", "https://gw/api/v3/items"),
        ("https://gw/shop", "https://gw/items", "https://gw/shop/items"),
        ("https://gw/api", "https://x/api-docs", "https://gw/api/api-docs"),
        ("https://gw/api/", "https://x/", "https://gw/api/"),
        ("https://gw/api", "https://x", "https://gw/api"),
        ("https://gw", "https://x", "https://gw"),
        ("http://gw:81/a", "https://x/a/b%2Fc/?q=%20&n", "http://gw:81/a/b%2Fc/?q=%20&n"),
    ],
)
def test_link_gets_the_base_url_and_keeps_its_path_and_query(base_url: str, link: str, expected: str) -> None:
    assert rewritten(link, base_url) == expected
