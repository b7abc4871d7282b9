"""Describe in words how a listing continues and when it ends."""

from configuration.pagination import PaginationSettings
from expressions.paths import ABSENT, setting_path
from pagination import RecognisedSignals
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json
from rest.page import Page
from rest.request import Request, text_of

_LOCATION_TEXTS = {"query": "as the parameter", "body": "in the body as", "header": "as the header"}


def describe_next(settings: PaginationSettings) -> str:
    """Describe how the next page is requested. The settings have any type except none and auto."""
    where = f"{_LOCATION_TEXTS[settings.param_location]} {settings.param}"
    match settings.type:
        case "header_link":
            return f'The Link header has the URL of the next page, with rel="{settings.header_link_rel}"'
        case "next_link":
            return f"{settings.next_link_path or 'The response'} has the URL of the next page"
        case "cursor":
            source = _cursor_source(settings)
            return f"{source[:1].upper()}{source[1:]} is sent {where}"
        case "offset":
            return f"The number of items so far is sent {where}"
    return f"The page number is sent {where}. The first page is {settings.start_page}"


def describe_stop(settings: PaginationSettings, page: Page) -> str:
    """Describe when the listing ends. The settings have any type except none and auto."""
    match settings.type:
        case "header_link":
            return f'Ends when the Link header has no rel="{settings.header_link_rel}"'
        case "next_link":
            return f"Ends when {settings.next_link_path or 'the URL'} is null, empty or missing"
        case "cursor":
            flag = f", or {settings.has_more_path} is false" if settings.has_more_path else ""
            return f"Ends when {_cursor_source(settings)} is null, empty or missing{flag}"
    return _describe_counted_stop(page)


def find_more_flag(page: Page) -> str | None:
    """Return the path of a boolean that is true while more pages follow, None if there is none."""
    where = RecognisedSignals().evidence_of_more(page)
    is_more = where is not None and meaning_of(where.rpartition(".")[2]) is Meaning.MORE
    return where if where and is_more and isinstance(_value_at(where, page), bool) else None


def format_request(request: Request) -> str:
    """Return a request and its body on one line: GET https://api.example.com/users?page=2."""
    content = request.content
    body = content[0].decode(errors="replace") if content else text_of(request.body)
    body = f" {body}" if request.body is not None else ""
    return f"{request.method} {request.full_url}{body}"


def _cursor_source(settings: PaginationSettings) -> str:
    if settings.cursor_header:
        return f"the header {settings.cursor_header}"
    return str(settings.cursor_path or "the last item's id")


def _describe_counted_stop(page: Page) -> str:
    where = RecognisedSignals().evidence_of_more(page)
    if where is None:
        return "Ends with an empty page. A short page is confirmed by one more request"
    value = _value_at(where, page)
    if isinstance(value, bool):
        return f"Ends when {where} is {text_of(not value)}"
    if "next" in where.lower():
        return f"Ends when {where} is null, empty or missing"
    shown = "" if value is None else f" ({value})"
    counted = "pages" if "page" in where.lower() else "items"
    return f"Ends after the number of {counted} in {where}{shown}"


def _value_at(where: str, page: Page) -> Json:
    """Return the body's value at the path of a recognised signal, None for a signal in a header."""
    value = None if where.startswith("the ") else setting_path(where).find(page.response.body)
    return None if value is ABSENT else value
