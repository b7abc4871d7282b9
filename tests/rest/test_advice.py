"""What the user can change, apart from what is wrong."""

from rest.errors import DoubtError, Mistake


def test_the_advice_names_the_doubt_to_accept() -> None:
    error = DoubtError("some items are missing", hint="Correct it", doubt="skipped_items")
    assert error.advice == "Correct it. If this is expected, set selector.accept: [skipped_items]"


def test_a_mistake_ends_with_its_hint() -> None:
    assert str(Mistake("a", "is wrong", "Correct it")) == "a: is wrong. Correct it"
    assert str(Mistake("a", "is wrong")) == "a: is wrong"
