"""From a change to what the catalog should have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from client import RetryPolicy
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from live_events.change import LiveKind
from live_events.event import Event
from live_events.fetching import Deletion, Outcome, current_state
from live_events.matching import changes_of
from live_events.value_evidence import ValueEvidence
from rest.bodies import Json
from rest.errors import AuthError, ItemsError, RefusedError, ResourceError, SyncError, TransientError

BASE = "https://api.example/v1"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_TICKET = {"values": {"id": ".id"}, "fetch": "/tickets/{id}", "delete": ".body.gone"}


@dataclass
class Api:
    """Answers each request in the same way, or as a function says."""

    answer: Any
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answer(request) if callable(self.answer) else self.answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def targets(self) -> list[str]:
        """Return the paths and queries of the requests."""
        return [request.url.raw_path.decode() for request in self.requests]


async def outcome_of(
    api: Api,
    webhook: Mapping[str, Any],
    reported: Json,
    *,
    kind: str = "/tickets",
    is_signed: bool = True,
    config: Mapping[str, Any] | None = None,
    evidence: ValueEvidence | None = None,
    **selector: Any,
) -> Outcome:
    """Return the outcome of the only change that an event reports."""
    settings = Settings.from_config({"base_url": BASE, **(config or {})}, {})
    resource = read_resource(kind, {"webhook": webhook, **selector}, settings.pagination)
    changes, errors = changes_of(Event({}, {}, reported, is_signed, _NOW), [LiveKind(0, resource)])
    assert errors == []
    transport = httpx.MockTransport(api)
    async with open_extractor(settings, transport=transport, retry_policy=RetryPolicy(0)) as extractor:
        (change,) = changes
        return await current_state(change, extractor, evidence)


async def test_answer_of_the_api_is_the_item() -> None:
    api = Api({"id": 1, "title": "now"})
    outcome = await outcome_of(api, _TICKET, {"id": 1, "title": "then"})
    assert outcome == Outcome(updated=[{"id": 1, "title": "now"}])
    assert api.targets == ["/v1/tickets/1"]


async def test_items_get_the_values_that_the_items_of_a_resync_have() -> None:
    """{number} is only for the request: a resync's items have no such value."""
    outcome = await outcome_of(
        Api({"data": {"number": 7, "team": "own"}}),
        {
            "values": {"team": ".team", "lead": ".lead", "number": ".n", "repo": ".repo"},
            "fetch": "/{team}/{+repo}/{number}",
            "data_path": ".data",
        },
        {"team": "a", "lead": None, "n": 7, "repo": "x/y"},
        kind="/{team}/{+repo}/pulls",
        path_parameters={
            "team": {"endpoint": "/teams", "field": ".id", "parent_fields": {"lead": ".lead"}},
            "repo": {"values": ["x/y"]},
        },
    )
    (item,) = outcome.updated
    assert item == {
        "number": 7,
        "team": "own",
        "__team": "a",
        "lead": None,
        "__lead": None,
        "repo": "x/y",
        "__repo": "x/y",
    }


async def test_event_without_a_request_is_the_item() -> None:
    api = Api({})
    webhook = {"values": {"team": ".team"}, "delete": ".body.gone"}
    parameters: dict[str, Any] = {"path_parameters": {"team": {"endpoint": "/teams", "field": ".id"}}}
    body: Json = {"team": "a", "title": "t"}
    outcome = await outcome_of(api, webhook, body, kind="/{team}/tickets", **parameters)
    assert outcome.updated == [{"team": "a", "title": "t", "__team": "a"}]
    gone: Json = {"team": "a", "title": "t", "gone": True}
    outcome = await outcome_of(api, webhook, gone, kind="/{team}/tickets", **parameters)
    assert [(each.item, each.must_contain) for each in outcome.deleted] == [
        ({"team": "a", "title": "t", "gone": True, "__team": "a"}, ())
    ]
    assert api.requests == []


@pytest.mark.parametrize("status", [404, 410])
async def test_status_for_a_missing_item_is_a_deletion(status: int) -> None:
    """The event shows the item, since its sender is known. Its identifier must contain the path's id."""
    api = Api(httpx.Response(status, json={"error": "not found"}))
    outcome = await outcome_of(api, _TICKET, {"id": 1, "key": "T-1"})
    deletion = Deletion({"id": 1, "key": "T-1"}, ("1",))
    assert outcome == Outcome(deleted=[deletion], certainty=3)


async def test_rule_of_the_kind_for_missing_children_does_not_hide_a_deletion() -> None:
    api = Api(httpx.Response(404, json={}))
    outcome = await outcome_of(api, _TICKET, {"id": 1}, on_status={"404": "empty"})
    assert len(outcome.deleted) == 1


async def test_hint_deletes_only_what_its_values_alone_identify() -> None:
    """They count as fields of the item once a response has shown that they are."""
    webhook = {"values": {"team": ".team", "id": ".id"}, "fetch": "/{team}/tickets/{id}", "delete": "true"}
    body: Json = {"team": "a", "id": 7, "key": "T-1", "__id": "8"}
    gone = Api(httpx.Response(404, json={}))
    evidence = ValueEvidence()
    outcome = await outcome_of(gone, webhook, body, is_signed=False, evidence=evidence)
    assert [each.item for each in outcome.deleted] == [{}]
    api = Api({"team": "a", "id": 8})
    await outcome_of(api, webhook, {"team": "a", "id": 8}, is_signed=False, evidence=evidence)
    outcome = await outcome_of(gone, webhook, body, is_signed=False, evidence=evidence)
    (deletion,) = outcome.deleted
    assert deletion.item == {"id": 7, "team": "a"}
    assert deletion.must_contain == ("7", "a")
    assert deletion.allows("a/7")
    assert not deletion.allows("A/7")
    assert not deletion.allows("a/8")
    assert gone.targets == ["/v1/a/tickets/7"] * 2


@pytest.mark.parametrize("is_signed", [True, False])
async def test_value_that_is_another_field_of_the_items_does_not_identify_them(*, is_signed: bool) -> None:
    """The number of an issue in its project is no id, even if its placeholder is called so."""
    webhook = {"values": {"id": ".number"}, "fetch": "/issues/{id}", "delete": ".body.gone"}
    evidence = ValueEvidence()
    api = Api({"id": 501, "number": 1})
    await outcome_of(api, webhook, {"number": 1}, is_signed=is_signed, evidence=evidence)
    body: Json = {"number": 502, "gone": True}
    gone = Api(httpx.Response(404, json={}))
    outcome = await outcome_of(gone, webhook, body, is_signed=is_signed, evidence=evidence)
    assert [each.item.get("id") for each in outcome.deleted] == [None]


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/problem+json"}])
async def test_status_without_a_page_is_the_api_s_own(headers: dict[str, str]) -> None:
    outcome = await outcome_of(Api(httpx.Response(404, content=b"", headers=headers)), _TICKET, {"id": 1})
    assert len(outcome.deleted) == 1


async def test_hint_that_says_deleted_updates_what_exists() -> None:
    outcome = await outcome_of(Api({"id": 1}), _TICKET, {"id": 1, "gone": True}, is_signed=False)
    assert outcome == Outcome(updated=[{"id": 1}])


@pytest.mark.parametrize(
    "answer", [httpx.Response(404, text="404 page not found"), httpx.Response(200, json=None), {"items": []}]
)
async def test_deletion_that_the_api_confirms_needs_no_proof(answer: Any) -> None:
    webhook = {**_TICKET, "data_path": ".items?"}
    outcome = await outcome_of(Api(answer), webhook, {"id": 1, "key": "T-1", "gone": True})
    assert outcome == Outcome(deleted=[Deletion({"id": 1, "key": "T-1", "gone": True})])


async def test_deleted_item_that_the_api_has_is_updated() -> None:
    """The event may be late, or repeated under another number."""
    outcome = await outcome_of(Api({"id": 1, "title": "new"}), _TICKET, {"id": 1, "gone": True})
    assert outcome == Outcome(updated=[{"id": 1, "title": "new"}], certainty=3)


async def test_listing_of_a_parent_does_not_contradict_a_deletion() -> None:
    webhook = {"values": {"team": ".team"}, "fetch": "/{team}/tickets", "delete": ".body.gone"}
    parameters: dict[str, Any] = {"path_parameters": {"team": {"values": ["a"]}}}
    gone: Json = {"team": "a", "id": 1, "gone": True}
    outcome = await outcome_of(Api([{"id": 2}]), webhook, gone, kind="/{team}/tickets", **parameters)
    assert [each["id"] for each in outcome.updated] == [2]
    assert [each.item["id"] for each in outcome.deleted] == [1]
    assert outcome.certainty == 1


_ERRORS = [{"message": "Entity not found"}]


@pytest.mark.parametrize(
    ("answer", "data_path"),
    [
        (httpx.Response(403, json={"message": "permission denied or it may not exist"}), "."),
        (httpx.Response(400, json={"message": "unknown item"}), "."),
        ({"errors": _ERRORS, "data": None}, "."),
        ({"errors": _ERRORS, "data": None}, ".data.ticket"),
        ({"errors": _ERRORS, "data": {"ticket": None}}, ".data.ticket"),
        ({"error": "not found"}, ".data.ticket"),
    ],
)
async def test_deletion_that_the_api_confirms_in_other_words_needs_a_second_answer(
    answer: Any, data_path: str
) -> None:
    webhook = {**_TICKET, "data_path": data_path}
    outcome = await outcome_of(Api(answer), webhook, {"id": 1, "gone": True})
    assert (len(outcome.deleted), outcome.certainty) == (1, 2)
    with pytest.raises(SyncError):
        await outcome_of(Api(answer), webhook, {"id": 1})


async def test_web_page_in_place_of_the_item_deletes_nothing() -> None:
    page = httpx.Response(200, html="<title>Log in</title>")
    with pytest.raises(ItemsError):
        await outcome_of(Api(page), {**_TICKET, "data_path": ".data"}, {"id": 1, "gone": True})


async def test_credentials_that_are_refused_delete_nothing() -> None:
    with pytest.raises(AuthError):
        await outcome_of(Api(httpx.Response(401, json={})), _TICKET, {"id": 1, "gone": True})


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/octet-stream"])
async def test_page_of_a_proxy_is_no_deletion(content_type: str) -> None:
    answer = httpx.Response(404, content=b"default backend - 404", headers={"Content-Type": content_type})
    with pytest.raises(RefusedError):
        await outcome_of(Api(answer), _TICKET, {"id": 1})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(404, html="<h1>Not found</h1>"), RefusedError),
        (httpx.Response(403, json={}), RefusedError),
        (httpx.Response(400, json={}), RefusedError),
        (httpx.Response(401, json={}), AuthError),
        (httpx.Response(500, json={}), TransientError),
        (httpx.Response(429, json={}), TransientError),
        (httpx.Response(200, text="<html>login</html>"), ItemsError),
        (httpx.Response(302, headers={"Location": "https://other.example/tickets/1"}), RefusedError),
        ({"error": {"code": "RateLimited", "message": "x"}}, SyncError),
    ],
    ids=["proxy", "403", "400", "401", "500", "429", "html", "redirect", "error"],
)
async def test_other_failures_are_no_deletion(answer: Any, error: type[SyncError]) -> None:
    with pytest.raises(error) as raised:
        await outcome_of(Api(answer), _TICKET, {"id": 1})
    assert raised.value.place.kind == "/tickets"


async def test_connection_that_fails_is_no_deletion() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(TransientError):
        await outcome_of(Api(fail), _TICKET, {"id": 1})


async def test_missing_listing_is_no_deletion_if_nothing_says_of_what() -> None:
    with pytest.raises(RefusedError):
        await outcome_of(Api(httpx.Response(404, json={})), {"fetch": "/tickets"}, {"id": 1})


async def test_errors_beside_missing_data_are_no_deletion() -> None:
    answer = {"errors": [{"message": "not allowed"}], "data": {"ticket": None}}
    with pytest.raises(SyncError, match="not allowed"):
        await outcome_of(Api(answer), {**_TICKET, "data_path": ".data.ticket"}, {"id": 1})


@pytest.mark.parametrize("answer", [None, [], {"data": None}, {"data": []}, httpx.Response(204)])
async def test_empty_answer_changes_nothing(answer: Any) -> None:
    """Only 404 and 410 say that an item does not exist."""
    data_path = {"data_path": ".data"} if isinstance(answer, dict) else {}
    assert await outcome_of(Api(answer), {**_TICKET, **data_path}, {"id": 1}) == Outcome()


async def test_rules_of_the_settings_and_the_kind_judge_the_answer() -> None:
    rule = {"when": '.body.code == "missing"', "as": "empty"}
    config = {"responses": [{"when": ".body.ok == false", "as": "fail"}]}
    assert await outcome_of(Api({"code": "missing"}), _TICKET, {"id": 1}, responses=[rule]) == Outcome()
    with pytest.raises(RefusedError):
        await outcome_of(Api({"ok": False}), _TICKET, {"id": 1}, config=config)


async def test_path_of_the_kind_reads_all_pages() -> None:
    pages = {"1": [{"id": 1}, {"id": 2}], "2": [{"id": 3}]}
    api = Api(lambda request: {"tickets": pages.get(request.url.params["page"], []), "total": 3})
    outcome = await outcome_of(
        api,
        {"values": {"team": ".team"}, "fetch": "/{team}/tickets"},
        {"team": "a"},
        kind="/{team}/tickets",
        data_path=".tickets",
        path_parameters={"team": {"endpoint": "/teams", "field": ".id"}},
        pagination={"type": "page", "page_size": 2},
    )
    assert [(item["id"], item["__team"]) for item in outcome.updated] == [(1, "a"), (2, "a"), (3, "a")]
    assert api.targets == ["/v1/a/tickets?page=1&size=2", "/v1/a/tickets?size=2&page=2"]


async def test_parameter_that_takes_several_values_gets_a_list_of_one() -> None:
    api = Api([{"id": 5}])
    outcome = await outcome_of(
        api,
        {"values": {"ids": ".id"}, "fetch": "/search"},
        {"id": 5},
        kind="/search",
        method="POST",
        body={"ids": "{ids}"},
        path_parameters={"ids": {"endpoint": "/ids", "field": ".", "batch": 50}},
    )
    assert outcome.updated == [{"id": 5}]
    assert api.requests[0].content == b'{"ids":[5]}'


@pytest.mark.parametrize(
    "answer",
    [
        {"data": [{"id": 1}], "next": "https://api.example/v1/tickets?page=2"},
        {"data": [{"id": 1}], "has_more": True},
        {"data": [{"id": 1}], "total": 7},
        httpx.Response(200, json={"data": [{"id": 1}]}, headers={"Link": '</v1/x?page=2>; rel="next"'}),
    ],
    ids=["link", "flag", "total", "header"],
)
async def test_one_page_of_several_names_the_path_that_reads_all(answer: Any) -> None:
    webhook = {"values": {"team": ".team"}, "fetch": "/teams/{team}/open", "data_path": ".data"}
    with pytest.raises(SyncError) as raised:
        await outcome_of(Api(answer), webhook, {"team": "a"})
    assert "or to the path of the kind to read all pages" in raised.value.hint
    accepted = await outcome_of(Api(answer), webhook, {"team": "a"}, accept=["unread_signal"])
    assert accepted.updated == [{"id": 1}]


@pytest.mark.parametrize(
    "answer",
    [
        {"id": 1, "has_more": True, "next": "https://api.example/v1/x", "total": 9},
        {"id": 1, "comments": {"data": [1], "total_count": 90, "has_more": True}},
        {"id": 1, "labels": [], "cursor": "abc"},
    ],
)
async def test_object_is_one_item_whatever_its_fields_say(answer: Json) -> None:
    assert await outcome_of(Api(answer), _TICKET, {"id": 1}) == Outcome(updated=[answer])  # type: ignore[list-item]


async def test_too_many_items_for_one_event_are_an_error() -> None:
    with pytest.raises(ItemsError, match="more items than an event may bring: more than 10000"):
        await outcome_of(Api([{"id": n} for n in range(10_001)]), {"fetch": "/tickets"}, {})
    heavy = [{"id": n, "x": ["y"] * 400} for n in range(600)]
    with pytest.raises(ItemsError, match="more items than an event may bring"):
        await outcome_of(Api(heavy), {"fetch": "/tickets"}, {})


_CLIMBING = [
    "..",
    ".",
    "%2e%2e",
    "..%2f..%2fadmin",
    "../admin",
    "a/../../admin",
    "..\\admin",
    "a/..;/b",
    "%252e%252e/x",
]


@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize("value", _CLIMBING)
async def test_value_cannot_leave_its_place_in_the_path(value: str, *, is_signed: bool) -> None:
    """In {id}, a value is one segment. In {+id}, dot segments in all encodings are refused."""
    api = Api({"id": 1})
    with pytest.raises(ResourceError) as raised:
        await outcome_of(
            api, {"values": {"id": ".id"}, "fetch": "/tickets/{+id}"}, {"id": value}, is_signed=is_signed
        )
    assert "selector.webhook.when" in raised.value.hint
    assert api.requests == []
    try:
        await outcome_of(api, _TICKET, {"id": value}, is_signed=is_signed)
    except ResourceError:
        assert api.requests == []
    else:
        (target,) = api.targets
        assert target.startswith("/v1/tickets/")
        assert target.count("/") == 3
        assert "/../" not in f"{target}/"


@pytest.mark.parametrize(
    "value", ["a?admin=1", "a#b", "a&b=c", "a b", "é/ü", "a%2Fb", "1;drop", "a\r\nX-Evil: 1"]
)
async def test_value_stays_one_segment(value: str) -> None:
    api = Api({"id": 1})
    await outcome_of(api, _TICKET, {"id": value}, is_signed=False)
    (request,) = api.requests
    assert request.url.path == f"/v1/tickets/{value}"
    assert request.url.query == b""
    assert "x-evil" not in request.headers


@pytest.mark.parametrize(
    "value",
    [
        "https://evil.example/v1/tickets/1",
        "http://api.example/v1/tickets/1",
        "https://api.example:8443/v1/tickets/1",
        "https://api.example@evil.example/v1/tickets/1",
        "https://evil.example\\@api.example/v1/tickets/1",
        "HTTPS://EVIL.EXAMPLE/v1",
        "https://api.example/other/1",
        "https://api.example/v1/../other/1",
        "https://api.example/v1/%2e%2e/other/1",
        "https://api.example",
        "https://",
    ],
)
async def test_url_in_an_event_stays_below_the_base_url(value: str) -> None:
    api = Api({"id": 1})
    with pytest.raises(SyncError, match=r"not below baseUrl|request's path|user name|valid URL"):
        await outcome_of(api, {"values": {"url": ".url"}, "fetch": "{+url}"}, {"url": value})
    assert api.requests == []


@pytest.mark.parametrize(
    "value", ["//evil.example/x", "///evil.example", "\\\\evil.example", "evil.example:80/x"]
)
async def test_text_that_other_programs_read_as_a_url_is_a_path(value: str) -> None:
    api = Api({"id": 1})
    try:
        await outcome_of(api, {"values": {"url": ".url"}, "fetch": "{+url}"}, {"url": value})
    except SyncError:
        assert api.requests == []
    else:
        assert {request.url.host for request in api.requests} == {"api.example"}


async def test_url_below_the_base_url_is_requested() -> None:
    api = Api({"id": 1})
    webhook = {"values": {"url": ".url"}, "fetch": "{+url}"}
    await outcome_of(api, webhook, {"url": f"{BASE}/tickets/1?full=1"})
    await outcome_of(api, webhook, {"url": "/v1/tickets/2"})
    await outcome_of(api, webhook, {"url": "tickets/3"})
    assert api.targets == ["/v1/tickets/1?full=1", "/v1/tickets/2", "/v1/tickets/3"]


@pytest.mark.parametrize("value", ["/other/1", "/admin"])
async def test_path_in_an_event_stays_below_the_base_url(value: str) -> None:
    api = Api({"id": 1})
    await outcome_of(api, {"values": {"url": ".url"}, "fetch": "{+url}"}, {"url": value})
    assert api.targets == [f"/v1{value}"]


async def test_value_breaks_no_header_and_no_body() -> None:
    """A header takes no line break, so nothing is requested."""
    api = Api({"id": 1})
    fetch = {"path": "/tickets", "headers": {"X-Id": "{id}"}}
    with pytest.raises(ResourceError, match="the header X-Id would have line breaks"):
        await outcome_of(
            api, {"values": {"id": ".id"}, "fetch": fetch}, {"id": "a\r\nX-Evil: 1"}, is_signed=False
        )
    with pytest.raises(SyncError):
        await outcome_of(api, {"values": {"id": ".id"}, "fetch": fetch}, {"id": "é"}, is_signed=False)
    assert api.requests == []
    body = {"path": "/search", "method": "POST", "body": {"query": 'id = "{id}"', "id": "{id}"}}
    await outcome_of(api, {"values": {"id": ".id"}, "fetch": body}, {"id": '"} or {"'}, is_signed=False)
    assert api.requests[-1].content == b'{"query":"id = \\"\\"} or {\\"\\"","id":"\\"} or {\\""}'
    form = {"path": "/search", "method": "POST", "body": "id={id}", "body_type": "form"}
    await outcome_of(api, {"values": {"id": ".id"}, "fetch": form}, {"id": "1&admin=1"}, is_signed=False)
    assert api.requests[-1].content == b"id=1%26admin%3D1"


async def test_computed_values_are_those_of_the_event() -> None:
    """Each request has its own time, because one extractor serves live events for days."""
    settings = Settings.from_config({"base_url": BASE}, {})
    webhook = {
        "values": {"id": ".id"},
        "fetch": {"path": "/tickets/{id}", "query_params": {"t": {"jq": ".now"}}},
    }
    resource = read_resource("/tickets", {"webhook": webhook}, settings.pagination)
    api = Api({"id": 1})
    clock = _Clock()
    async with open_extractor(settings, transport=httpx.MockTransport(api), clock=clock) as extractor:
        ((change,), _) = changes_of(
            Event({}, {}, {"id": 1}, is_signed=True, received_at=_NOW), [LiveKind(0, resource)]
        )
        await current_state(change, extractor)
        clock.seconds += 60
        await current_state(change, extractor)
    start = int(_NOW.timestamp())
    assert api.targets == [f"/v1/tickets/1?t={start}", f"/v1/tickets/1?t={start + 60}"]


@dataclass
class _Clock:
    seconds: float = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(_NOW.timestamp() + self.seconds, UTC)

    def elapsed_s(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
