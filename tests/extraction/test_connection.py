"""How the extractor connects to the API: directly, or by the proxies of the environment."""

import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from tests.loopback_server import Request, Response, serving

pytestmark = pytest.mark.process


async def items_of(base_url: str, times: int = 1) -> list[object]:
    settings = Settings.from_config({"base_url": base_url, "pagination_type": "none"})
    resource = read_resource("/items", {}, settings.pagination)
    async with open_extractor(settings, [resource]) as extractor:
        streams = [extractor.batches(resource) for _ in range(times)]
        return [item["id"] for stream in streams async for batch in stream for item in batch]


async def test_proxy_of_the_environment_receives_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[str] = []

    def answer(request: Request) -> Response:
        received.append(request.target)
        return Response(body=[{"id": 1}])

    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving(answer) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        assert await items_of("http://api.example") == [1]
    assert received == ["http://api.example/items"]


async def test_cookies_of_responses_are_not_sent_again() -> None:
    cookies: list[str | None] = []

    def answer(request: Request) -> Response:
        cookies.append(request.headers.get("cookie"))
        return Response(body=[{"id": 1}], headers={"Set-Cookie": "session=made-up"})

    with serving(answer) as url:
        await items_of(url, times=2)
    assert cookies == [None, None]
