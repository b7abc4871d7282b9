"""The types of settings and mapping keys."""

import json
from typing import Any

import pytest

from configuration.answer_rules import AnswerRule
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Resource
from configuration.settings import Settings
from expressions.paths import jq_path
from rest.errors import ResourceError, SettingsError


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
def test_response_rules_are_a_list_or_json(written: object) -> None:
    assert settings(responses=written).responses == READ
    assert resource(responses=written).endpoint.responses == READ


def test_validated_rules_are_not_parsed_again() -> None:
    read = settings(responses=RULES)
    assert Settings.model_validate(dict(read)).responses == READ


@pytest.mark.parametrize("action", ["empty", "end", "retry", "rate_limited", "fail", "accept"])
def test_a_rule_has_one_of_six_actions(action: str) -> None:
    assert settings(responses=[{"when": "true", "as": action}]).responses[0].action == action


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"when": "true", "as": "retry"}, "not a list of objects"),
        (["true"], "not a list of objects"),
        (5, "not a list of objects"),
        ([{"as": "retry"}], "a rule has the keys when and as, and optionally wait"),
        ([{"when": "true"}], "a rule has the keys when and as, and optionally wait"),
        (
            [{"when": "true", "as": "retry", "wiat": "1"}],
            "a rule has the keys when and as, and optionally wait",
        ),
        (
            [{"when": "true", "as": "skip"}],
            "'skip' is not one of empty, end, retry, rate_limited, fail, accept",
        ),
        ([{"when": "(", "as": "retry"}], "syntax error"),
        ([{"when": "true", "as": "retry", "wait": "("}], "syntax error"),
    ],
    ids=str,
)
def test_an_invalid_rule_is_rejected_with_the_reason(written: Any, reason: str) -> None:
    accepts = "accepts a list of rules {when: jq, as: empty | end | retry | rate_limited | fail | accept} ("
    for name, told in (
        ("responses", setting_refused(responses=written)),
        ("selector.responses", selector_refused(responses=written)),
    ):
        assert told.startswith(f"{name}: got ")
        assert f"{accepts}{reason}" in told


@pytest.mark.parametrize("wrong", [{"when": True, "as": "retry"}, {"when": "true", "as": "retry", "wait": 5}])
def test_the_jq_of_a_rule_must_be_a_text(wrong: dict[str, Any]) -> None:
    assert "accepts a list of rules" in setting_refused(responses=[wrong])


def test_rules_in_invalid_json_are_rejected() -> None:
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
def test_doubts_are_a_list_or_json_or_separated_by_commas(written: object) -> None:
    doubts = {"not_ready", "repeated_items"}
    assert settings(accept=written).accept == doubts
    assert resource(accept=written).accept == doubts


@pytest.mark.parametrize("written", [",", [], "[]"])
def test_an_empty_list_of_doubts_is_allowed(written: object) -> None:
    assert settings(accept=written).accept == frozenset()


@pytest.mark.parametrize("written", ["everything", "not_ready, everything", ["everything"], '["x"]', 5, "["])
def test_an_unknown_doubt_is_rejected_with_the_known_ones(written: object) -> None:
    known = "accepts a list of doubts: unread_signal, partial_answer, "
    assert known in setting_refused(accept=written)
    assert known in selector_refused(accept=written)
