"""Notion's databases, which its contract's search does not return."""

import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.examples.simulations.vendor import Item, moment

_HEADERS = {
    "authorization": "Bearer secret_t1CdN9S8yicG5eWLUOfhcWaOscVnFXns",
    "notion-version": "2022-06-28",
}
_KNOWN = {"filter", "page_size", "start_cursor"}


def _database(number: int) -> Item:
    return {
        "object": "database",
        "id": "d9824bdc-8445-4327-be8b-5b47500af6ce"
        if number == 1
        else f"00000006-0000-4000-8000-{number:012}",
        "title": [{"plain_text": "Run"}, {"plain_text": f"books {number}"}],
        "description": [],
        "url": f"https://www.notion.so/database-{number}",
        "archived": False,
        "created_time": moment(number),
        "last_edited_time": moment(number + 24),
    }


_DATABASES = [_database(number) for number in range(1, 96)]


@dataclass(frozen=True, slots=True)
class Search:
    """Return databases. The contract answers other searches."""

    contract: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        content = await request.body()
        body = json.loads(content or b"{}")
        if body.get("filter") == {"property": "object", "value": "database"}:
            await _answer(request, body)(scope, receive, send)
            return

        async def again() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        await self.contract(scope, again, send)


def _answer(request: Request, body: Item) -> JSONResponse:
    size, cursor = body.get("page_size", 100), body.get("start_cursor")
    known = [database["id"] for database in _DATABASES]
    if any(request.headers.get(name) != text for name, text in _HEADERS.items()):
        return JSONResponse({"object": "error", "status": 401, "code": "unauthorized"}, 401)
    if set(body) - _KNOWN or not isinstance(size, int) or size > 100 or cursor not in (None, *known):
        return JSONResponse({"object": "error", "status": 400, "code": "validation_error"}, 400)
    start = known.index(cursor) if cursor else 0
    following = known[start + size : start + size + 1]
    more = {"next_cursor": following[0] if following else None, "has_more": bool(following)}
    return JSONResponse({"object": "list", "results": _DATABASES[start : start + size], **more})


def routes(contract: ASGIApp) -> list[Route]:
    """Return the search route, which takes precedence over the contract's."""
    return [Route("/notion/v1/search", Search(contract), methods=["POST"])]
