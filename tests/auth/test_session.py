"""When a session has to be renewed."""

import pytest

from auth.login import Login
from auth.request_parts import RequestParts
from auth.session import Session

NOW = 1000.0


@pytest.mark.parametrize(
    ("lifetime_s", "renewed_after_s"),
    [(3600.0, 3540.0), (130.0, 70.0), (120.0, 60.0), (60.0, 30.0), (1.0, 0.5)],
)
def test_session_is_renewed_a_minute_before_it_expires_or_halfway(
    lifetime_s: float, renewed_after_s: float
) -> None:
    session = Session.of(Login(RequestParts(), lifetime_s=lifetime_s), {}, NOW)
    assert session.renew_at == NOW + renewed_after_s
    assert not session.is_due(NOW + renewed_after_s - 0.1)
    assert session.is_due(NOW + renewed_after_s)


def test_session_without_a_lifetime_is_never_renewed() -> None:
    assert not Session.of(Login(RequestParts()), {}, NOW).is_due(NOW * 1000)


def test_session_does_not_show_its_credentials_in_its_repr() -> None:
    login = Login(RequestParts(headers={"Authorization": "Bearer t0ken"}), ["t0ken"])
    assert "t0ken" not in repr(login) + repr(Session.of(login, {"session": "t0ken"}, NOW))
