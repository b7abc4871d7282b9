"""Probes: one finding for each endpoint, from its first page."""

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor


class FakeApi:
    """Users in pages of ten, their posts, and an endpoint that rejects the credentials."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Respond by path."""
        self.paths.append(request.url.path)
        if request.url.path == "/refused":
            return httpx.Response(401, json={"error": "token t0ken is unknown"})
        if request.url.path == "/none":
            return httpx.Response(200, json=[])
        if request.url.path == "/partial":
            return httpx.Response(200, json={"items": [{"id": 1}], "incomplete_results": True})
        return httpx.Response(200, json=[{"id": number} for number in range(10)])


@pytest.mark.parametrize(
    ("kind", "selector", "text"),
    [
        ("/users", {}, "ok     /users: 10 items on the first page; the next page uses the parameter 'page'"),
        (
            "/users",
            {"pagination": {"type": "none"}},
            "ok     /users: 10 items on the first page, and there is no next page",
        ),
        ("/none", {}, "ok     /none: 0 items on the first page, and there is no next page"),
        (
            "/users/{id}/posts",
            {"path_parameters": {"id": {"endpoint": "/users", "field": ".id"}}},
            "ok     /users/{id}/posts: 10 items on the first page; the next page uses the parameter 'page'",
        ),
        (
            "/users/{id}/posts",
            {"path_parameters": {"id": {"endpoint": "/none", "field": ".id"}}},
            "ok     /users/{id}/posts: reachable, but there are no items",
        ),
        (
            "/users",
            {"data_path": ".users"},
            "FAILED /users: page 1 (GET https://a.example/users?page=1&size=10): data_path .users",
        ),
        (
            "/users",
            {"pagination": {"type": "page", "has_more_path": ".[0].id | ltrimstr(1) | error"}},
            "FAILED /users: a path of the pagination fails on the first page",
        ),
        (
            "/partial",
            {"data_path": ".items"},
            "FAILED /partial: page 1 (GET https://a.example/partial?page=1&size=10): the response says",
        ),
        (
            "/refused",
            {},
            "FAILED /refused: GET https://a.example/refused?page=1&size=10: token *** is",
        ),
    ],
)
async def test_finding_describes_the_first_page(kind: str, selector: dict[str, object], text: str) -> None:
    config = {
        "base_url": "https://a.example",
        "auth_type": "bearer_token",
        "api_token": "t0ken",
        "pagination_type": "page",
        "page_size": 10,
        "max_retries": 0,
    }
    settings = Settings.from_config(config, {})
    api = FakeApi()
    async with open_extractor(settings, transport=httpx.MockTransport(api)) as extractor:
        finding = await extractor.probe(read_resource(kind, selector, settings.pagination))
    assert str(finding).startswith(text)
    assert "t0ken" not in str(finding)
    assert len(api.paths) <= 5


@pytest.mark.parametrize(
    ("text", "data_path", "advice"),
    [
        (
            "<hosts><host/><host/></hosts>",
            None,
            (
                ". The XML document was read as one item. If its elements are the items, set data_path: "
                ".hosts.host (2 items)"
            ),
        ),
        ("<hosts><host><id>1</id></host></hosts>", ".hosts.host", ""),
        ('{"hosts": {}}', None, ""),
    ],
)
async def test_a_document_that_is_one_item_is_advised_of(
    text: str, data_path: str | None, advice: str
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=text, headers={"content-type": "application/xml"})

    settings = Settings.from_config({"base_url": "https://a.example"}, {})
    selector = {"data_path": data_path} if data_path else {}
    resource = read_resource("/hosts", selector, settings.pagination)
    async with open_extractor(settings, [resource], transport=httpx.MockTransport(answer)) as extractor:
        finding = await extractor.probe(resource)
    assert finding.message.startswith(f"1 item on the first page, and there is no next page{advice}; ")
