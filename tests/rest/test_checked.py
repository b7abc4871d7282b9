"""Words for what is wrong with a value."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rest.checked import Accepts, JqText, Text, given, mistakes


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    colour: Literal["red", "green"] | None = None
    size: Annotated[int, Accepts("a size"), Field(ge=1)] = 1
    name: Text = Field(alias="fullName")
    path: JqText | None = None
    secret: Text = ""


def told(secret: frozenset[str] = frozenset(), /, **values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"fullName": "x", **values})
    return mistakes(caught.value, Form, lambda name: f"form.{name}", secret)


def test_choices_are_listed() -> None:
    assert told(colour="blue") == ["form.colour: got 'blue', accepts red, green"]


def test_what_a_value_accepts_is_in_its_own_words() -> None:
    assert told(size=0) == ["form.size: got 0, accepts a size"]


def test_a_reason_is_shown_where_it_helps() -> None:
    assert told(path="(")[0].startswith("form.path: got '(', accepts a jq expression (syntax error")


def test_a_secret_is_not_shown() -> None:
    assert told(frozenset({"secret"}), secret=["hunter22"]) == ["form.secret: accepts text"]


def test_an_unknown_name_gets_the_nearest_or_all() -> None:
    assert told(colur=1) == ["form.colur is unknown; did you mean colour?"]
    assert told(xyzxyz=1) == ["form.xyzxyz is unknown; known are colour, size, fullName, path, secret"]


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({})
    assert mistakes(caught.value, Form, str) == ["fullName is missing"]


def test_a_field_is_told_once_however_much_of_it_is_wrong() -> None:
    assert len(told(size="many", colour=5)) == 2


@pytest.mark.parametrize("unset", [None, "", " ", "\n"])
def test_unset_values_are_left_out(unset: str | None) -> None:
    assert given({"a": unset, "b": 0, "c": False, "d": [], "e": "x"}) == {
        "b": 0,
        "c": False,
        "d": [],
        "e": "x",
    }
