"""Whether what was recognised of the pages is right: the next request is made, and its items compared."""

import json
from dataclasses import dataclass

from builder.sampling import asked
from builder.web.connecting import asking_mistakes, connection_reading
from builder.web.mistakes import Mistake, NotReadyError
from builder.web.paging import pages_of
from builder.web.workspace import EndpointForm, Workspace
from expressions.paths import jq_path
from rest.bodies import Json
from rest.page import Item
from rest.request import Request


@dataclass(frozen=True, slots=True)
class Tried:
    """What the next request showed."""

    words: str
    is_good: bool


async def next_page_tried(workspace: Workspace, form: EndpointForm) -> Tried:
    """What the page after the sample's holds. Raises SyncError: it cannot be asked for."""
    reading = connection_reading(workspace.connection)
    if found := asking_mistakes(reading):
        raise NotReadyError(found)
    pages = pages_of(reading, form)
    request = pages.next_request if pages else None
    base_url = str(reading.config["baseUrl"]).rstrip("/")
    if form.seen is None or request is None or not request.full_url.startswith(f"{base_url}/"):
        words = "There is no next request under the base URL"
        raise NotReadyError([Mistake("fetch", "Sample", words)])
    config = {**reading.config, "paginationType": "none"}
    answer = await asked(config, request.full_url.removeprefix(base_url), _selector(request))
    return _compared(form.seen.items, answer.items(jq_path(form.data_path.strip() or ".")))


def _selector(request: Request) -> dict[str, Json]:
    selector: dict[str, Json] = {"method": request.method, "headers": dict(request.headers)}
    return selector if request.body is None else {**selector, "body": request.body}


def _compared(before: list[Item], after: list[Item]) -> Tried:
    seen = {_text(item) for item in before}
    others = sum(1 for item in after if _text(item) not in seen)
    if others:
        noun = "item" if others == 1 else "items"
        return Tried(f"It works: the next page has {others} other {noun}", is_good=True)
    if after:
        words = "The next page has the same items once more, so the API does not know this parameter"
        return Tried(words, is_good=False)
    return Tried(
        "The next page has no items: the sample has them all, or the API pages otherwise", is_good=False
    )


def _text(item: Item) -> str:
    own = {name: value for name, value in item.items() if not name.startswith("__")}
    return json.dumps(own, sort_keys=True)
