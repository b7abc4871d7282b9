"""Batches are mapped by real workers."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mapping import EntityMapping, Failure, Mapped, Mapper, Refusal, WorkerLimits, message_of, open_mapper
from rest.errors import ResourceError

pytestmark = pytest.mark.process

JQ = " | ."  # no shortcut knows it
FIELDS = {"identifier": ".id", "blueprint": '"task"'}


@pytest.fixture
async def mapper() -> AsyncIterator[Mapper]:
    async with open_mapper(WorkerLimits(count=2, timeout_s=30)) as mapper:
        yield mapper


def has_workers(mapper: Mapper) -> bool:
    return bool(mapper._workers._started)


@pytest.mark.parametrize("suffix", ["", JQ], ids=["without jq", "with jq"])
async def test_items_become_entities_in_their_order(mapper: Mapper, suffix: str) -> None:
    fields: dict[str, Any] = {
        "identifier": f".id{suffix}",
        "title": ".name",
        "blueprint": '"task"',
        "properties": {"score": ".score", "large": ".large", "first": ".tags[0].name", "none": ".none"},
        "relations": {"owner": ".owner.id", "others": ".others"},
    }
    items: list[Any] = [
        {
            "id": 2,
            "name": "b",
            "score": 1.0,
            "large": 2**60 + 1,
            "owner": {"id": 2**60 + 1},
            "others": [1, "a"],
        },
        {"id": "a", "name": "a", "score": 0.5, "tags": [{"name": "x"}]},
    ]
    mapped = await mapper.map(EntityMapping(fields), items)
    assert json.dumps(mapped.passed) == json.dumps(
        [
            {
                "identifier": "2",
                "title": "b",
                "blueprint": "task",
                "properties": {"score": 1, "large": 2**60 + 1, "first": None, "none": None},
                "relations": {"owner": str(2**60 + 1), "others": ["1", "a"]},
            },
            {
                "identifier": "a",
                "title": "a",
                "blueprint": "task",
                "properties": {"score": 0.5, "large": None, "first": "x", "none": None},
                "relations": {"owner": None, "others": None},
            },
        ]
    )
    assert list(mapped.misconfigured.items()) == [
        ("properties.first", ".tags[0].name"),
        ("properties.none", ".none"),
        ("properties.large", ".large"),
        ("relations.owner", ".owner.id"),
        ("relations.others", ".others"),
    ]
    assert has_workers(mapper) is bool(suffix)


@pytest.mark.parametrize("suffix", ["", JQ], ids=["without jq", "with jq"])
@pytest.mark.parametrize(
    ("every", "passed", "failed", "skipped"),
    [(False, ["a"], [], 2), (True, ["a"], ["b"], 1)],
    ids=["passing", "every"],
)
async def test_query_selects_items(
    mapper: Mapper, suffix: str, passed: list[str], failed: list[str], skipped: int, *, every: bool
) -> None:
    mapping = EntityMapping(FIELDS, f".state == 'open'{suffix}")
    items: list[Any] = [
        {"id": "a", "state": "open"},
        {"id": "b", "state": "shut"},
        {"id": "", "state": "open"},
    ]
    mapped = await mapper.map(mapping, items, every=every)
    assert [entity["identifier"] for entity in mapped.passed] == passed
    assert [entity["identifier"] for entity in mapped.failed] == failed
    assert mapped.incomplete == [{"identifier": None, "blueprint": "task"}]
    assert mapped.skipped == skipped


async def test_incomplete_items_that_the_query_excludes_are_only_counted(mapper: Mapper) -> None:
    mapped = await mapper.map(EntityMapping(FIELDS, "false"), [{}], every=True)
    assert mapped == Mapped(skipped=1, misconfigured={"identifier": ".id"})


@pytest.mark.parametrize("suffix", ["", JQ], ids=["without jq", "with jq"])
@pytest.mark.parametrize("value", ["yes", None, 1.0, 2**60 + 1], ids=str)
async def test_query_without_a_boolean_rejects_only_that_item(
    mapper: Mapper, suffix: str, value: Any
) -> None:
    query = f".ok{suffix}"
    items: list[Any] = [{"id": "a", "ok": True}, {"id": "b", "ok": value}]
    mapped = await mapper.map(EntityMapping(FIELDS, query), items)
    assert len(mapped.passed) == 1
    assert mapped.refused == [Refusal(query, [value])]
    assert mapped.skipped == 0


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("empty", []),
        (".a.b", {"error": 'Cannot index number with string ("b")'}),
        ("error", {"error": {"a": 1}}),
    ],
)
async def test_query_without_output_or_with_an_error_rejects_the_item(
    mapper: Mapper, query: str, outcome: Any
) -> None:
    mapped = await mapper.map(EntityMapping(FIELDS, query), [{"a": 1}])
    assert mapped == Mapped(refused=[Refusal(query, outcome)], lost=[0])


async def test_query_that_is_no_jq_rejects_all_items(mapper: Mapper) -> None:
    mapped = await mapper.map(EntityMapping(FIELDS, "(("), [{}, {}])
    assert ["syntax error" in str(refusal.outcome) for refusal in mapped.refused] == [True, True]


async def test_failing_field_does_not_affect_others(mapper: Mapper) -> None:
    fields = {**FIELDS, "title": ".id.name", "icon": ".none | error", "team": "nonsense"}
    mapped = await mapper.map(EntityMapping(fields), [{"id": 1}])
    (entity,) = mapped.passed
    assert entity == {"identifier": "1", "blueprint": "task", "title": None, "icon": None, "team": None}
    assert mapped.failures[:2] == [
        Failure("title", ".id.name", 'Cannot index number with string ("name")'),
        Failure("icon", ".none | error", "null"),
    ]
    assert mapped.failures[2].message.startswith("jq: error: nonsense/0 is not defined")
    assert mapped.misconfigured == {"title": ".id.name", "icon": ".none | error", "team": "nonsense"}


async def test_field_that_is_no_string_is_misconfigured(mapper: Mapper) -> None:
    """`title:` without a value. Ocean reports it for each item."""
    fields: dict[str, Any] = {**FIELDS, "title": None}
    mapped = await mapper.map(EntityMapping(fields), [{"id": 1}, {"id": 2}])
    message = "expected string or bytes-like object, got 'NoneType'"
    assert [str(failure.message) for failure in mapped.failures] == [message, message]
    assert mapped.passed[1] == {"identifier": "2", "blueprint": "task", "title": None}
    assert not has_workers(mapper)


@pytest.mark.parametrize("name", ["identifier", "relations", "team"])
async def test_search_rules_are_mapped_and_keep_their_structure(mapper: Mapper, name: str) -> None:
    rule = {"property": "'$title'", "operator": '"="', "value": ".number"}
    rules = {"combinator": '"and"', "rules": [rule, {**rule, "value": "empty"}]}
    field: Any = {"owner": rules} if name == "relations" else rules
    mapped = await mapper.map(EntityMapping({**FIELDS, name: field}), [{"id": 1, "number": 5}])
    found: Any = mapped.passed[0][name]
    found = found["owner"] if name == "relations" else found
    path = "relations.owner.rules.value" if name == "relations" else f"{name}.rules.value"
    assert found == {
        "combinator": "and",
        "rules": [
            {"property": "$title", "operator": "=", "value": 5},
            {"property": "$title", "operator": "=", "value": None},
        ],
    }
    assert mapped.failures == [Failure(path, "empty", "StopIteration()")]
    assert mapped.misconfigured == {path: "empty"}


async def test_items_that_need_jq_and_others_are_mapped_together(mapper: Mapper) -> None:
    """A field of the first item fails. The second item needs no jq."""
    mapped = await mapper.map(EntityMapping({**FIELDS, "title": ".a.b"}), [{"id": 1, "a": 5}, {"id": 2}])
    assert [entity["identifier"] for entity in mapped.passed] == ["1", "2"]
    assert len(mapped.failures) == 1
    assert has_workers(mapper)


async def test_item_that_is_no_unicode_does_not_affect_others(mapper: Mapper) -> None:
    mapped = await mapper.map(EntityMapping(FIELDS), [{"id": 1, "other": "\ud800"}, {"id": 2}])
    assert [entity["identifier"] for entity in mapped.passed] == ["2"]
    assert "surrogate pair escape" in str(mapped.refused[0].outcome)


async def test_large_batches_keep_their_order(mapper: Mapper) -> None:
    """The batch is divided between both workers, and each part again because of its size."""
    items: list[Any] = [{"id": number, "text": "x" * 100_000} for number in range(130)]
    mapped = await mapper.map(EntityMapping({**FIELDS, "title": ".text | length"}), items)
    assert [entity["identifier"] for entity in mapped.passed] == [str(number) for number in range(130)]
    assert {entity["title"] for entity in mapped.passed} == {100_000}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1e1000", 1.7976931348623157e308),
        ("-1e1000", -1.7976931348623157e308),
        ("1.50", 1.5),
        ("1e2", 100),
        ("1e-7", 1e-07),
        ("nan", None),
        ("12345678901234567890", 12345678901234567890),
    ],
)
async def test_numbers_are_as_in_ocean_but_keep_their_digits(
    mapper: Mapper, number: str, expected: Any
) -> None:
    mapped = await mapper.map(EntityMapping({**FIELDS, "title": number}), [{"id": 1}])
    assert json.dumps(mapped.passed[0]["title"]) == json.dumps(expected)


async def test_batch_that_takes_too_long_fails() -> None:
    async with open_mapper(WorkerLimits(count=2, timeout_s=0.5)) as mapper:
        mapping = EntityMapping({**FIELDS, "title": "if .id == 99 then last(repeat(1)) else 1 end"})
        with pytest.raises(ResourceError, match="took longer than"):
            await mapper.map(mapping, [{"id": number} for number in range(100)])
        assert (await mapper.map(mapping, [{"id": 1}])).passed


async def test_batches_are_mapped_concurrently(mapper: Mapper) -> None:
    mapping = EntityMapping({**FIELDS, "title": ".id + 1"})
    results = await asyncio.gather(*(mapper.map(mapping, [{"id": number}]) for number in range(20)))
    assert [mapped.passed[0]["title"] for mapped in results] == list(range(1, 21))


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        (".list", [[1, {"id": 2**60 + 1}]]),
        (".list | map(.)", [[1, {"id": 2**60 + 1}]]),
        (". | del(.list, .text)", [{"id": 2**60 + 1}]),
        (".list[]", [1]),
        ("empty", []),
        ("'x'", ["x"]),
        (".id.name", {"error": 'Cannot index number with string ("name")'}),
    ],
)
async def test_first_output_of_one_expression(mapper: Mapper, expression: str, outcome: Any) -> None:
    item: Any = {"id": 2**60 + 1, "list": [1, {"id": 2**60 + 1}]}
    assert await mapper.first(expression, item) == outcome


async def test_first_output_for_an_item_that_is_no_unicode(mapper: Mapper) -> None:
    outcome = await mapper.first(".a", {"a": "\ud800"})
    assert isinstance(outcome, dict)
    assert "surrogate pair escape" in message_of(outcome)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'a'", "a"),
        (".x // 'a'", "a"),
        ("'it''s'", "it''s"),
        ('"it\'s"', "it's"),
        ("'a' + 'b'", "ab"),
        ("'a'\n", "a"),
        ("[\"a\", 'b'] | last", None),
    ],
)
async def test_single_quotes_around_a_word_are_double_quotes(
    mapper: Mapper, written: str, value: str | None
) -> None:
    mapped = await mapper.map(EntityMapping({**FIELDS, "title": written}), [{"id": 1}])
    assert mapped.passed[0]["title"] == value
