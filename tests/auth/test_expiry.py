"""When a login expires, in the forms in which APIs say it."""

from datetime import UTC, datetime

import pytest

from auth.expiry import lifetime_s
from expressions.paths import setting_path
from rest.bodies import Json

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": "3600s"}, 3600),
        ({"expires_in": 0.5}, 0.5),
        ({"expires_in": 10**6}, 10**6),
        ({"expiresIn": 60}, 60),
        ({"expires_on": str(EPOCH + 60)}, 60),
        ({"expires_at": EPOCH + 60}, 60),
        ({"expires_at": (EPOCH + 60) * 1000}, 60),
        ({"expires_at": "2026-03-01T13:00:00Z"}, 3600),
        ({"expires_at": "2026-03-01T15:00:00.000+02:00"}, 3600),
        ({"expiresAt": "Sun, 01 Mar 2026 12:01:00 GMT"}, 60),
        ({"expires_in": None, "expires_at": EPOCH + 60}, 60),
        ({"expires_in": 60, "expires_at": EPOCH + 600}, 60),
        ({"expires_in": 0}, None),
        ({"expires_in": -5}, None),
        ({"expires_at": EPOCH - 60}, None),
        ({"expires_in": True}, None),
        ({"expires_in": [60]}, None),
        ({"expires_in": "soon"}, None),
        ({"expires_in": "9" * 400}, None),
        ({"expires_at": 1e300}, None),
        ({"other": 60}, None),
        ("text", None),
        (None, None),
    ],
    ids=str,
)
def test_lifetime_is_read_from_the_usual_fields(body: Json, expected: float | None) -> None:
    assert lifetime_s(body, None, NOW) == expected


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("data.valid_for", {"data": {"valid_for": "90"}, "expires_in": 5}, 90),
        ("data.until", {"data": {"until": "2026-03-01 12:02:00"}}, 120),
        ("data.none", {"data": {}}, None),
        (".data[0]", {"data": {"a": 1}}, None),
    ],
    ids=str,
)
def test_lifetime_is_read_at_the_path(path: str, body: Json, expected: float | None) -> None:
    assert lifetime_s(body, setting_path(path), NOW) == expected


@pytest.mark.process
def test_path_can_be_jq_and_fail() -> None:
    assert lifetime_s({"ms": 60_000}, setting_path(".ms / 1000"), NOW) == 60
    assert lifetime_s({"ms": "x"}, setting_path(".ms / 1000"), NOW) is None
