"""The user's rules for responses."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from configuration.answer_rules import NO_RULES, AnswerAction, AnswerRule, AnswerRules, RuleMatch
from expressions.paths import jq_path
from rest.errors import ResourceError
from rest.response import Reader, Response


def rule(when: str, meaning: AnswerAction = "retry", wait: str | None = None) -> AnswerRule:
    return AnswerRule(jq_path(when), meaning, None if wait is None else jq_path(wait))


def rules(*responses: AnswerRule, **on_status: Any) -> AnswerRules:
    return AnswerRules(
        {int(name.removeprefix("s")): meaning for name, meaning in on_status.items()}, responses
    )


def answer(content: bytes = b"{}", status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, headers or {}, content)


async def wait_of(
    wait: str, content: bytes = b"{}", headers: Mapping[str, str] | None = None
) -> float | None:
    match = await rules(rule("true", wait=wait)).match(answer(content, headers=headers))
    assert match is not None
    return match.wait_s


async def test_without_rules_there_is_no_match() -> None:
    assert await NO_RULES.match(answer(status=500)) is None


async def test_the_first_match_decides() -> None:
    ruleset = rules(
        rule(".body.code == 1", "retry"), rule(".body.code == 2", "empty"), rule(".body.code > 0", "fail")
    )
    matches = [await ruleset.match(answer(f'{{"code": {code}}}'.encode())) for code in range(4)]
    assert matches == [None, RuleMatch("retry"), RuleMatch("empty"), RuleMatch("fail")]


async def test_a_rule_reads_status_headers_and_body() -> None:
    ruleset = rules(rule('.status == 200 and .headers["x-state"] == "busy" and .body == [1]'))
    assert await ruleset.match(answer(b"[1]", headers={"x-state": "busy"})) == RuleMatch("retry")
    assert await ruleset.match(answer(b"[1]", 201, {"x-state": "busy"})) is None
    assert await ruleset.match(answer(b"[1]", headers={"x-state": "idle"})) is None
    assert await ruleset.match(answer(b"[2]", headers={"x-state": "busy"})) is None


async def test_on_status_comes_after_the_rules() -> None:
    ruleset = rules(rule(".body.gone", "end"), s404="empty")
    assert await ruleset.match(answer(b'{"gone": true}', 404)) == RuleMatch("end")
    assert await ruleset.match(answer(b'{"gone": false}', 404)) == RuleMatch("empty")
    assert await ruleset.match(answer(b'{"gone": false}', 410)) is None


async def test_on_status_needs_no_rules() -> None:
    assert await rules(s500="fail").match(answer(status=500)) == RuleMatch("fail")


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("true", True),
        ("1", True),
        ("0", True),
        ('""', True),
        ("[]", True),
        ("{}", True),
        ("false", False),
        ("null", False),
    ],
)
@pytest.mark.parametrize("when", [".body.error", ".body.error | ."], ids=["plain path", "jq"])
async def test_every_value_but_null_and_false_matches(when: str, value: str, *, fits: bool) -> None:
    match = await rules(rule(when)).match(answer(f'{{"error": {value}}}'.encode()))
    assert match == (RuleMatch("retry") if fits else None)


@pytest.mark.parametrize("when", [".body.error", ".body.error?", "empty", ".body.errors[]?"])
async def test_a_missing_key_and_no_output_do_not_match(when: str) -> None:
    assert await rules(rule(when)).match(answer()) is None


async def test_only_the_first_output_counts() -> None:
    assert await rules(rule("false, true")).match(answer()) is None
    assert await rules(rule("true, false")).match(answer()) == RuleMatch("retry")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3),
        ("0", 0),
        ("0.5", 0.5),
        ('"7"', 7),
        ('" 1.5 "', 1.5),
        ("-1", None),
        ('"-1"', None),
        ('"soon"', None),
        ("-1.5", None),
        ('"250ms"', 0.25),
        ('"PT2M"', 120),
        ("1700000000", 0),
        ('"2001-02-03T04:05:06Z"', 0),
        ("true", None),
        ('""', None),
        ('"nan"', None),
        ('"inf"', None),
        ("null", None),
        ("[3]", None),
        pytest.param("9" * 400, None, id="huge"),
        ('{"s": 3}', None),
    ],
)
async def test_a_wait_is_a_number_of_seconds_a_duration_or_a_time(value: str, seconds: float | None) -> None:
    assert await wait_of(".body.wait", f'{{"wait": {value}}}'.encode()) == seconds


@pytest.mark.parametrize("form", ["{:.0f}", "{:.3f}", '"{:.0f}"', "ms", "iso", "http"])
async def test_a_wait_until_a_time_is_read_in_all_forms(form: str) -> None:
    until = time.time() + 100
    texts = {
        "ms": f"{until * 1000:.0f}",
        "iso": f'"{datetime.fromtimestamp(until, UTC).isoformat()}"',
        "http": f'"{format_datetime(datetime.fromtimestamp(until, UTC), usegmt=True)}"',
    }
    wait = await wait_of(".body.reset", f'{{"reset": {texts.get(form) or form.format(until)}}}'.encode())
    assert wait is not None
    assert 60 < wait <= 101


async def test_a_wait_can_be_computed_and_can_be_empty() -> None:
    assert await wait_of('.headers["retry-in-ms"] | tonumber / 1000', headers={"retry-in-ms": "1500"}) == 1.5
    assert await wait_of("empty") is None


async def test_the_wait_of_a_rule_that_does_not_match_is_not_evaluated() -> None:
    ruleset = rules(rule("false", wait='error("asked")'), rule("true", "empty"))
    assert await ruleset.match(answer()) == RuleMatch("empty")


@pytest.mark.parametrize("when", [".body.code", '.body | tonumber | error("x")', 'error("x")'])
async def test_a_rule_that_fails_is_a_resource_error(when: str) -> None:
    with pytest.raises(ResourceError) as caught:
        await rules(rule(when)).match(answer(b"[]"))
    assert str(caught.value).startswith(f"responses: {when} fails on a response: ")
    assert caught.value.hint == "Correct the expression"


async def test_a_wait_that_fails_is_a_resource_error() -> None:
    with pytest.raises(ResourceError, match=r"^responses: \.body \| tonumber fails on a response: "):
        await wait_of(".body | tonumber", b'"soon"')


async def test_a_body_that_is_not_json_is_a_text() -> None:
    ruleset = rules(rule('.body | type == "string" and contains("maintenance")', "retry"))
    html = "<p>Down for maintenance é".encode()
    assert await ruleset.match(answer(html, headers={"content-type": "text/html"})) == RuleMatch("retry")
    assert await ruleset.match(answer(b"<p>Welcome")) is None


async def test_invalid_utf_8_is_replaced() -> None:
    assert await rules(rule('.body == "a\ufffdb"')).match(answer(b"a\xffb")) == RuleMatch("retry")


@pytest.mark.parametrize("content", [b"", b" \n"])
async def test_an_empty_body_is_null(content: bytes) -> None:
    assert await rules(rule(".body == null", "empty")).match(answer(content)) == RuleMatch("empty")


class Unread:
    """A stored body that must not be read as a whole."""

    size = 2**30

    def reader(self) -> Reader:
        raise AssertionError("it is read")


async def test_a_large_body_is_null_and_is_not_read() -> None:
    large = Response(200, {"x-state": "busy"}, b'{"error": ', large=Unread())
    ruleset = rules(rule(".body.error"), rule('.body == null and .headers["x-state"] == "busy"', "accept"))
    assert await ruleset.match(large) == RuleMatch("accept")
