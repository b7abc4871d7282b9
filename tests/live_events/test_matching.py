"""From an event to the changes that it reports."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from expressions.process import JqLimits
from expressions.program import JqProgram
from live_events import matching
from live_events.change import Change, LiveKind
from live_events.event import Event
from live_events.matching import MOST_ITEMS, Matcher, changes_of
from rest.bodies import Json
from rest.errors import ItemsError

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_FETCH = {"values": {"id": ".id"}, "fetch": "/x/{id}"}


def live_kind(webhook: Mapping[str, Any], kind: str = "/x", index: int = 0, **selector: Any) -> LiveKind:
    return LiveKind(index, read_resource(kind, {"webhook": webhook, **selector}, PaginationSettings()))


def event(
    body: Json, *, is_signed: bool = True, query: Mapping[str, str] | None = None, **headers: str
) -> Event:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Event(named, query or {}, body, is_signed, _NOW)


def changes(webhook: Mapping[str, Any], reported: Event, **selector: Any) -> list[Change]:
    """Return the changes of one kind. Raises the first error."""
    found, errors = changes_of(reported, [live_kind(webhook, **selector)])
    for error in errors:
        raise error
    return found


def error_of(webhook: Mapping[str, Any], reported: Event) -> str:
    found, errors = changes_of(reported, [live_kind(webhook)])
    assert found == []
    (error,) = errors
    assert isinstance(error, ItemsError)
    return str(error)


def test_values_come_from_the_item_and_the_event() -> None:
    webhook = {
        "when": '.headers["x-event"] == "pull" and .query.v == "1"',
        "items": ".body.pull",
        "values": {
            "repo": "$event.body.repo.name",
            "number": ".number",
            "draft": ".draft",
            "v": "$event.query.v",
        },
        "fetch": "/repos/{+repo}/pulls/{number}?{draft}={v}",
    }
    body: Json = {"pull": {"number": 7, "draft": False}, "repo": {"name": "a/b"}}
    (change,) = changes(webhook, event(body, query={"v": "1"}, x_event="pull"))
    assert change.values == {"repo": "a/b", "number": 7, "draft": False, "v": "1"}
    assert change.key == (0, "false", "7", "a/b", "1", "")
    assert (change.is_deletion, change.is_signed, change.received_at) == (False, True, _NOW)
    assert change.item == {"number": 7, "draft": False}
    assert change.size == len(json.dumps(change.item))
    assert change.needs_request
    assert changes(webhook, event(body, query={"v": "2"}, x_event="pull")) == []


def test_numbers_keep_their_digits() -> None:
    (change,) = changes(_FETCH, event({"id": 12345678901234567890123}))
    assert change.values == {"id": 12345678901234567890123}
    assert change.item == {"id": 12345678901234567890123}


@pytest.mark.parametrize(
    ("items", "body", "ids"),
    [
        (None, {"id": 1}, [1]),
        (None, [{"id": 1}, {"id": 2}], [1, 2]),
        (".body.all", {"all": [{"id": 1}, {"id": 2}]}, [1, 2]),
        (".body.all[]", {"all": [{"id": 1}, {"id": 2}]}, [1, 2]),
        (".body.all", {"all": []}, []),
        (".body.all", {}, []),
        (".body.all, .body.one", {"one": {"id": 1}}, [1]),
        ("empty", {"id": 1}, []),
    ],
)
def test_items_are_one_thing_or_several(items: str | None, body: Json, ids: list[int]) -> None:
    webhook = {**_FETCH, **({"items": items} if items else {})}
    assert [change.values["id"] for change in changes(webhook, event(body))] == ids


def test_items_can_be_plain_values() -> None:
    webhook = {"items": ".body.ids", "values": {"id": "."}, "fetch": "/x/{id}"}
    found = changes(webhook, event({"ids": [1, "b"]}))
    assert [(change.values, change.item) for change in found] == [
        ({"id": 1}, {"value": 1}),
        ({"id": "b"}, {"value": "b"}),
    ]


def test_event_without_a_body_can_have_its_values_elsewhere() -> None:
    webhook = {"values": {"id": "$event.query.id"}, "fetch": "/x/{id}"}
    (change,) = changes(webhook, event(None, query={"id": "5"}))
    assert (change.values, change.item) == ({"id": "5"}, None)
    assert changes({}, event(None)) == []


def test_comments_and_definitions_stay_within_their_expression() -> None:
    webhook = {
        "when": "def f: true; f # a comment",
        "items": ".body # ) | (",
        "values": {"id": "def g: .id; g # x \\"},
        "fetch": "/x/{id}",
        "delete": ". as {body: $b} | $b.gone # y",
    }
    (change,) = changes(webhook, event({"id": 1, "gone": True}))
    assert (change.values, change.is_deletion) == ({"id": 1}, True)


@pytest.mark.parametrize(("when", "is_match"), [("true", True), (".body.id", True), ("null", False)])
def test_condition_is_true_as_in_jq(when: str, *, is_match: bool) -> None:
    assert bool(changes({**_FETCH, "when": when}, event({"id": 1}))) is is_match
    assert changes({**_FETCH, "when": "empty"}, event({"id": 1})) == []


def test_one_event_can_be_for_several_kinds() -> None:
    kinds = [live_kind(_FETCH, index=3), live_kind({"when": "false"}, index=4), live_kind(_FETCH, "/y", 5)]
    found, errors = Matcher(kinds).changes_of(event({"id": 1}))
    assert [change.kind.index for change in found] == [3, 5]
    assert errors == []


def test_mapping_without_webhooks_has_no_changes() -> None:
    assert changes_of(event({"id": 1}), []) == ([], [])


@pytest.mark.parametrize("delete", [".body.gone", "$item.gone", ".body.gone, error(1)"])
def test_deletion_is_told_by_the_event_or_the_item(delete: str) -> None:
    webhook = {**_FETCH, "delete": delete}
    assert [change.is_deletion for change in changes(webhook, event({"id": 1, "gone": True}))] == [True]


@pytest.mark.parametrize("gone", [False, None])
def test_what_is_not_deleted_is_updated(*, gone: bool | None) -> None:
    webhook = {**_FETCH, "delete": ".body.gone"}
    assert [change.is_deletion for change in changes(webhook, event({"id": 1, "gone": gone}))] == [False]
    assert [each.is_deletion for each in changes({**_FETCH, "delete": "empty"}, event({"id": 1}))] == [False]


def test_event_that_is_not_signed_is_only_a_hint() -> None:
    """Neither its deletion nor its item is kept."""
    webhook = {**_FETCH, "delete": ".body.gone"}
    (change,) = changes(webhook, event({"id": 1, "gone": True}, is_signed=False))
    assert (change.is_deletion, change.item, change.size, change.needs_request) == (False, None, 0, True)
    assert "selector.webhook.fetch is missing" in error_of(
        {"values": {"id": ".id"}}, event({"id": 1}, is_signed=False)
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            None,
            "selector.webhook.values.id is null or empty in an event. Correct selector.webhook.values.id, or",
        ),
        ("", "selector.webhook.values.id is null or empty in an event"),
        ({"a": 1}, "must return a string, number or boolean, but returned a value of type object"),
        ([1], "must return a string, number or boolean, but returned a value of type list"),
        ("x" * 2001, "selector.webhook.values.id returned more than 2000 characters"),
    ],
)
def test_value_that_fits_no_request_is_named(value: Json, message: str) -> None:
    assert message in error_of(_FETCH, event({"id": value}))


def test_value_that_is_missing_or_several_is_named() -> None:
    assert "values.id is null or empty" in error_of({**_FETCH, "values": {"id": "empty"}}, event({"id": 1}))
    several = {**_FETCH, "values": {"id": ".ids[]"}}
    assert "values.id returns several values" in error_of(several, event({"ids": [1, 2, 3]}))


def test_field_of_a_parent_that_no_request_needs_can_be_anything() -> None:
    parameters = {"team": {"endpoint": "/t", "field": ".id", "parent_fields": {"lead": ".l", "tags": ".g"}}}
    webhook = {
        "values": {"id": ".id", "team": ".t", "lead": ".lead", "tags": ".tags"},
        "fetch": "/{team}/{id}",
    }
    (change,) = changes(
        webhook, event({"id": 1, "t": "a", "tags": [1]}), kind="/{team}/x", path_parameters=parameters
    )
    assert change.values == {"id": 1, "team": "a", "lead": None, "tags": [1]}


def test_one_wrong_item_does_not_stop_the_others() -> None:
    found, errors = changes_of(event([{"id": 1}, {}, "text", {"id": 4}]), [live_kind(_FETCH)])
    assert [change.values["id"] for change in found] == [1, 4]
    assert [error.place.kind for error in errors] == ["/x", "/x"]
    assert "values.id is null" in str(errors[0])
    assert "values.id fails on an event: Cannot index string" in str(errors[1])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"when": 'error("no\\nline\\u001b[0m")'},
            "selector.webhook.when fails on an event: no line [0m. Correct",
        ),
        ({"when": "error"}, "selector.webhook.when fails on an event: {"),
        ({"when": "error(null)"}, "selector.webhook.when fails on an event: null"),
        ({"items": ".body.id.x"}, "selector.webhook.items fails on an event: Cannot index number"),
        ({"delete": "$item.id.x"}, "selector.webhook.delete fails on an event: Cannot index number"),
        (
            {"delete": ".body.id"},
            "selector.webhook.delete must return true or false, but returned a value of type",
        ),
        (
            {"items": f"range({MOST_ITEMS} + 1)"},
            "selector.webhook.items fails on an event: more than 1000 items",
        ),
        ({"items": "[range(5000)]"}, "selector.webhook.items fails on an event: more than 1000 items"),
        ({"items": "range(infinite)"}, "selector.webhook.items fails on an event: more than 1000 items"),
        ({"when": "halt"}, "selector.webhook.when fails on an event: halt"),
        (
            {
                "values": {"id": "env | keys | length"},
                "items": ".body",
                "fetch": "/x/{id}",
                "when": "env.PATH",
            },
            "",
        ),
    ],
)
def test_expression_that_fails_is_named(keys: dict[str, Any], message: str) -> None:
    if message:
        assert message in error_of({**_FETCH, **keys}, event({"id": 1}))
    else:  # expressions see no environment
        assert changes({**_FETCH, **keys}, event({"id": 1})) == []


def test_most_items_are_allowed() -> None:
    assert (
        len(changes({**_FETCH, "values": {"id": "."}, "items": f"[range({MOST_ITEMS})]"}, event(1)))
        == MOST_ITEMS
    )


def test_changes_without_values_have_keys_of_their_own() -> None:
    """Which item they are of is unknown, so none replaces another."""
    found = changes({}, event([{"id": 1}, {"id": 1}]))
    assert len({change.key for change in found}) == 2
    assert not any(change.needs_request for change in found)
    assert changes({"fetch": "/x"}, event([1, 2]))[0].key == changes({"fetch": "/x"}, event([3]))[0].key


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that shortens the time of expressions."""
    return lambda: monkeypatch.setattr(
        matching, "_LIMITS", JqLimits(timeout_s=0.3, max_bytes=2**30, pause_s=60)
    )


def test_expression_that_never_ends_does_not_stop_other_kinds(hurried: Callable[[], None]) -> None:
    hurried()
    endless = live_kind({**_FETCH, "when": ".body.hang and ([range(infinite)] | true)"}, "/endless")
    matcher = Matcher([endless, live_kind(_FETCH, index=1)])
    for _ in range(2):
        found, errors = matcher.changes_of(event({"id": 1, "hang": True}))
        assert [change.kind.index for change in found] == [1]
        (error,) = errors
        assert error.place.kind == "/endless"
        assert "selector.webhook fails on an event: it took longer than 0.3 s" in str(error)


def test_expression_that_ends_its_process_is_an_error_of_its_kind(hurried: Callable[[], None]) -> None:
    hurried()
    huge = live_kind({**_FETCH, "when": '("a" * 1e9) | length > 0'}, "/huge")
    found, errors = Matcher([huge, live_kind(_FETCH, index=1)]).changes_of(event({"id": 1}))
    assert [change.kind.index for change in found] == [1]
    assert [error.place.kind for error in errors] == ["/huge"]


def test_event_that_jq_cannot_read_is_an_error() -> None:
    """The guard bounds the depth of events, but not the Redis mode's gateway."""
    deep: Json = 1
    for _ in range(9000):
        deep = [deep]
    found, errors = changes_of(event({"id": deep}), [live_kind(_FETCH)])
    assert (found, len(errors)) == ([], 1)
    for _ in range(100_000):
        deep = [deep]
    found, errors = changes_of(event({"id": deep}), [live_kind(_FETCH)])
    assert (found, len(errors)) == ([], 1)


@pytest.mark.parametrize(
    "text", ["\ud800", "cut \ud800", "a\x00b", "é\u202e", "\U0001f600", "' OR 1=1", "${jndi:x}"]
)
def test_strange_texts_are_values(text: str) -> None:
    found, errors = changes_of(event({"id": text}), [live_kind(_FETCH)])
    assert errors == []
    assert found[0].values == {"id": text.replace("\ud800", "\ufffd")}


def test_the_later_of_two_changes_counts() -> None:
    webhook = {**_FETCH, "delete": ".body.gone"}
    (update,) = changes(webhook, event({"id": 1}))
    (deletion,) = changes(webhook, event({"id": 1, "gone": True}))
    hint = replace(update, is_signed=False, item=None)
    assert update.merged(deletion).is_deletion is True
    assert update.merged(deletion).needs_request
    assert update.merged(deletion).item == {"id": 1, "gone": True}
    assert deletion.merged(update).is_deletion is False
    assert deletion.merged(deletion).is_deletion is True
    assert hint.merged(deletion).is_signed is False
    (first,) = changes({"values": {"id": ".id"}, "delete": ".body.gone"}, event({"id": 1}))
    (last,) = changes({"values": {"id": ".id"}, "delete": ".body.gone"}, event({"id": 1, "gone": True}))
    assert first.merged(last) == last
    assert last.merged(first) == replace(first, had_deletion=True)


def test_programs_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each event then is one exchange with the other process."""
    made: list[str] = []
    original = JqProgram.__post_init__

    def counted(self: JqProgram) -> None:
        made.append(self.text)
        original(self)

    matcher = Matcher([live_kind(_FETCH, index=number) for number in range(5)])
    monkeypatch.setattr(JqProgram, "__post_init__", counted)
    for _ in range(3):
        assert len(matcher.changes_of(event({"id": 1}))[0]) == 5
    assert len(made) == 1


def test_a_change_of_another_partition_is_left_to_its_installation() -> None:
    webhook = {"values": {"team": ".team", "id": ".id"}, "delete": ".body.gone"}
    parents = {"team": {"endpoint": "/teams", "field": ".id"}}
    kinds = [
        live_kind(webhook, "/teams/{team}/x", path_parameters=parents, partition={"index": index, "of": 3})
        for index in range(3)
    ]
    for team in ("a", 1, "1", True, "ü/ü"):
        for gone in (False, True):
            found, errors = changes_of(event({"team": team, "id": 1, "gone": gone}), kinds)
            assert len(found) == 1
            assert errors == []
    one, text = (changes_of(event({"team": team, "id": 1}), kinds)[0][0].kind for team in (1, "1"))
    assert one is text


def test_an_event_without_the_values_of_its_partition_is_an_error() -> None:
    many = {"team": {"endpoint": "/teams", "field": ".id", "batch": 5}}
    webhook = {"values": {"team": ".team", "id": ".id"}, "fetch": "/x/{id}"}
    kind = live_kind(webhook, "/x?t={team}", path_parameters=many, partition={"index": 0, "of": 1})
    found, (error,) = changes_of(event({"id": 1}), [kind])
    assert found == []
    assert "selector.webhook.values.team is null or empty in an event" in str(error)
    assert len(changes_of(event({"id": 1, "team": 2}), [kind])[0]) == 1
