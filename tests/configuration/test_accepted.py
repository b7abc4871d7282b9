"""What fields accept, in words, and the lines for values that they do not accept."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configuration.accepted import Accepts, mistakes_in, without_unset
from configuration.field_types import JqText, Text


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    colour: Literal["red", "green"] | None = None
    size: Annotated[int, Accepts("a size"), Field(ge=1)] = 1
    name: Text = Field(alias="fullName")
    path: JqText | None = None
    secret: Text = ""


def lines(secrets: frozenset[str] = frozenset(), /, **values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"fullName": "x", **values})
    return list(map(str, mistakes_in(caught.value, Form, lambda name: f"form.{name}", secrets)))


def test_choices_are_listed() -> None:
    assert lines(colour="blue") == ["form.colour: got 'blue', accepts red, green"]


def test_a_note_says_what_a_field_accepts() -> None:
    assert lines(size=0) == ["form.size: got 0, accepts a size"]


def test_a_reason_is_shown_if_the_note_asks_for_it() -> None:
    assert lines(path="(")[0].startswith("form.path: got '(', accepts a jq expression (syntax error")


def test_a_secret_is_not_shown() -> None:
    assert lines(frozenset({"secret"}), secret=["hunter22"]) == ["form.secret: accepts text"]


def test_an_unknown_key_gets_a_suggestion_or_all_known_keys() -> None:
    assert lines(colur=1) == ["form.colur: is unknown; did you mean colour?"]
    assert lines(xyzxyz=1) == ["form.xyzxyz: is unknown; known keys are colour, size, fullName, path, secret"]


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({})
    assert list(map(str, mistakes_in(caught.value, Form, str))) == ["fullName: is missing"]


def test_each_field_has_one_line() -> None:
    assert len(lines(size="many", colour=5)) == 2


@pytest.mark.parametrize("unset", [None, "", " ", "\n"])
def test_none_and_blank_texts_are_unset(unset: str | None) -> None:
    assert without_unset({"a": unset, "b": 0, "c": False, "d": [], "e": "x"}) == {
        "b": 0,
        "c": False,
        "d": [],
        "e": "x",
    }
