"""How a listing goes on and when it ends, as a person would say it."""

from configuration.pagination import PaginationSettings
from expressions.paths import ABSENT, setting_path
from pagination import RecognisedSignals
from rest.bodies import Json
from rest.page import Page
from rest.request import Request, text_of

_PLACES = {"query": "as the parameter", "body": "in the body as", "header": "as the header"}


def how_of(settings: PaginationSettings) -> str:
    """What makes the API go on. settings: of any type but none and auto."""
    where = f"{_PLACES[settings.param_location]} {settings.param}"
    match settings.type:
        case "header_link":
            return f'The Link header has the next page\'s address, as rel="{settings.header_link_rel}"'
        case "next_link":
            return f"{settings.next_link_path or 'The answer'} has the next page's address"
        case "cursor":
            place = _cursor_place(settings)
            return f"{place[:1].upper()}{place[1:]} is sent back {where}"
        case "offset":
            return f"The number of items so far is sent {where}"
    return f"The page's number is sent {where}, the first is {settings.start_page}"


def stop_of(settings: PaginationSettings, page: Page) -> str:
    """When the listing is over. settings: of any type but none and auto."""
    match settings.type:
        case "header_link":
            return f'Ends when the Link header has no rel="{settings.header_link_rel}"'
        case "next_link":
            return f"Ends when {settings.next_link_path or 'it'} is null, empty or missing"
        case "cursor":
            flag = f", or {settings.has_more_path} is false" if settings.has_more_path else ""
            return f"Ends when {_cursor_place(settings)} is null, empty or missing{flag}"
    return _stop_of_counting(page)


def flag_of_more(page: Page) -> str | None:
    """The path of the API's own flag that says that there is more, None where there is none."""
    where = RecognisedSignals().evidence_of_more(page)
    return where if where and isinstance(_value_at(where, page), bool) else None


def request_shown(request: Request) -> str:
    """A request on one line, with its body after it: GET https://api.example.com/users?page=2."""
    body = f" {text_of(request.body)}" if request.body is not None else ""
    return f"{request.method} {request.full_url}{body}"


def _cursor_place(settings: PaginationSettings) -> str:
    if settings.cursor_header:
        return f"the header {settings.cursor_header}"
    return str(settings.cursor_path or "the last item's id")


def _stop_of_counting(page: Page) -> str:
    where = RecognisedSignals().evidence_of_more(page)
    if where is None:
        return "Ends with an empty page, or with a short one, which one more request confirms"
    value = _value_at(where, page)
    if isinstance(value, bool):
        return f"Ends when {where} is {text_of(not value)}"
    if "next" in where.lower():
        return f"Ends when {where} is null, empty or missing"
    shown = "" if value is None else f" ({value})"
    counted = "pages" if "page" in where.lower() else "items"
    return f"Ends after as many {counted} as {where} says{shown}"


def _value_at(where: str, page: Page) -> Json:
    """What stands where a signal was recognised in the body; None for one among the headers."""
    value = None if where.startswith("the ") else setting_path(where).find(page.response.body)
    return None if value is ABSENT else value
