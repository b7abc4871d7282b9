"""The names of doubts."""

from rest.doubts import DESCRIPTIONS, DOUBTS


def test_every_doubt_has_a_description() -> None:
    assert tuple(DESCRIPTIONS) == DOUBTS
