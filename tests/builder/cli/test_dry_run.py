"""The plan's reading of earlier syncs."""

from typing import Any

import httpx
from loguru import logger

from builder.cli.dry_run import _earlier_counts
from builder.port_account import Credentials, open_account

CREDENTIALS = Credentials("sandbox", "sandbox", "http://localhost:3010")


async def test_a_plan_warns_if_port_does_not_return_earlier_item_counts() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/syncsMetadata"):
            return httpx.Response(500, json={"message": "broken"})
        integration: dict[str, Any] = {"_id": "1", "installationId": "mine"}
        return httpx.Response(200, json={"accessToken": "t", "integration": integration})

    messages: list[str] = []
    sink = logger.add(lambda message: messages.append(str(message)), level="WARNING")
    try:
        async with open_account(CREDENTIALS, httpx.MockTransport(answer)) as account:
            counts = await _earlier_counts(account, "mine", ["/tasks"])
    finally:
        logger.remove(sink)
    assert counts.of(0) is None
    assert "max_shrink is not checked" in messages[0]
    assert "PortError" in messages[0]
