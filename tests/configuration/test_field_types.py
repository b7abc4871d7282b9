"""Words for what is wrong with a value."""

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configuration.answer_rules import AnswerRule
from configuration.field_types import Accepts, JqText, Text, given, mistakes
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Resource
from configuration.settings import Settings
from expressions.paths import jq_path
from rest.errors import ResourceError, SettingsError


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


def settings(**config: Any) -> Settings:
    return Settings.from_config({"base_url": "https://x.io", **config}, {})


def resource(**selector: Any) -> Resource:
    return read_resource("/a", selector, PaginationSettings())


def setting_refused(**config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(**config)
    return str(caught.value)


def selector_refused(**selector: Any) -> str:
    with pytest.raises(ResourceError) as caught:
        resource(**selector)
    return str(caught.value)


RULES = [
    {"when": ".body.ok == false", "as": "retry", "wait": '.headers["retry-in"]'},
    {"when": ".status == 404", "as": "empty"},
]
READ = (
    AnswerRule(jq_path(".body.ok == false"), "retry", jq_path('.headers["retry-in"]')),
    AnswerRule(jq_path(".status == 404"), "empty"),
)


@pytest.mark.parametrize("written", [RULES, json.dumps(RULES)], ids=["list", "JSON"])
def test_rules_for_answers_are_a_list_or_its_json(written: object) -> None:
    assert settings(responses=written).responses == READ
    assert resource(responses=written).endpoint.responses == READ


def test_rules_that_were_checked_are_not_read_again() -> None:
    read = settings(responses=RULES)
    assert Settings.model_validate(dict(read)).responses == READ


@pytest.mark.parametrize("meaning", ["empty", "end", "retry", "rate_limited", "fail", "accept"])
def test_a_rule_has_one_of_six_meanings(meaning: str) -> None:
    assert settings(responses=[{"when": "true", "as": meaning}]).responses[0].action == meaning


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"when": "true", "as": "retry"}, "no list of objects"),
        (["true"], "no list of objects"),
        (5, "no list of objects"),
        ([{"as": "retry"}], "a rule has when and as, and may have wait"),
        ([{"when": "true"}], "a rule has when and as, and may have wait"),
        ([{"when": "true", "as": "retry", "wiat": "1"}], "a rule has when and as, and may have wait"),
        (
            [{"when": "true", "as": "skip"}],
            "'skip' is none of empty, end, retry, rate_limited, fail, accept",
        ),
        ([{"when": "(", "as": "retry"}], "syntax error"),
        ([{"when": "true", "as": "retry", "wait": "("}], "syntax error"),
    ],
    ids=str,
)
def test_a_wrong_rule_is_refused_with_its_reason(written: Any, reason: str) -> None:
    accepts = "accepts a list of rules {when: jq, as: empty | end | retry | rate_limited | fail | accept} ("
    for name, told in (
        ("responses", setting_refused(responses=written)),
        ("selector.responses", selector_refused(responses=written)),
    ):
        assert told.startswith(f"{name}: got ")
        assert f"{accepts}{reason}" in told


@pytest.mark.parametrize("wrong", [{"when": True, "as": "retry"}, {"when": "true", "as": "retry", "wait": 5}])
def test_a_rule_s_jq_is_text(wrong: dict[str, Any]) -> None:
    assert "accepts a list of rules" in setting_refused(responses=[wrong])


def test_rules_that_are_no_json_are_refused() -> None:
    assert setting_refused(responses="[{").startswith("responses: got '[{', accepts a list of rules")


@pytest.mark.parametrize(
    "written",
    [
        ["not_ready", "repeated_items"],
        '["not_ready", "repeated_items"]',
        ' ["repeated_items", "not_ready"] ',
        "not_ready,repeated_items",
        " not_ready , repeated_items, ",
    ],
    ids=str,
)
def test_doubts_are_a_list_its_json_or_names_between_commas(written: object) -> None:
    doubts = {"not_ready", "repeated_items"}
    assert settings(accept=written).accept == doubts
    assert resource(accept=written).accept == doubts


@pytest.mark.parametrize("written", [",", [], "[]"])
def test_no_names_are_no_doubts(written: object) -> None:
    assert settings(accept=written).accept == frozenset()


@pytest.mark.parametrize("written", ["everything", "not_ready, everything", ["everything"], '["x"]', 5, "["])
def test_an_unknown_doubt_is_refused_with_those_that_there_are(written: object) -> None:
    known = "accepts a list of doubts: unread_signal, partial_answer, "
    assert known in setting_refused(accept=written)
    assert known in selector_refused(accept=written)
