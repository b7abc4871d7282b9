"""An API that carries out a POST and then fails: the POST is sent once."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from client import RetryPolicy
from configuration.mapping_entry import read_resource
from configuration.permissions import Permissions
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError
from tests.loopback_server import Ending, Request, Response, serving

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Fetch = Callable[..., Awaitable[str]]

# Failures after the API may have carried out the request.
FAILURES = ("silence", "closed", "reset", "half a body", "500", "502", "504", "202")
# Statuses that mean that the API has not carried it out.
NOT_STARTED = ("408", "425", "429", "503")


@dataclass
class Api:
    """failure: outcome of the first request. Later requests get the body. log: requests carried out."""

    failure: str = ""
    body: Any = field(default_factory=lambda: {"items": [{"id": 1}]})
    url: str = ""
    log: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def answer(self, request: Request) -> Response | Ending:
        self.log.append(f"{request.method} {request.target}")
        if len(self.log) > 1 or not self.failure:
            return Response(self.body)
        if self.failure.isdigit():
            return Response({"error": "made up"}, int(self.failure))
        return self._broken()

    def _broken(self) -> Response | Ending:
        match self.failure:
            case "half a body":
                return Response(self.body, missing=5)
            case "reset":
                return Ending.RESET
            case "silence":
                self.over.wait(60)
        return Ending.CLOSE


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    with serving(api.answer) as api.url:
        yield api
        api.over.set()


@pytest.fixture
def fetch(api: Api) -> Fetch:
    """Return a function that reads a kind and returns its error."""

    async def fetch(kind: str, selector: Json, **config: Any) -> str:
        settings = Settings.from_config({"base_url": api.url, "max_retries": 3, "timeout": 0.5, **config}, {})
        policy = RetryPolicy(settings.max_retries, base_s=0.01, longest_s=0.01)
        listing = {"data_path": ".items", **selector}
        resource = read_resource(kind, listing, settings.pagination, Permissions(writes=True))
        try:
            async with open_extractor(settings, [resource], retry_policy=policy) as extractor:
                async for _ in extractor.batches(resource):
                    pass
        except ExceptionGroup as group:
            return str(group.exceptions[0])
        except SyncError as error:
            return str(error)
        return ""

    return fetch


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_writing_request_that_may_have_been_carried_out_is_sent_once(
    failure: str, api: Api, fetch: Fetch
) -> None:
    api.failure = failure
    for method in ("POST", "PUT", "PATCH"):
        api.log.clear()
        message = await fetch("/orders", {"method": method, "body": {"item": 1}})
        assert api.log == [f"{method} /orders"]
        assert "not retried, because the API may have processed the request" in message
        assert "set retry: true" in message


@pytest.mark.parametrize("failure", [*FAILURES, *NOT_STARTED])
async def test_a_reading_request_is_retried(failure: str, api: Api, fetch: Fetch) -> None:
    api.failure = failure
    for kind, selector in {
        "/orders": {"method": "POST", "retry": True},
        "/graphql": {"method": "POST", "body": {"query": "query { items { id } }"}},
        "/v1/search": {"method": "POST", "body": {"filter": {}}},
        "/items": {},
    }.items():
        api.log.clear()
        assert await fetch(kind, selector) == ""
        assert len(api.log) == 2, kind


@pytest.mark.parametrize("failure", NOT_STARTED)
async def test_a_request_that_was_not_started_is_retried(failure: str, api: Api, fetch: Fetch) -> None:
    api.failure = failure
    for method in ("POST", "PUT", "PATCH"):
        api.log.clear()
        assert await fetch("/orders", {"method": method, "body": {"item": 1}}) == ""
        assert api.log == [f"{method} /orders"] * 2


@pytest.mark.parametrize("failure", ["silence", "reset", "500", "503"])
async def test_a_failed_login_is_retried(failure: str, api: Api, fetch: Fetch) -> None:
    """The request that needs it was not sent yet."""
    api.failure = failure
    api.body = {"items": [{"id": 1}], "access_token": "made-up"}
    login = {"auth_type": "oauth2", "client_id": "amy", "client_secret": "made-up", "token_url": "/login"}
    assert await fetch("/orders", {"method": "POST"}, **login) == ""
    assert api.log == ["POST /login", "POST /login", "POST /orders"]


async def test_a_mutation_is_sent_once(api: Api, fetch: Fetch) -> None:
    api.failure = "silence"
    await fetch("/graphql", {"method": "POST", "body": {"query": "mutation { pay }"}})
    assert api.log == ["POST /graphql"]


async def test_a_parameter_s_endpoint_has_its_own_retry_setting(api: Api, fetch: Fetch) -> None:
    api.failure = "502"
    parent = {"endpoint": "/orders", "method": "POST", "field": ".id", "data_path": ".items"}
    await fetch("/items/{id}", {"path_parameters": {"id": parent}})
    assert api.log == ["POST /orders"]
    api.log.clear()
    assert await fetch("/items/{id}", {"path_parameters": {"id": {**parent, "retry": True}}}) == ""
    assert api.log == ["POST /orders", "POST /orders", "GET /items/1"]


async def test_a_child_by_post_is_sent_once(api: Api, fetch: Fetch) -> None:
    api.failure = "reset"
    await fetch("/orders/{id}", {"method": "POST", "path_parameters": {"id": {"values": [1]}}})
    assert api.log == ["POST /orders/1"]


@pytest.mark.parametrize("paging", [{"type": "none"}, {"type": "auto"}])
async def test_a_single_page_post_is_sent_once(paging: Json, api: Api, fetch: Fetch) -> None:
    """No second request checks whether there is a second page."""
    for body in ([{"id": 1}] * 2, {"items": [{"id": 1}], "total": 3}, [{"id": n} for n in range(100)]):
        api.body = body
        api.log.clear()
        await fetch("/orders", {"method": "POST", "data_path": None, "pagination": paging})
        assert api.log == ["POST /orders"]
