"""The headers of every request."""

from client import headers_for


def test_header_of_the_user_replaces_a_default_in_any_case() -> None:
    assert headers_for({}) == {"Accept": "application/json, */*;q=0.5", "User-Agent": "ocean-custom"}
    assert headers_for({"ACCEPT": "text/csv", "X-A": "1"}) == {
        "ACCEPT": "text/csv",
        "User-Agent": "ocean-custom",
        "X-A": "1",
    }
