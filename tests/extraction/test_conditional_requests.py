"""A second resync with conditional requests: as complete as the first, but smaller."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from auth import identity
from client import RetryPolicy
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from extraction.validator_check import UntrueValidatorError
from rest.errors import ItemsError, RefusedError, SyncError
from rest.page import Item
from tests.conditional_api import ConditionalApi, Headers, hashed
from tests.loopback_server import Ending, Request, Response

PAGES: dict[str, Any] = {"type": "page", "page_size": 2, "size_param": "size"}


def users(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": number, "name": f"user {number}"} for number in numbers]


def pages(*contents: list[Any]) -> dict[str, Any]:
    """Return the answers of a listing in pages of two."""
    return {f"/users?page={n}&size=2": each for n, each in enumerate([*contents, []], 1)}


@pytest.fixture(autouse=True)
def cheap_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the digest of the credentials take no time. Each reader of these tests computes it."""
    monkeypatch.setitem(identity._COST, "n", 2)


class SettableClock:
    """A clock that moves only when it is told to, or when someone sleeps."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def now(self) -> datetime:
        return self.time

    def elapsed_s(self) -> float:
        return self.time.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Installation:
    """Reads an API again and again. state: what it keeps between two resyncs."""

    def __init__(self, api: ConditionalApi, state: Path) -> None:
        self.api = api
        self.state = state
        self.settings: dict[str, Any] = {"conditional_requests": "auto"}
        self.retries = RetryPolicy(0)
        self.clock = SettableClock()

    async def read(self, kind: str = "/users", **selector: Any) -> list[Item]:
        """Return the items of one resync."""
        self.api.forget()
        settings = Settings.from_config({"base_url": self.api.url, **self.settings}, {})
        resource = read_resource(kind, selector or {"pagination": PAGES}, settings.pagination)
        items: list[Item] = []
        transport = httpx.MockTransport(self.api.handle)
        async with (
            open_extractor(
                settings,
                [resource],
                transport=transport,
                retry_policy=self.retries,
                state=self.state,
                clock=self.clock,
            ) as extractor,
            aclosing(extractor.batches(resource)) as batches,
        ):
            async for batch in batches:
                items += batch
        return items

    @property
    def files(self) -> list[Path]:
        """The kept responses."""
        return [each for each in (self.state / "responses").iterdir() if each.name[0] not in "._"]


@pytest.fixture
def api() -> ConditionalApi:
    return ConditionalApi(pages(users(1, 2), users(3, 4), users(5)))


@pytest.fixture
def installed(api: ConditionalApi, tmp_path: Path) -> Installation:
    return Installation(api, tmp_path)


async def test_confirmed_pages_count_as_if_they_were_sent_again(installed: Installation) -> None:
    first = await installed.read()
    assert installed.api.conditions == [None] * 4
    assert await installed.read() == first == users(1, 2, 3, 4, 5)
    assert (installed.api.sent, len(installed.api.confirmed)) == (0, 4)


async def test_one_changed_page_is_read_whole(installed: Installation) -> None:
    await installed.read()
    installed.api.answers["/users?page=2&size=2"] = users(3, 7)
    assert await installed.read() == users(1, 2, 3, 7, 5)
    assert installed.api.confirmed == [f"/users?page={number}&size=2" for number in (1, 3, 4)]
    assert await installed.read() == users(1, 2, 3, 7, 5)
    assert installed.api.sent == 0


async def test_an_item_that_disappears_is_not_read(installed: Installation) -> None:
    await installed.read()
    installed.api.answers |= pages(users(1, 2), users(3, 4))
    assert await installed.read() == users(1, 2, 3, 4)


async def test_off_is_as_before(installed: Installation) -> None:
    installed.settings["conditional_requests"] = "off"
    await installed.read()
    await installed.read()
    assert installed.api.conditions == [None] * 4
    assert not (installed.state / "responses").exists()


async def test_a_changed_child_listing_is_read_whole(installed: Installation) -> None:
    installed.api.answers = {
        "/teams": [{"id": 1}, {"id": 2}],
        "/teams/1/users": users(1),
        "/teams/2/users": users(2),
    }
    selector: dict[str, Any] = {"path_parameters": {"id": {"endpoint": "/teams", "field": ".id"}}}
    await installed.read("/teams/{id}/users", **selector)
    installed.api.answers["/teams/2/users"] = users(3)
    items = await installed.read("/teams/{id}/users", **selector)
    assert sorted(str(item["id"]) for item in items) == ["1", "3"]
    assert sorted(installed.api.confirmed) == ["/teams", "/teams/1/users"]


async def test_large_bodies_are_kept(installed: Installation) -> None:
    many = [{"id": number, "text": "x" * 500} for number in range(5000)]
    installed.api.answers = {"/many": many}
    first = await installed.read("/many", pagination={"type": "none"})
    assert await installed.read("/many", pagination={"type": "none"}) == first
    assert installed.api.sent == 0


def constant(_: bytes, __: Request) -> Headers:
    return {"ETag": '"v1"'}


def weak(_: bytes, __: Request) -> Headers:
    return {"ETag": 'W/"v1"'}


def same_date(_: bytes, __: Request) -> Headers:
    return {"Last-Modified": "Tue, 03 Mar 2020 10:00:00 GMT"}


ONE: dict[str, Any] = {"pagination": {"type": "none"}, "data_path": ".users"}


@pytest.mark.parametrize("validators", [constant, weak, same_date])
@pytest.mark.parametrize(
    "later",
    [users(1, 2, 3), users(1), users(1, 3), [{"id": 1, "name": "other"}, *users(2)], []],
    ids=["added", "removed", "replaced", "changed", "empty"],
)
async def test_an_untrue_validator_fails_the_kind_and_is_trusted_no_more(
    installed: Installation, validators: Any, later: list[Any]
) -> None:
    api = installed.api
    api.validators = validators
    api.answers = {"/users": {"users": users(1, 2)}}
    await installed.read(**ONE)
    api.answers = {"/users": {"users": later}}
    assert await installed.read(**ONE) == users(1, 2)  # nothing can tell
    installed.clock.time += timedelta(hours=25)
    with pytest.raises(UntrueValidatorError, match="Set conditionalRequests: off") as caught:
        await installed.read(**ONE)
    assert "/users" in str(caught.value)
    assert installed.files == []
    for _ in range(2):
        assert await installed.read(**ONE) == later
        assert (api.conditions, api.confirmed) == ([None], [])
    installed.clock.time += timedelta(days=31)
    await installed.read(**ONE)
    assert len(installed.files) == 1


async def test_an_untrue_validator_is_found_in_the_fiftieth_response(installed: Installation) -> None:
    api = installed.api
    api.answers = {f"/users?page={n}&size=2": users(2 * n, 2 * n + 1) for n in range(1, 30)}
    api.answers["/users?page=30&size=2"] = []
    await installed.read()
    api.validators = constant  # the pages have not changed
    await installed.read()
    for number in range(1, 30):
        api.answers[f"/users?page={number}&size=2"] = users(*range(100 * number, 100 * number + 2))
    with pytest.raises(UntrueValidatorError, match="page 20"):
        await installed.read()


def in_envelope(number: int) -> Any:
    return {"request_id": f"r{number}", "took": number, "users": users(1, 2)}


def in_item(number: int) -> Any:
    return {"users": [{**user, "read_at": number} for user in users(1, 2)]}


def signed(number: int) -> Any:
    picture = f"https://files.example/1.png?X-Amz-Date={number}&X-Amz-Signature=abc{number}"
    return {"users": [{**user, "picture": picture} for user in users(1, 2)]}


def in_another_order(number: int) -> Any:
    found = [{**user, "tags": ["a", "b"] if number % 2 else ["b", "a"]} for user in users(1, 2)]
    return {"users": found if number % 2 else found[::-1]}


def with_other_keys_first(number: int) -> bytes:
    user = b'{"id": 1, "name": "x"}' if number % 2 else b'{"name": "x",  "id": 1}'
    return b'{"users": [' + user + b"]}"


@pytest.mark.parametrize("validators", [constant, weak, same_date])
@pytest.mark.parametrize(
    "body", [in_envelope, in_item, signed, in_another_order, with_other_keys_first], ids=lambda f: f.__name__
)
async def test_volatile_parts_are_no_lie(installed: Installation, validators: Any, body: Any) -> None:
    api = installed.api
    number = 0

    def renewed(_: Request) -> None:
        nonlocal number
        number += 1
        api.answers = {"/users": body(number)}

    api.validators, api.before = validators, renewed
    first = await installed.read(**ONE)
    for _ in range(3):
        installed.clock.time += timedelta(hours=25)
        assert len(await installed.read(**ONE)) == len(first)
    await installed.read(**ONE)
    assert len(api.confirmed) == 1


def strip(*names: str) -> Any:
    return lambda headers: {name: text for name, text in headers.items() if name not in names}


async def test_a_signed_url_that_lasts_an_hour_is_no_lie(installed: Installation) -> None:
    installed.api.validators = constant
    for number in range(3):
        installed.api.answers = {"/users": signed(number)}
        assert len(await installed.read(**ONE)) == 2
        installed.clock.time += timedelta(hours=25)


# What a 304 may look like.

ETAGS_OF_304 = {
    "none": strip("ETag"),
    "weak": lambda headers: {"ETag": f"W/{headers['ETag']}"},
    "without quotes": lambda headers: {"ETag": headers["ETag"].strip('"')},
    "without the coding": lambda headers: {"ETag": headers["ETag"].replace("-gzip", "")},
    "full length": lambda headers: {**headers, "Content-Length": "12345"},
    "encoded": lambda headers: {**headers, "Content-Encoding": "gzip"},
    "html": lambda headers: {**headers, "Content-Type": "text/html"},
}


def compressed(body: bytes, request: Request) -> Headers:
    return {"ETag": hashed(body, request)["ETag"][:-1] + '-gzip"'}


@pytest.mark.parametrize("on_304", ETAGS_OF_304.values(), ids=ETAGS_OF_304)
@pytest.mark.parametrize("validators", [hashed, compressed])
async def test_a_304_confirms_in_many_forms(installed: Installation, on_304: Any, validators: Any) -> None:
    installed.api.validators, installed.api.on_304 = validators, on_304
    first = await installed.read()
    assert await installed.read() == first
    assert (len(installed.api.requests), len(installed.api.confirmed)) == (4, 4)


async def test_a_304_with_another_etag_confirms_nothing(installed: Installation) -> None:
    installed.api.on_304 = lambda _: {"ETag": '"another"'}
    first = await installed.read()
    assert await installed.read() == first
    assert [condition is None for condition in installed.api.conditions] == [False, True] * 4


async def test_a_304_without_a_condition_is_an_error(installed: Installation) -> None:
    installed.api.before = lambda _: Response(b"", 304, {"ETag": '"x"'})
    with pytest.raises(RefusedError, match="304"):
        await installed.read()


@pytest.mark.parametrize("status", [304, 400, 403, 405, 412, 501])
async def test_an_api_that_refuses_conditions_is_read_whole(installed: Installation, status: int) -> None:
    first = await installed.read()

    def refuse(request: Request) -> Response | None:
        answer = Response(b"{}", status, {"ETag": '"other"'})
        return answer if request.headers["If-None-Match"] else None

    installed.api.before = refuse
    assert await installed.read() == first
    assert len(installed.api.requests) == 8


@pytest.mark.parametrize("failure", [Response({}, 500), Response({}, 503), Ending.RESET])
async def test_a_failed_condition_is_retried_without_one(installed: Installation, failure: Any) -> None:
    installed.retries = RetryPolicy(1, base_s=0)
    first = await installed.read()
    installed.api.before = lambda request: failure if request.headers["If-None-Match"] else None
    assert await installed.read() == first


async def test_a_rate_limited_condition_is_sent_again(installed: Installation) -> None:
    installed.retries = RetryPolicy(1, base_s=0)
    first = await installed.read()
    limited = [Response({}, 429, {"Retry-After": "0"})]
    installed.api.before = lambda _: limited.pop() if limited else None
    assert await installed.read() == first
    assert (len(installed.api.confirmed), installed.api.sent) == (4, 0)


async def test_links_and_totals_of_kept_headers_are_followed(installed: Installation) -> None:
    api = installed.api
    api.answers = {"/users": users(1), "/users?after=1": users(2), "/users?after=2": users(3)}
    for path, number in (("/users", 1), ("/users?after=1", 2)):
        api.headers[path] = {"Link": f'<{api.url}/users?after={number}>; rel="next"'}
    api.on_304 = strip("Link")
    paging: dict[str, Any] = {"pagination": {"type": "header_link"}}
    first = await installed.read(**paging)
    assert await installed.read(**paging) == first == users(1, 2, 3)
    assert api.sent == 0


async def test_links_of_a_304_replace_those_that_are_kept(installed: Installation) -> None:
    api = installed.api
    api.answers = {"/users": users(1), "/users?after=1": users(2), "/users?after=x": users(3)}
    api.headers["/users"] = {"Link": f'<{api.url}/users?after=1>; rel="next"'}
    paging: dict[str, Any] = {"pagination": {"type": "header_link"}}
    assert await installed.read(**paging) == users(1, 2)
    api.headers["/users"] = {"Link": f'<{api.url}/users?after=x>; rel="next"'}
    assert await installed.read(**paging) == users(1, 3)
    assert api.confirmed == ["/users"]


FULL: dict[str, Any] = {"query_params": {"per_page": 2}}


async def test_a_page_after_a_full_one_is_found_where_a_304_has_no_link(installed: Installation) -> None:
    api = installed.api
    api.on_304 = strip("Link")
    api.answers = {"/users?per_page=2": users(1, 2), "/users?after=2": users(3)}
    paging: dict[str, Any] = {"pagination": {"type": "header_link"}, **FULL}
    assert await installed.read(**paging) == users(1, 2)
    api.headers["/users?per_page=2"] = {"Link": f'<{api.url}/users?after=2>; rel="next"'}
    assert await installed.read(**paging) == users(1, 2, 3)
    assert await installed.read(**paging) == users(1, 2, 3)


@pytest.mark.parametrize("total", ["5", "x"])
async def test_a_page_after_a_full_one_is_found_where_a_304_has_no_total(
    installed: Installation, total: str
) -> None:
    api = installed.api
    api.on_304 = strip("X-Total-Count")
    api.answers = pages(users(1, 2), users(3, 4))
    api.headers = {each: {"X-Total-Count": "4"} for each in api.answers}
    assert await installed.read() == users(1, 2, 3, 4)
    api.answers = pages(users(1, 2), users(3, 4), users(5))
    api.headers = {each: {"X-Total-Count": total} for each in api.answers}
    assert await installed.read() == users(1, 2, 3, 4, 5)


async def test_a_full_page_that_changes_while_it_is_read_is_handed_out_again(installed: Installation) -> None:
    api = installed.api
    api.on_304 = strip("Link")
    target = "/users?per_page=2"
    api.answers = {target: users(1, 2)}
    paging: dict[str, Any] = {"pagination": {"type": "header_link"}, **FULL}
    await installed.read(**paging)

    def change(request: Request) -> None:
        if request.headers["If-None-Match"] is None:
            api.answers[target] = users(2, 3)

    api.before = change
    items = await installed.read(**paging)
    assert {str(item["id"]) for item in items} == {"1", "2", "3"}


async def test_the_end_of_cursors_in_headers_is_asked_for(installed: Installation) -> None:
    api = installed.api
    api.on_304 = strip("X-Next")
    api.answers = {"/users?limit=2": users(1, 2), "/users?cursor=c&limit=2": users(3)}
    cursors = {"type": "cursor", "cursor_header": "X-Next", "page_size": 2}
    paging: dict[str, Any] = {"pagination": cursors, "accept": ["unproven_end"]}
    assert await installed.read(**paging) == users(1, 2)
    api.headers["/users?limit=2"] = {"X-Next": "c"}
    assert await installed.read(**paging) == users(1, 2, 3)


async def test_a_kept_link_to_a_page_that_is_gone_ends_the_listing(installed: Installation) -> None:
    api = installed.api
    api.on_304 = strip("Link")
    api.answers = {"/users?per_page=2": users(1, 2), "/users?after=2": users(3)}
    api.headers["/users?per_page=2"] = {"Link": f'<{api.url}/users?after=2>; rel="next"'}
    paging: dict[str, Any] = {"pagination": {"type": "header_link"}, **FULL}
    assert await installed.read(**paging) == users(1, 2, 3)
    del api.answers["/users?after=2"], api.headers["/users?per_page=2"]
    assert await installed.read(**paging) == users(1, 2)


# What may be kept.

NEVER_KEPT: dict[str, Headers] = {
    "no validator": {},
    "no-store": {"ETag": '"1"', "Cache-Control": "private, no-store"},
    "no-store in capitals": {"ETag": '"1"', "Cache-Control": "No-Store, max-age=0"},
    "vary on everything": {"ETag": '"1"', "Vary": "Accept, *"},
    "empty": {"ETag": '""'},
    "empty and weak": {"ETag": 'W/""'},
    "any": {"ETag": "*"},
    "a list": {"ETag": '"1", "2"'},
    "a list without quotes": {"ETag": "1, 2"},
    "a list with any": {"ETag": "1,*"},
    "not text": {"ETag": '"\x00"'},
    "very long": {"ETag": f'"{"x" * 5000}"'},
    "no date": {"Last-Modified": "yesterday"},
    "no time zone": {"Last-Modified": "2020-03-03 10:00:00"},
    "changed a moment ago": {
        "Last-Modified": "Mon, 09 Mar 2026 12:00:00 GMT",
        "Date": "Mon, 09 Mar 2026 12:00:30 GMT",
    },
}


@pytest.mark.parametrize("headers", NEVER_KEPT.values(), ids=NEVER_KEPT)
async def test_what_is_never_kept(installed: Installation, headers: Headers) -> None:
    installed.api.validators = lambda *_: headers
    for _ in range(2):
        await installed.read()
    assert installed.api.conditions == [None] * 4
    assert installed.files == []


ETAGS = ['"a b"', "abc", "W/abc", "abc--gzip", "1234:5678", '"/etag;x=1"', 'W/"\'"', "0x8D9"]


@pytest.mark.parametrize("etag", ETAGS)
async def test_unusual_etags_are_sent_back_unchanged(installed: Installation, etag: str) -> None:
    installed.api.validators = lambda *_: {"ETag": etag}
    first = await installed.read()
    assert await installed.read() == first
    assert installed.api.conditions == [etag] * 4


async def test_an_error_with_a_validator_is_not_kept(installed: Installation) -> None:
    installed.api.before = lambda _: Response({}, 404, {"ETag": '"1"'})
    for _ in range(2):
        await installed.read(on_status={404: "empty"})
        assert installed.api.conditions == [None]
    assert installed.files == []


async def test_a_part_with_a_validator_is_not_kept(installed: Installation) -> None:
    headers = {"ETag": '"1"', "Content-Range": "items 0-1/2"}
    installed.api.before = lambda _: Response(users(1, 2), 206, headers)
    for _ in range(2):
        assert await installed.read(pagination={"type": "none"}) == users(1, 2)
        assert installed.api.conditions == [None]


async def test_a_response_that_stops_to_have_a_validator_is_kept_no_more(installed: Installation) -> None:
    await installed.read()
    installed.api.validators = lambda *_: {}
    await installed.read()
    assert installed.files == []


async def test_the_conditions_of_the_mapping_are_its_own(installed: Installation) -> None:
    selector: dict[str, Any] = {
        "headers": {"If-Modified-Since": "Tue, 03 Mar 2020 10:00:00 GMT"},
        "pagination": PAGES,
    }
    for _ in range(2):
        await installed.read(**selector)
    assert installed.files == []


async def test_two_tenants_with_one_url_are_two_responses(installed: Installation) -> None:
    """Not every API names the header of the tenant in `Vary`."""
    installed.api.validators = constant
    contents = {"a": users(1), "b": users(2)}

    def answer(request: Request) -> None:
        installed.api.answers = {"/users": contents[str(request.headers["X-Tenant"])]}

    installed.api.before = answer
    for _ in range(2):
        for tenant, items in contents.items():
            assert await installed.read(headers={"X-Tenant": tenant}, pagination={"type": "none"}) == items
            assert len(installed.api.requests) == 1


# Whose responses they are.

IDENTITIES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"auth_type": "bearer_token", "api_token": "one"}, {"api_token": "two"}),
    ({"auth_type": "basic", "username": "ann", "password": "x"}, {"username": "bob"}),
    ({"auth_type": "api_key", "api_key": "one", "api_key_param": "key"}, {"api_key": "two"}),
    ({"custom_headers": {"X-Account": "one"}}, {"custom_headers": {"X-Account": "two"}}),
    ({"custom_query_params": {"account": "one"}}, {"custom_query_params": {"account": "two"}}),
]


@pytest.mark.parametrize(("one", "other"), IDENTITIES, ids=lambda each: next(iter(each)))
async def test_another_identity_never_sees_what_is_kept(
    installed: Installation, one: dict[str, Any], other: dict[str, Any]
) -> None:
    api = installed.api
    api.validators = constant
    api.before = lambda _: Response(users(1), 200, {"ETag": '"v1"'})
    installed.settings |= one
    await installed.read(pagination={"type": "none"})
    installed.settings |= other
    await installed.read(pagination={"type": "none"})
    assert api.conditions == [None]
    installed.settings |= one
    await installed.read(pagination={"type": "none"})
    assert api.conditions == ['"v1"']


# What happens to the files.


async def test_lost_state_is_read_anew(installed: Installation) -> None:
    first = await installed.read()
    for file in (installed.state / "responses").iterdir():
        file.unlink()
    assert await installed.read() == first
    assert installed.api.conditions == [None] * 4


@pytest.mark.parametrize("name", ["_salt", "_runs", "_schedule"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"x" * 32, b"NaN", b"1e999", b"\xff\x00"])
async def test_damaged_records_do_no_harm(installed: Installation, name: str, content: bytes) -> None:
    first = await installed.read()
    (installed.state / "responses" / name).write_bytes(content)
    assert await installed.read() == first
    assert await installed.read() == first
    assert len(installed.api.confirmed) == 4


def cut_in_half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def changed_at_the_end(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def changed_headers(content: bytes) -> bytes:
    return content.replace(b"application/json", b"application/yaml")


def older_version(content: bytes) -> bytes:
    return content.replace(b"ocean-custom-response-1", b"ocean-custom-response-0")


def without_body(content: bytes) -> bytes:
    return b"\n".join(content.split(b"\n")[:2]) + b"\n"


DAMAGES = [cut_in_half, changed_at_the_end, changed_headers, older_version, without_body, lambda _: b""]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda f: f.__name__)
async def test_damaged_responses_are_read_anew(installed: Installation, damage: Any) -> None:
    first = await installed.read()
    for file in installed.files:
        file.write_bytes(damage(file.read_bytes()))
    assert await installed.read() == first
    assert installed.api.sent > 0
    assert await installed.read() == first
    assert installed.api.sent == 0


async def test_files_are_private(installed: Installation) -> None:
    await installed.read()
    folder = installed.state / "responses"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}


async def test_without_a_folder_nothing_is_kept(installed: Installation) -> None:
    (installed.state / "responses").write_text("a file")
    for _ in range(2):
        assert len(await installed.read()) == 5
        assert installed.api.conditions == [None] * 4


# What a failed walk leaves.


async def test_wrong_content_is_not_confirmed_by_the_next_resync(installed: Installation) -> None:
    """An API whose ETag is the version of a record sends it with a broken body, too."""
    api = installed.api
    api.validators = constant
    api.answers = {"/users": b'[{"id": 1}'}
    with pytest.raises(ItemsError):
        await installed.read(pagination={"type": "none"})
    api.answers = {"/users": users(1)}
    assert await installed.read(pagination={"type": "none"}) == users(1)


async def test_an_error_in_the_body_is_not_confirmed_by_the_next_resync(installed: Installation) -> None:
    api = installed.api
    api.validators = constant
    rules: dict[str, Any] = {
        "responses": [{"when": ".body.error != null", "as": "fail"}],
        "data_path": ".users",
    }
    api.answers = {"/users": {"error": "busy", "users": []}}
    with pytest.raises(RefusedError):
        await installed.read(**rules)
    api.answers = {"/users": {"error": None, "users": users(1)}}
    assert await installed.read(**rules) == users(1)


async def test_pages_before_a_failed_request_stay(installed: Installation) -> None:
    third = installed.api.answers.pop("/users?page=3&size=2")
    installed.api.answers["/users?page=2&size=2"] = users(3, 4)
    installed.api.before = lambda request: Response({}, 500) if "page=3" in request.target else None
    with pytest.raises(Exception, match="500"):
        await installed.read()
    installed.api.before = lambda _: None
    installed.api.answers["/users?page=3&size=2"] = third
    assert await installed.read() == users(1, 2, 3, 4, 5)
    assert installed.api.confirmed[:2] == ["/users?page=1&size=2", "/users?page=2&size=2"]


async def test_a_redirect_leads_to_a_kept_response(installed: Installation) -> None:
    api = installed.api
    api.answers = {"/v2/users": users(1)}
    moved = Response(b"", 302, {"Location": "/v2/users", "ETag": '"1"'})
    api.before = lambda request: moved if request.target == "/users" else None
    for _ in range(2):
        assert await installed.read(pagination={"type": "none"}) == users(1)
    assert api.conditions[0] is None
    assert api.confirmed == ["/v2/users"]


async def test_a_post_that_reads_may_be_confirmed(installed: Installation) -> None:
    api = installed.api
    api.answers = {"/users/search": users(1)}
    selector: dict[str, Any] = {"method": "POST", "body": {"team": 1}, "pagination": {"type": "none"}}
    await installed.read("/users/search", **selector)
    await installed.read("/users/search", **selector)
    assert api.confirmed == ["/users/search"]
    await installed.read("/users/search", **{**selector, "body": {"team": 2}})
    assert api.conditions == [None]


async def test_the_format_is_read_from_a_kept_response(installed: Installation) -> None:
    api = installed.api
    api.answers = {"/users.csv": b"id;name\n1;ann\n"}
    api.headers["/users.csv"] = {"Content-Type": "text/csv"}
    api.on_304 = strip("Content-Type")
    selector: dict[str, Any] = {"format": {"csv": {"delimiter": ";"}}}
    for _ in range(2):
        assert await installed.read("/users.csv", **selector) == [{"id": "1", "name": "ann"}]
    assert api.confirmed == ["/users.csv"]


async def test_a_doubtful_listing_keeps_nothing(installed: Installation) -> None:
    api = installed.api
    api.answers = {"/users": {"users": users(1), "errors": [{"message": "a shard is missing"}]}}
    with pytest.raises(SyncError):
        await installed.read(data_path=".users", pagination={"type": "none"})
    assert installed.files == []


async def test_a_listing_that_was_confirmed_by_an_untrue_api_fails(installed: Installation) -> None:
    """One child shows it. Another one was confirmed before."""
    api = installed.api
    api.validators = constant
    api.answers = {"/teams": [{"id": n} for n in range(60)]} | {f"/teams/{n}": users(n) for n in range(60)}
    selector: dict[str, Any] = {"path_parameters": {"id": {"endpoint": "/teams", "field": ".id"}}}
    await installed.read("/teams/{id}", **selector)
    api.answers |= {f"/teams/{n}": users(n + 100) for n in range(60)}
    with pytest.raises((ExceptionGroup, SyncError)):
        await installed.read("/teams/{id}", **selector)
    assert installed.files == []


async def test_items_without_ids_are_compared_by_position(installed: Installation) -> None:
    api = installed.api
    api.validators = constant
    api.answers = {"/lines": [{"text": "a", "on": True, "tags": []}, "b"]}
    await installed.read("/lines", pagination={"type": "none"})
    installed.clock.time += timedelta(hours=25)
    api.answers = {"/lines": [{"text": "a", "on": False, "tags": []}, "b"]}
    with pytest.raises(UntrueValidatorError, match=r"different: \.on\)"):
        await installed.read("/lines", pagination={"type": "none"})


async def test_large_bodies_are_compared(installed: Installation) -> None:
    api = installed.api
    api.validators = constant
    many = [
        {"id": number, "text": "x" * 5000, "more": {str(n): n for n in range(30)}} for number in range(4000)
    ]
    api.answers = {"/many": many}
    await installed.read("/many", pagination={"type": "none"})
    installed.clock.time += timedelta(hours=25)
    api.answers = {"/many": [*many[:-1], {**many[-1], "text": "y"}]}
    with pytest.raises(UntrueValidatorError, match=r"different: \.text\)"):
        await installed.read("/many", pagination={"type": "none"})


async def test_another_mapping_of_a_kept_response_is_no_lie(installed: Installation) -> None:
    api = installed.api
    api.validators = constant
    api.answers = {"/users": {"items": users(1)}}
    await installed.read(data_path=".items", pagination={"type": "none"})
    installed.clock.time += timedelta(hours=25)
    api.answers = {"/users": {"users": users(1)}}
    assert await installed.read(data_path=".users", pagination={"type": "none"}) == users(1)
