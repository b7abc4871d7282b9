"""Rate limits and wait times in responses."""

from email.utils import formatdate

import pytest

from rest.rate_limits import (
    TRANSIENT_STATUSES,
    exhausted_for_s,
    is_rate_limit,
    limit_headers,
    requested_wait_s,
)

NOW = 1_700_000_000.0


def http_date(seconds: float) -> str:
    return formatdate(NOW + seconds, usegmt=True)


def test_transient_statuses_are_those_of_the_specification() -> None:
    assert sorted(TRANSIENT_STATUSES) == [408, 425, 429, 500, 502, 503, 504]


@pytest.mark.parametrize("status", [429, 503, 500, 408])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5.0),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("0.5", 0.5),
        (http_date(30), 30.0),
        (http_date(-30), 0.0),
        ("Tue, 14 Nov 2023 22:13:30 -0000", 10.0),
        ("Tue, 14 Nov 2023 23:13:30 +0100", 10.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("Tue, 99 Foo 2023 10:10:10 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(status: int, text: str, seconds: float | None) -> None:
    assert requested_wait_s(status, {"retry-after": text}, NOW) == seconds


@pytest.mark.parametrize("name", ["ratelimit-reset", "x-ratelimit-reset"])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0", None),
        (str(int(NOW) + 9), 9.0),
        (str((int(NOW) + 9) * 1000), 9.0),
        (str(NOW + 0.5), 0.5),
        (str(int(NOW) - 9), None),
        (str((int(NOW) - 9) * 1000), None),
        ("86400", 86400.0),
        ("tomorrow", None),
    ],
    ids=["seconds", "now", "epoch", "epoch_ms", "fraction", "past", "past_ms", "a_day", "words"],
)
def test_a_reset_is_seconds_or_a_time(name: str, text: str, seconds: float | None) -> None:
    """A reset time in the past, possibly because the clocks differ, is ignored."""
    assert requested_wait_s(429, {name: text}, NOW) == seconds


def test_retry_after_precedes_resets_and_standard_headers_precede_x_headers() -> None:
    headers = {"retry-after": "3", "ratelimit-reset": "4", "x-ratelimit-reset": "5"}
    assert requested_wait_s(429, headers, NOW) == 3
    assert requested_wait_s(429, {**headers, "retry-after": ""}, NOW) == 4
    assert requested_wait_s(429, {"ratelimit-reset": "?", "x-ratelimit-reset": "5"}, NOW) == 5


@pytest.mark.parametrize("order", [1, -1])
def test_standard_headers_take_precedence_in_any_order(order: int) -> None:
    pairs = [("x-ratelimit-reset", "5"), ("ratelimit-reset", "4")][::order]
    assert requested_wait_s(429, dict(pairs), NOW) == 4


@pytest.mark.parametrize(
    ("name", "text", "seconds"),
    [
        ("x-rate-limit-reset", "30", 30),
        ("rate-limit-reset", "30", 30),
        ("x-ratelimit-reset-after", "1.5", 1.5),
        ("x-rate-limit-reset-after", "30", 30),
        ("x-ratelimit-reset", "2023-11-14T22:13:50Z", 30),
        ("x-ratelimit-reset", "2023-11-14T23:13:50.5+01:00", 30.5),
        ("x-ratelimit-reset", "Tue, 14 Nov 2023 22:13:50 GMT", 30),
        ("ratelimit", '"default";r=0;t=30', 30),
        ("ratelimit", '"default"; R = 0; T = 30', 30),
        ("ratelimit", "limit=100, remaining=0, reset=30", 30),
        ("ratelimit", '"default"', None),
        ("ratelimit-limit", "30", None),
        ("ratelimit-policy", '"default";q=100;w=60', None),
        ("x-reset", "30", None),
    ],
)
def test_reset_headers_have_many_names(name: str, text: str, seconds: float | None) -> None:
    assert requested_wait_s(429, {name: text}, NOW) == seconds


def test_a_reset_takes_precedence_over_a_reset_after() -> None:
    """Discord sends both: one is a time, the other is in seconds."""
    headers = {"x-ratelimit-reset-after": "6", "x-ratelimit-reset": str(NOW + 5)}
    assert requested_wait_s(429, headers, NOW) == 5
    assert requested_wait_s(429, {**headers, "x-ratelimit-reset": str(NOW - 5)}, NOW) == 6


@pytest.mark.parametrize("status", [500, 502, 503, 403])
def test_a_reset_is_ignored_if_the_limit_is_not_exhausted(status: int) -> None:
    """Many APIs send it with every response."""
    headers = {"x-ratelimit-reset": "900", "ratelimit-reset": "900", "x-ratelimit-remaining": "12"}
    assert requested_wait_s(status, headers, NOW) is None


@pytest.mark.parametrize("name", ["ratelimit-remaining", "x-ratelimit-remaining"])
@pytest.mark.parametrize("status", [403, 503, 500])
def test_a_reset_counts_if_no_request_remains(status: int, name: str) -> None:
    assert requested_wait_s(status, {name: " 0 ", "x-ratelimit-reset": "9"}, NOW) == 9


def test_the_current_time_is_the_default() -> None:
    assert requested_wait_s(429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert requested_wait_s(503, {}) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9"}, 9),
        ({"ratelimit-remaining": " 0 ", "ratelimit-reset": str(NOW + 9)}, 9),
        ({"ratelimit-remaining": "0", "retry-after": "4", "ratelimit-reset": "9"}, 4),
        ({"ratelimit-remaining": "0", "ratelimit-reset": str(NOW - 9)}, None),
        ({"ratelimit-remaining": "0"}, None),
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": '"default";r=1;t=30'}, None),
        ({"x-rate-limit-remaining": "0.0", "x-rate-limit-reset": "9"}, 9),
        ({"ratelimit-remaining": "3", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9"}, 9),
        ({"ratelimit-remaining": "1", "ratelimit-reset": "9"}, None),
        ({"ratelimit-reset": "9", "retry-after": "4"}, None),
        ({}, None),
    ],
    ids=[
        "older",
        "standard",
        "retry_after",
        "past",
        "no_reset",
        "in_one",
        "one_left_in_one",
        "hyphen",
        "standard_wins",
        "one_left",
        "no_count",
        "nothing",
    ],
)
def test_a_limit_is_exhausted_until_its_reset(headers: dict[str, str], seconds: float | None) -> None:
    assert exhausted_for_s(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "headers", "limit"),
    [
        (429, {}, True),
        (403, {"x-ratelimit-remaining": "0"}, True),
        (403, {"retry-after": "60"}, True),
        (403, {"ratelimit": '"default";r=0;t=30'}, True),
        (403, {"ratelimit": '"default";r=7;t=30'}, False),
        (403, {"x-ratelimit-remaining": "1"}, False),
        (403, {}, False),
        (503, {"retry-after": "60"}, False),
        (200, {"x-ratelimit-remaining": "0"}, False),
    ],
)
def test_a_rate_limit_is_a_429_or_a_403_with_rate_limit_headers(
    status: int, headers: dict[str, str], *, limit: bool
) -> None:
    assert is_rate_limit(status, headers) is limit


@pytest.mark.parametrize(
    ("name", "text", "seconds"),
    [
        ("retry-after-ms", "500", 0.5),
        ("x-ms-retry-after-ms", "1500", 1.5),
        ("x-retry-in", "29000ms", 29),
        ("x-retry-after", "7", 7),
        ("x-rate-limit-retry-after-seconds", "29", 29),
        ("x_ratelimit_retry_after", "30 seconds", 30),
        ("retry-after", "1m30.5s", 90.5),
        ("retry-after", "PT1M30S", 90),
        ("retry-after", "P", None),
        ("retry-after", str(int(NOW) + 9), 9),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_wait_times_have_many_names_and_units(
    name: str, text: str, seconds: float | None, status: int
) -> None:
    assert requested_wait_s(status, {name: text}, NOW) == seconds


def test_retry_after_precedes_its_variants() -> None:
    assert requested_wait_s(429, {"retry-after-ms": "900", "retry-after": "1"}, NOW) == 1
    assert requested_wait_s(429, {"retry-after-ms": "900", "retry-after": "?"}, NOW) == 0.9


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (
            {
                "x-ratelimit-remaining-requests": "5",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-reset-tokens": "6m0s",
            },
            360,
        ),
        (
            {
                "vendor-ratelimit-requests-remaining": "0",
                "vendor-ratelimit-requests-reset": "2023-11-14T22:13:50Z",
                "vendor-ratelimit-tokens-reset": "2024-11-14T22:13:50Z",
            },
            30,
        ),
        ({"ratelimit": '"burst";r=0;t=5, "day";r=90;t=3600'}, 5),
        ({"ratelimit": '"burst";r=0;t=5, "day";r=0;t=3600'}, 3600),
        ({"ratelimit": '"burst";r=3;t=5, "day";r=90;t=3600'}, None),
        ({"x-ratelimit-remaining": "0, 1200", "x-ratelimit-reset": "1, 1419704"}, 1),
        ({"vendor-ratelimit-tickets-index": "total=100; remaining=0; resets=35"}, 35),
        ({"ratelimit-remaining": "0;w=21600", "ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-remaining-second": "0", "ratelimit-reset": "8"}, 8),
        ({"x-ratelimit-remaining-second": "0", "x-ratelimit-reset-day": "80000"}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset-ms": "2500"}, 2.5),
        ({"x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": f"{NOW + 9:.0f}000"}, 9),
        ({"x-shop-api-call-limit": "40/40", "x-ratelimit-reset": "2"}, 2),
        ({"x-shop-api-call-limit": "39/40", "x-ratelimit-reset": "2"}, None),
        ({"x-shop-api-call-limit": "0/0", "x-ratelimit-reset": "2"}, None),
        ({"x-throttle-remaining": "0", "x-throttle-reset": "4"}, 4),
        ({"x-rate-limit-problem": "minute", "x-ratelimit-limit": "60"}, None),
        ({"x-request-id": "0", "x-rate-plan": "0"}, None),
    ],
)
def test_each_limit_has_its_own_reset(headers: dict[str, str], seconds: float | None) -> None:
    """APIs limit requests and tokens, or seconds and days, and only the exhausted limit causes a wait."""
    assert exhausted_for_s(headers, NOW) == seconds


def test_the_names_of_rate_limit_headers_are_listed() -> None:
    headers = dict.fromkeys(["date", "x-retry-in", "x-ratelimit-reset", "x-shop-api-call-limit"], "1")
    assert limit_headers(headers) == ["x-retry-in", "x-ratelimit-reset", "x-shop-api-call-limit"]
