"""Which requests are safe to repeat although the API may have processed them."""

import pytest

from client import check_rereading, is_repeatable
from client.repeatability import is_unprocessed_status
from rest.bodies import Json
from rest.errors import DoubtError
from rest.request import Request

BASE = "https://x.io/tenant"
READING: dict[str, Json] = {
    "/v1/search": {"filter": {"property": "object"}},
    "/crm/v3/objects/contacts/search": {"filterGroups": []},
    "/rest/api/2/search": {"jql": "project = X"},
    "/rest/api/3/search/jql": {"jql": "project = X"},
    "/index/_search": {"query": {"match_all": {}}},
    "/index/_search/": None,
    "/_msearch": None,
    "/index/_count": {},
    "/v1/databases/7/query": {"sorts": []},
    "/subscriptions/7/providers/Microsoft.CostManagement/query": {"type": "Usage"},
    "/api/v2/logs/events/search": {"filter": {"query": "status:error"}},
    "/api/v2/search.json": {"query": "type:ticket"},
    "/v12/customers/7/googleAds:search": {"query": "SELECT campaign.id FROM campaign"},
    "/v12/customers/7/googleAds:searchStream": {},
    "/v1/documents:runQuery": {"structuredQuery": {}},
    "/v1/people:batchGet": {},
    "/api/conversations.list": {"limit": 100},
    "/api/users.info": {},
    "/v1/search?page=2": {},
    "/V1/Search": {},
    "/graphql": {"query": "query { users { id } }", "variables": {"after": "x"}},
    "/api": {"query": "{ users { id } }"},
    "/batch": [{"query": "{ a }"}, {"query": "query B { b }"}],
}
TEXTS = {
    "/api/search/aql": ('items.find({"repo": "x"})', True),
    "/graphql": ("query A { a } query B { b }", True),
    "/api": ("{ a }", True),
    "/gql": ("mutation { a }", False),
    "/query": ("SELECT 1", False),
    "/sql": ("SELECT 1", False),
}


@pytest.mark.parametrize("path", TEXTS)
def test_text_is_repeated_only_if_its_language_reads(path: str) -> None:
    text, is_reading = TEXTS[path]
    assert is_repeatable(Request("POST", BASE + path, body=text, body_type="text")) is is_reading


@pytest.mark.parametrize(
    ("body", "is_reading"), [({"filter": "open"}, True), ("filter=open", True), ("q=DELETE", False)]
)
def test_form_is_repeated_only_without_a_statement(body: Json, *, is_reading: bool) -> None:
    assert is_repeatable(Request("POST", f"{BASE}/query", body=body, body_type="form")) is is_reading


UNKNOWN: dict[str, Json] = {
    "/users": {"name": "x"},
    "/lists": {"name": "x"},
    "/folder/7/list": {"name": "x"},  # creates a list in ClickUp
    "/rest/api/3/filter": {"jql": "project = X"},  # creates a filter in Jira
    "/_search/scroll": {"scroll_id": "x"},  # advances with each request
    "/searches": {"name": "x"},
    "/services/search/jobs": {"search": "x"},
    "/saved_search": {},
    "/search/7/delete": {},
    "/research": {},
    "/query": {"q": "DROP DATABASE x"},
    "/query?q=DROP%20DATABASE%20x": None,
    "/query?x=1": "DROP DATABASE x",
    "/d1/database/7/query": {"sql": "DELETE FROM x"},
    "/db/query/v2": {"statement": "CREATE (n)"},
    "/v1/documents:commit": {},
    "/api/users.delete": {},
    "/api/list.create": {},
    "/graphql": {"query": "mutation { a }"},
    "/search": {"query": "mutation { a }"},
    "/v1/query": {"query": "mutation { a }"},
    "/batch": [{"query": "{ a }"}, {"query": "mutation { b }"}],
    "/batches": [{"query": "{ a }"}, {"name": "x"}],
    "/graphql/v2": {"id": "persisted"},
    "/api/graphql": {"query": "query { a } mutation { b }"},
    "/rpc": {"jsonrpc": "2.0", "method": "list", "id": 1},
    "": None,
}


@pytest.mark.parametrize(("path", "body"), READING.items(), ids=READING)
def test_post_that_is_known_to_read_is_repeatable(path: str, body: Json) -> None:
    assert is_repeatable(Request("POST", f"{BASE}{path}", body=body))


@pytest.mark.parametrize(("path", "body"), UNKNOWN.items(), ids=UNKNOWN)
def test_other_post_is_not_repeatable(path: str, body: Json) -> None:
    assert not is_repeatable(Request("POST", f"{BASE}{path}", body=body))


@pytest.mark.parametrize(("method", "expected"), [("GET", True), ("PUT", False), ("PATCH", False)])
def test_method_decides_for_others_than_post(method: str, *, expected: bool) -> None:
    assert is_repeatable(Request(method, f"{BASE}/search")) is expected


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH"])
def test_setting_of_the_user_wins(method: str) -> None:
    assert is_repeatable(Request(method, f"{BASE}/a", retry=True))
    assert not is_repeatable(Request(method, f"{BASE}/search", retry=False))


def test_listing_is_not_read_again_if_the_user_forbids_it() -> None:
    with pytest.raises(DoubtError, match="the listing changed while it was read, and retry: false"):
        check_rereading(Request("GET", f"{BASE}/a", retry=False))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_listing_is_read_again_with_any_method(method: str) -> None:
    check_rereading(Request(method, f"{BASE}/a"))
    check_rereading(Request(method, f"{BASE}/a", retry=True))


def test_request_for_the_next_page_keeps_the_setting() -> None:
    first = Request("POST", f"{BASE}/a", body={}, retry=True)
    assert is_repeatable(first.with_param("cursor", "x", "body"))
    assert is_repeatable(first.with_url(f"{BASE}/b"))


def test_statuses_of_unprocessed_requests() -> None:
    assert [status for status in range(100, 600) if is_unprocessed_status(status)] == [408, 425, 429, 503]
