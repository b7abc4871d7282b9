"""Challenges of WWW-Authenticate headers."""

import pytest

from rest.challenges import Challenge, read_challenges

type Read = list[tuple[str, dict[str, str]]]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("Basic", [("basic", {})]),
        ('Basic realm="a, b"', [("basic", {"realm": "a, b"})]),
        (r'Digest realm="a \"b\" \\", NONCE=abc', [("digest", {"realm": 'a "b" \\', "nonce": "abc"})]),
        ("Negotiate, NTLM", [("negotiate", {}), ("ntlm", {})]),
        ("Negotiate YII= , Basic", [("negotiate", {}), ("basic", {})]),
        # RFC 9110 §11.6.1 has this example.
        (
            'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
            [
                ("basic", {"realm": "simple"}),
                ("newauth", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
            ],
        ),
        (
            'Digest nonce="1" , qop = "auth,auth-int",algorithm=SHA-256, Digest nonce="2"',
            [
                ("digest", {"nonce": "1", "qop": "auth,auth-int", "algorithm": "SHA-256"}),
                ("digest", {"nonce": "2"}),
            ],
        ),
        (", ,Basic a=1, a=2", [("basic", {"a": "1"})]),
        ('Digest nonce="unterminated', [("digest", {}), ("nonce", {})]),
        ("Basic, \N{SNOWMAN}", [("basic", {})]),
    ],
)
def test_challenges_are_read_in_order(header: str, expected: Read) -> None:
    assert read_challenges(header) == [Challenge(scheme, params) for scheme, params in expected]
